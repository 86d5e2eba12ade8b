/** What all dataset entries share: their context and the option `limit`. */
import { z } from 'zod';
import { define, optionsSchema, type Entry } from '../../registry/index.js';
import type { Dataset } from '../dataset.js';
import { firstExamples } from '../examples.js';
import type { DataPlaces } from '../host/locate.js';

/** What a dataset is made from besides its options. */
export interface DatasetContext extends DataPlaces {
  /** The run's seed, for data that is drawn. */
  readonly seed: number;
}

const limit = z
  .int()
  .positive()
  .optional()
  .describe('use only the first so many training examples (for quick tries)');

/** Makes a dataset's entry: `define`, and the option `limit` for every dataset alike. */
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
