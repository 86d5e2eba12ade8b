/** Dataset entries: their context, and the option `limit` that all datasets have. */
import { z } from 'zod';
import { define, optionsSchema, type Entry } from '../../registry/index.js';
import type { Dataset } from '../dataset.js';
import { firstExamples } from '../examples.js';
import type { DatasetFiles } from '../dataset-files.js';

export interface DatasetContext {
  /** The run's seed, for datasets that draw examples or a test split. */
  readonly seed: number;
  /** The files that the dataset may read. */
  readonly files: DatasetFiles;
}

const limit = z
  .int()
  .positive()
  .optional()
  .describe('use only the first `limit` training examples (for quick tries)');

/** Defines a dataset's entry and adds the option `limit`. */
export function defineDataset<Shape extends z.ZodRawShape>(definition: {
  kind: string;
  summary: string;
  options: Shape;
  create: (options: z.output<z.ZodObject<Shape, z.core.$strict>>, context: DatasetContext) => Dataset;
}): Entry<DatasetContext, Dataset> {
  const inner = define(definition);
  return {
    ...inner,
    options: optionsSchema({ ...definition.options, limit }),
    create(values, context) {
      const { limit: most, ...own } = z.looseObject({ limit }).parse(values);
      const dataset = inner.create(own, context);
      return most === undefined ? dataset : { ...dataset, train: firstExamples(dataset.train, most) };
    },
  };
}
