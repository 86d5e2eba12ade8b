/** Squares of single examples' gradients, added up in memory: see sums/fisher.ts. */
import { checkNotEmpty, checkWeights } from '../checks.js';
import type { Examples } from '../engine.js';
import { withCrossEntropy } from '../loss.js';
import type { Model } from '../model.js';
import { expectedLabels, type FisherOver } from '../sums/fisher.js';
import { predict } from './evaluate.js';
import { gatherer } from './gather.js';
import { emitAddSquares } from './kernels/sweep.js';
import type { Memory } from './memory.js';
import { network } from './network.js';
import { trainingPass } from './training-pass.js';

/** Sums are float32, in the panels of the linear term, which only training has. */
export function fisher(
  memory: Memory,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  over: FisherOver,
  sparse: boolean,
): Float32Array<ArrayBuffer> {
  checkWeights(model, weights);
  checkNotEmpty(examples);
  const { count } = examples;
  const labels = expectedLabels(model, examples, over, () =>
    predict(memory, model, weights, examples, sparse),
  );
  const net = network(memory, withCrossEntropy(model), weights, examples, sparse, 1);
  const { distance, panelsStart, panelsEnd, trainedEnd } = net.plan;
  const { bytes, integers } = memory.views;
  const [addSquares] = net.kernels('add squares', () => [emitAddSquares(distance)]);
  const gather = gatherer(net, trainingPass(net, 'accumulate', 0, false), 0);
  bytes.fill(0, panelsStart + distance.linear, panelsEnd + distance.linear);
  net.feed.follow(undefined, count);
  for (let index = 0; index < count; index++) {
    for (const { label, share } of labels(index)) {
      net.feed.bring(index, index + 1);
      integers[net.feed.labels / 4] = label;
      gather(index, index + 1);
      net.set('clipScale', share / count);
      addSquares(panelsStart, trainedEnd);
    }
  }
  const { values, finite } = net.take(distance.linear);
  // Left-out terms are zero only while everything is finite.
  if (!finite && net.feed.mayBeSparse) return fisher(memory, model, weights, examples, over, false);
  return values;
}
