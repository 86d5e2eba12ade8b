/** Squares of single examples' gradients, added up in memory: see sums/fisher.ts. */
import { checkNotEmpty, checkWeights } from '../checks.js';
import type { Examples, FisherOver } from '../engine.js';
import type { Model } from '../model.js';
import { crossEntropy } from '../objective.js';
import { expectedLabels } from '../sums/fisher.js';
import { predict } from './evaluate.js';
import { gatherer } from './gather.js';
import { emitAddSquares } from './kernels/sweep.js';
import { network, type EngineContext } from './network.js';
import { trainingPass } from './training-pass.js';

/** Sums are float32, in the panels of the linear term, which only training has. */
export function fisher(
  context: EngineContext,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  over: FisherOver,
): Float32Array<ArrayBuffer> {
  checkWeights(model, weights);
  checkNotEmpty(examples);
  const { count } = examples;
  const labels = expectedLabels(model, examples, over, () => predict(context, model, weights, examples));
  const net = network({ ...context, objective: crossEntropy }, model, weights, examples);
  const { distance, panelsStart, panelsEnd, trainedEnd } = net.plan;
  const { bytes, integers } = net.memory.views;
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
  if (!finite && net.feed.mayBeSparse) {
    return fisher({ ...context, sparse: false }, model, weights, examples, over);
  }
  return values;
}
