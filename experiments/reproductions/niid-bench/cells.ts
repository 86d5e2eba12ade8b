/** The runs: an algorithm on a split, and its test accuracy after every round. */
import { z } from 'zod';
import { DivergedError } from '../../../errors/index.js';
import type { Recipe } from '../../../recipe/index.js';
import type { RunEvent } from '../../../records/index.js';
import { simulate, type SimulateOptions } from '../../../simulator/index.js';
import type { Cell } from '../reproduction.js';
import {
  BATCH,
  EPOCHS,
  MOMENTUM,
  MU,
  partitionOf,
  RATE,
  ROUNDS,
  WEIGHT_DECAY,
  type Algorithm,
  type Row,
} from './settings.js';

export const benchSchema = z.object({
  /** After each round. */
  accuracy: z.array(z.number()),
  ended: z.enum(['rounds', 'diverged']),
  weightsSha256: z.string().optional(),
  kernelHash: z.string().optional(),
});
export type Bench = z.output<typeof benchSchema>;

const conv = (filters: number) => ({
  kind: 'conv2d',
  filters,
  kernel: 5,
  stride: 1,
  padding: 'valid',
  activation: 'relu',
});
const pool = { kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' };
const dense = (units: number, activation: string) => ({ kind: 'dense', units, activation });

/** The benchmark's CNN, 44,426 weights: unlike LeNet-5's, its first convolution is not padded. */
const model = {
  kind: 'layers',
  layers: [...[conv(6), pool, conv(16), pool], ...[dense(120, 'relu'), dense(84, 'relu'), dense(10, 'none')]],
};

export const cellOf = (
  { dataset, split, planned }: Row,
  algorithm: Algorithm,
  seed: number,
): Cell<Bench> => ({
  name: [dataset, split, algorithm, `seed=${seed}`].join('/'),
  recipe: {
    seed,
    data: { dataset, partition: partitionOf(split) },
    model,
    algorithm: {
      kind: algorithm,
      fraction: 1,
      amount: { epochs: EPOCHS },
      batchSize: BATCH,
      optimizer: { kind: 'sgd', learningRate: RATE, momentum: MOMENTUM, weightDecay: WEIGHT_DECAY },
      ...(algorithm === 'fedprox' && { mu: MU }),
    },
    rounds: ROUNDS,
  },
  onRequest: !planned,
  recorded: benchSchema,
  run: measure,
});

export async function measure(recipe: Recipe, options: SimulateOptions): Promise<Bench> {
  const accuracy: number[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === 'evaluation') accuracy.push(event.accuracy);
  };
  try {
    const { weightsSha256, engine } = (await simulate(recipe, { ...options, onEvent })).record;
    return { accuracy, ended: 'rounds', weightsSha256, kernelHash: engine.kernelHash };
  } catch (error) {
    if (error instanceof DivergedError) return { accuracy, ended: 'diverged' };
    throw error;
  }
}
