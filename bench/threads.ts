/** What a second thread brings for each named model: rounds of FedAvg with eight clients of equal size, on one thread and on two. */
import { performance } from 'node:perf_hooks';
import type { KernelsChoice } from '../learning/host/index.js';
import { quantile } from '../numerics/index.js';
import { recipeSchema, type Recipe } from '../recipe/index.js';
import { InterruptedError, simulate } from '../simulator/index.js';
import { kernelsHere } from './native.js';
import { printTable, type Part } from './part.js';

const CLIENTS = 8;
const BATCH = 10;

const MNIST = 'mnist';
const SPEECHES = 'sotu';
/** Steps of a client in a round: so many that a round takes about a second on one thread. */
const jobs: readonly { model: string; dataset: string; steps: number }[] = [
  { model: '2nn', dataset: MNIST, steps: 600 },
  { model: 'lenet5', dataset: MNIST, steps: 200 },
  { model: 'cnn', dataset: MNIST, steps: 12 },
  { model: 'resnet8', dataset: MNIST, steps: 10 },
  { model: 'resnet20', dataset: MNIST, steps: 3 },
  { model: 'vgg9', dataset: MNIST, steps: 2 },
  { model: 'char-lstm', dataset: SPEECHES, steps: 2 },
  { model: 'char-transformer', dataset: SPEECHES, steps: 6 },
];

export const threads: Part = {
  name: 'threads',
  summary: 'rounds of FedAvg of the named models, dense, on two threads against one (aim: 1.75)',
  async run({ rounds = 3, turns }) {
    for (const { model, dataset, steps } of jobs) {
      const rows: string[][] = [];
      for (const kernels of kernelsHere()) {
        const seconds: Record<1 | 2, number[]> = { 1: [], 2: [] };
        for (let turn = 0; turn < turns; turn++) {
          for (const count of [1, 2] as const) {
            seconds[count].push(...(await timeRounds(job(model, dataset, steps), kernels, count, rounds)));
          }
        }
        const [one, two] = [seconds[1], seconds[2]].map((all) => quantile(all, 0.5));
        rows.push([
          `${model}, ${kernels}`,
          ...[one, two].map((median) => (1000 * median).toFixed(0)),
          `${(one / two).toFixed(2)}×`,
          `${(Math.min(...seconds[1]) / Math.min(...seconds[2])).toFixed(2)}×`,
        ]);
      }
      printTable(['ms/round', '1 thread', '2 threads', 'as fast', 'best rounds'], rows);
    }
  },
};

const job = (model: string, kind: string, steps: number): Recipe =>
  recipeSchema.parse({
    data: {
      dataset: { kind, limit: CLIENTS * BATCH * steps },
      partition: { kind: 'iid', clients: CLIENTS },
    },
    model,
    algorithm: {
      kind: 'fedavg',
      fraction: 1,
      amount: { epochs: 1 },
      batchSize: BATCH,
      optimizer: { learningRate: 0.01 },
    },
    rounds: 1000,
    // Never: the run is ended before its last round.
    evaluate: { every: 1000 },
  });

/** Seconds of each of some rounds, after one in which kernels are compiled in earnest. */
async function timeRounds(
  recipe: Recipe,
  kernels: KernelsChoice,
  count: number,
  rounds: number,
): Promise<number[]> {
  const ends: number[] = [];
  const enough = new AbortController();
  try {
    await simulate(recipe, {
      threads: count,
      engine: { sparse: false, kernels },
      signal: enough.signal,
      onEvent(event) {
        if (event.type !== 'round') return;
        ends.push(performance.now());
        if (ends.length > rounds) enough.abort();
      },
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  }
  return ends.slice(1).map((end, i) => (end - ends[i]) / 1000);
}
