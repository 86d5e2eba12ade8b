/** Training: steps as calls of kernels. Nothing is allocated from step to step. */
import { takeBatches } from '../batches.js';
import { checkTrainRequest } from '../checks.js';
import type { TrainRequest, TrainResult } from '../engine.js';
import { checkObjective } from '../objective.js';
import { gatherer } from './gather.js';
import { emitSquares, emitSweep } from './kernels/sweep.js';
import type { UpdateRule } from './kernels/update.js';
import { network, type EngineContext, type Network, type Pass } from './network.js';
import { optimizerInMemory, optimizerTerms } from './optimizer.js';
import { settings } from './memory-map.js';
import { panelsFrom, trainedFrom } from './planner.js';
import { trainingPass } from './training-pass.js';

/** @throws RangeError where the request does not fit the model */
export function train(context: EngineContext, request: TrainRequest): TrainResult {
  checkTrainRequest(request);
  checkObjective(context.objective, request.model);
  const { model, examples } = request;
  const { count } = examples;
  const batchSize = request.batchSize === 'all' ? count : Math.min(request.batchSize, count);
  const net = network(context, model, request.weights, examples, batchSize);
  const draw = chances(net, request);
  net.set('clipScale', 1);
  const rule = load(net, request);
  const optimizer = optimizerInMemory(net, request);
  const step = stepper(net, request, rule, batchSize);
  net.clearSums();
  const { seen, ...taken } = takeBatches(
    request,
    (order, end, read) => {
      net.feed.follow(order, end, read);
    },
    (from, to, steps) => {
      optimizer.prepare(request.rate(steps), steps);
      draw(steps);
      net.feed.batchFrom = from;
      step(from, to);
    },
  );
  const { values: weights, finite } = net.take(0);
  // Left-out terms are zero only while everything is finite.
  if (!finite && net.feed.mayBeSparse) return train({ ...context, sparse: false }, request);
  return {
    weights,
    ...taken,
    ...optimizer.state(taken.steps),
    loss: seen === 0 ? 0 : net.lossSum() / (seen * net.plan.logits.positions),
  };
}

/** Tells the kernels what a step's random choices follow from, where there are any. */
function chances({ memory, plan }: Network, { chance }: TrainRequest): (step: number) => void {
  if (!plan.random || chance === undefined) return () => undefined;
  const { integers } = memory.views;
  return (step) => {
    integers.set(chance(step), settings.chance / 4);
  };
}

/** Brings a request's vectors and settings into memory, and says which terms its steps have. */
function load({ plan, set, load: loadPanels }: Network, request: TrainRequest): UpdateRule {
  const { optimizer, proximal, linear } = request;
  const { distance } = plan;
  set('mu', proximal?.mu ?? 0);
  if (proximal) loadPanels(proximal.anchor, distance.anchor);
  if (linear) loadPanels(linear, distance.linear);
  return {
    ...optimizerTerms(optimizer),
    proximal: proximal !== undefined && proximal.mu !== 0,
    linear: linear !== undefined,
  };
}

/**
 * step(from, to): one step on the examples at those positions. Batches that fit a pass update the weights
 * straight from the registers; larger ones, and clipped gradients, are first gathered in the gradient's panels,
 * with the same sums.
 */
function stepper(net: Network, request: TrainRequest, rule: UpdateRule, batchSize: number): Pass {
  const { kernels, plan } = net;
  const { clip = Infinity, frozenLayers: frozen = 0 } = request;
  const direct = batchSize <= plan.rows && clip === Infinity;
  const pass = trainingPass(net, direct ? rule : 'accumulate', frozen, plan.random);
  if (direct) {
    return (from, to) => {
      net.set('batchSize', (to - from) * plan.logits.positions);
      pass(from, to);
    };
  }
  const gather = gatherer(net, pass, frozen);
  const trained = trainedFrom(plan, frozen);
  const [sweep] = kernels(`sweep ${JSON.stringify(rule)}`, () => [emitSweep(plan.distance, rule)]);
  const squares = kernels(`squares ${frozen}`, () =>
    panelsFrom(plan, frozen).map((panels) => emitSquares(panels, plan.distance)),
  );
  return (from, to) => {
    gather(from, to);
    let sum = 0;
    if (clip < Infinity) for (const add of squares) sum = add(sum);
    const norm = Math.sqrt(sum);
    net.set('clipScale', norm > clip ? clip / norm : 1);
    if (trained < plan.trainedEnd) sweep(trained, plan.trainedEnd);
  };
}
