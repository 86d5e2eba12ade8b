/** What all dataset entries share: their context and the option `limit`. */
import { z } from 'zod';
import { define, optionsSchema, type Entry } from '../../registry/index.js';
import type { Dataset, ExampleSet } from '../dataset.js';

/** What a dataset is made from besides its options. */
export interface DatasetContext {
  /** The run's seed, for data that is drawn. */
  readonly seed: number;
  /** The folder of imported and downloaded data, see `defaultDataHome`. */
  readonly home: string;
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

/** The first `count` examples of a set (all of a smaller one), on the same memory. */
export function firstExamples(set: ExampleSet, count: number): ExampleSet {
  if (count >= set.count) return set;
  const bytes = set.inputs.length / set.count;
  return {
    ...set,
    count,
    inputs: set.inputs.subarray(0, count * bytes),
    labels: set.labels.subarray(0, count),
    ...(set.owner && { owner: set.owner.subarray(0, count) }),
  };
}
