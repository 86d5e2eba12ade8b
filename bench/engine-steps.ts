/**
 * How many SGD steps a second one thread makes on McMahan's 2NN (784-200-200-10) and MNIST: local updates as in
 * FedAvg, one epoch over a client's 600 examples, copying in and out included.
 */
import { Shard, datasets } from '../data/index.js';
import { diskFiles } from '../data/host/index.js';
import { nativeKernels, type KernelsChoice } from '../learning/host/index.js';
import {
  buildModel,
  initialWeights,
  models,
  wasmEngine,
  type Engine,
  type TrainRequest,
} from '../learning/index.js';
import { permutation, quantile, range, stream } from '../numerics/index.js';
import { kernelsHere } from './native.js';

export interface StepTiming {
  readonly kernels: KernelsChoice;
  readonly batchSize: number;
  /** Whether the engine used that most inputs are zero. */
  readonly sparse: boolean;
  /** Steps per second of a client's update: the median one, and the best. */
  readonly median: number;
  readonly best: number;
}

/** Times `updates` local updates of each kind in turn, so that all kinds see the machine at its worst and best. */
export function timeSteps(batchSizes: readonly number[] = [10, 32, 64], updates = 20): StepTiming[] {
  const { train } = datasets.create({ kind: 'mnist' }, { seed: 1, files: diskFiles() });
  const model = buildModel(models.create({ kind: '2nn' }, { input: train.input.shape, classes: 10 }));
  const weights = initialWeights(model, 1);
  const request = (client: number, batchSize: number): TrainRequest => ({
    model,
    weights,
    examples: new Shard(
      train,
      range(600).map((i) => 600 * client + i),
    ),
    order: (epoch) => permutation(stream(1, 'order', client, epoch), 600),
    batchSize,
    amount: { epochs: 1 },
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    rate: () => 0.1,
  });
  const kinds = batchSizes.flatMap((batchSize) =>
    kernelsHere().flatMap((kernels) =>
      [false, true].map((sparse) => ({
        ...{ kernels, batchSize, sparse },
        engine: wasmEngine({ sparse, native: nativeKernels(kernels) }),
        rates: [] as number[],
      })),
    ),
  );
  for (let client = 0; client < updates; client++) {
    for (const { batchSize, engine, rates } of kinds)
      rates.push(stepRate(engine, request(client, batchSize)));
  }
  return kinds.map(({ kernels, batchSize, sparse, rates }) => ({
    kernels,
    batchSize,
    sparse,
    median: quantile(rates, 0.5),
    best: quantile(rates, 1),
  }));
}

function stepRate(engine: Engine, request: TrainRequest): number {
  const start = performance.now();
  const { steps } = engine.train(request);
  return (1000 * steps) / (performance.now() - start);
}
