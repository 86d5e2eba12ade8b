/** A model in an engine's memory, and passes forward through it as calls of kernels: what training and evaluation share. */
import type { Examples } from '../engine.js';
import type { Model } from '../model.js';
import { lossOf, type Objective } from '../objective.js';
import { Feed } from './feed.js';
import { emitTargets } from './kernels/embedding.js';
import { emitLoss } from './kernels/loss.js';
import { emitPack, emitUnpack } from './kernels/transfer.js';
import type { Memory } from './memory.js';
import type { Kernels, Purpose, Step } from './operator.js';
import { settings, sums, type Setting } from './memory-map.js';
import { planFor, type Plan } from './planner.js';

/** What an engine brings to every request. */
export interface EngineContext {
  readonly memory: Memory;
  readonly objective: Objective;
  /** Whether lists may stand for inputs that are mostly zero. */
  readonly sparse: boolean;
}

export interface Network {
  readonly model: Model;
  readonly memory: Memory;
  readonly objective: Objective;
  readonly plan: Plan;
  readonly feed: Feed;
  /** Kernels of this plan. */
  readonly kernels: Kernels;
  /** Copies a vector of the weights' shape into the panels at that distance from the weights'. */
  readonly load: (values: Float32Array, distance: number) => void;
  /** The vector in those panels, with one kind of NaN. */
  readonly take: (distance: number) => Taken;
  /** Writes a number where the kernels read it. */
  readonly set: (setting: Setting, value: number) => void;
  /** What the kernels added up since `clearSums`: losses, and hits. */
  readonly lossSum: () => number;
  readonly hits: () => number;
  readonly clearSums: () => void;
}

export interface Taken {
  readonly values: Float32Array<ArrayBuffer>;
  /** Whether all of them are finite. */
  readonly finite: boolean;
}

/** @param batch examples of the largest batch */
export function network(
  { memory, objective, sparse }: EngineContext,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  batch = 1,
): Network {
  const { scale, shift } = examples.input;
  const plan = planFor(model, objective, examples.input, batch);
  memory.reserve(plan.size);
  const { floats, doubles, integers } = memory.views;
  const set = (setting: Setting, value: number): void => {
    floats[settings[setting] / 4] = value;
  };
  set('inputScale', scale);
  set('inputShift', shift);
  const kernels: Kernels = (name, emit) => memory.kernels(`${plan.key} ${name}`, emit);
  const [pack, unpack] = kernels('transfer', () => [emitPack(plan), emitUnpack(plan)]);
  const load = (values: Float32Array, distance: number): boolean => {
    floats.set(values, plan.flat / 4);
    return pack(distance) === 0;
  };
  const take = (distance: number): Taken => {
    const finite = unpack(distance) === 0;
    return { values: memory.copy(floats.subarray(plan.flat / 4, plan.flat / 4 + plan.length)), finite };
  };
  // Zero times a weight must be zero for a term to be left out.
  const zeroStays = plan.stored.type === 'uint8' && shift === 0 && Number.isFinite(Math.fround(scale));
  const mayBeSparse = load(weights, 0) && sparse && zeroStays && plan.takesLists;
  const feed = new Feed(memory, kernels, plan, examples, mayBeSparse);
  return {
    ...{ model, memory, objective, plan, feed, kernels, load, take, set },
    lossSum: () => doubles[sums.loss / 8],
    hits: () => integers[sums.hits / 4],
    clearSums: () => {
      doubles[sums.loss / 8] = 0;
      integers[sums.hits / 4] = 0;
    },
  };
}

/** A pass over the examples at positions from … to − 1 of the feed's order. */
export type Pass = (from: number, to: number) => void;

/** The kernels of the plan's operator number `index`. */
export const kernelsOf =
  (kernels: Kernels, index: number): Kernels =>
  (name, emit) =>
    kernels(`operator ${index} ${name}`, emit);

/** What layers do with examples that are in memory. */
export function forwardStep(
  { kernels, plan }: Network,
  purposeOf: (layer: number) => Purpose = () => ({ frozen: true }),
): Step {
  const steps = plan.operators.map(({ operator, layer }, index) =>
    operator.forward(kernelsOf(kernels, index), purposeOf(layer)),
  );
  return (rows, brought) => {
    for (const step of steps) step(rows, brought);
  };
}

export function forwardPass(network: Network, purposeOf?: (layer: number) => Purpose): Pass {
  const { feed } = network;
  const step = forwardStep(network, purposeOf);
  return (from, to) => {
    feed.bring(from, to);
    step(to - from, feed);
  };
}

/** Where the labels of the last pass's logits lie: the examples', or at each position the token that follows. */
export function targets({ kernels, plan, feed }: Network): (rows: number) => number {
  const { positions } = plan.logits;
  if (positions === 1) return () => feed.labels;
  const [write] = kernels('targets', () => [emitTargets(positions)]);
  return (rows) => {
    write(feed.stored, rows * positions, feed.labels, plan.targets);
    return plan.targets;
  };
}

/** Counts the hits among the logits of the last pass's `rows` examples, and adds up their losses. */
export function scorer(network: Network): (rows: number) => void {
  const { kernels, plan } = network;
  const labels = targets(network);
  const loss = lossOf(network.objective);
  const [, , score] = kernels(`score ${loss.kind}`, () => emitLoss(plan, 'hits', loss));
  return (rows) => score(rows * plan.logits.positions, labels(rows));
}
