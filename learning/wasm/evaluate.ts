/** What needs no optimizer: gradients, losses and hits, and logits. */
import type { Evaluation, Examples, GradientResult } from '../engine.js';
import type { Model } from '../model.js';
import { checkGradient, checkRange, checkWeights } from '../checks.js';
import { checkObjective, evaluationLoss } from '../objective.js';
import { hasStatistics, takeStatistics } from '../statistics.js';
import { gatherer } from './gather.js';
import { forwardPass, network, scorer, type EngineContext } from './network.js';
import { settings } from './memory-map.js';
import { trainingPass } from './training-pass.js';

/** Examples of one forward pass: ten blocks of five. */
const PASS_ROWS = 50;

/** The mean gradient over all examples, the mean loss and the running statistics after the pass. */
export function gradient(
  context: EngineContext,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  chance?: readonly [number, number],
): GradientResult {
  checkGradient(model, weights, examples, chance);
  checkObjective(context.objective, model);
  const net = network(context, model, weights, examples, examples.count);
  net.clearSums();
  net.feed.follow(undefined, examples.count);
  if (net.plan.random && chance) net.memory.views.integers.set(chance, settings.chance / 4);
  gatherer(net, trainingPass(net, 'accumulate', 0, net.plan.random), 0)(0, examples.count);
  const { values, finite } = net.take(net.plan.distance.gradient);
  // Left-out terms are zero only while everything is finite.
  if (!finite && net.feed.mayBeSparse) {
    return gradient({ ...context, sparse: false }, model, weights, examples, chance);
  }
  const statistics = hasStatistics(model.manifest)
    ? takeStatistics(model.manifest, net.take(0).values)
    : new Float32Array();
  return {
    gradient: values,
    loss: net.lossSum() / (examples.count * net.plan.logits.positions),
    statistics,
  };
}

/** Hits and the sum of losses of the examples from `from` up to, not including, `to`. */
export function evaluate(
  context: EngineContext,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  from = 0,
  to = examples.count,
): Evaluation {
  checkWeights(model, weights);
  checkRange(from, to, examples.count);
  const net = network({ ...context, objective: evaluationLoss(context.objective) }, model, weights, examples);
  net.clearSums();
  net.feed.follow(undefined, to);
  const forward = forwardPass(net);
  const most = Math.min(PASS_ROWS, net.plan.rows);
  const score = scorer(net);
  for (let at = from; at < to; at += most) {
    const end = Math.min(at + most, to);
    forward(at, end);
    score(end - at);
  }
  return { correct: net.hits(), lossSum: net.lossSum(), count: (to - from) * net.plan.logits.positions };
}

/** The logits of all examples, row-major [count, classes]. */
export function predict(
  context: EngineContext,
  model: Model,
  weights: Float32Array,
  examples: Examples,
): Float32Array<ArrayBuffer> {
  checkWeights(model, weights);
  const net = network(context, model, weights, examples);
  const { floats } = context.memory.views;
  const forward = forwardPass(net);
  const most = Math.min(PASS_ROWS, net.plan.rows);
  const { count } = examples;
  net.feed.follow(undefined, count);
  const { values, channels, stride, positions } = net.plan.logits;
  // Of a sequence the last row; what was flattened is there whole.
  const first = model.layers.at(-1)?.output.kind === 'sequence' ? positions - 1 : 0;
  const logits = new Float32Array(count * (positions - first) * channels);
  let filled = 0;
  for (let at = 0; at < count; at += most) {
    const end = Math.min(at + most, count);
    forward(at, end);
    for (let row = 0; row < end - at; row++) {
      for (let position = first; position < positions; position++) {
        const start = values / 4 + (row * positions + position) * stride;
        logits.set(floats.subarray(start, start + channels), filled);
        filled += channels;
      }
    }
  }
  return logits;
}
