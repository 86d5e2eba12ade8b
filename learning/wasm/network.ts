/** A model in an engine's memory, and passes through it as calls of kernels: what training and evaluation share. */
import type { Examples } from '../engine.js';
import type { Model } from '../model.js';
import { Feed } from './feed.js';
import { emitForward } from './kernels/forward.js';
import { emitGradient, type Sink } from './kernels/gradient.js';
import { emitConvert } from './kernels/input.js';
import { emitInputDelta } from './kernels/input-delta.js';
import { emitColumnLists, emitRowLists } from './kernels/lists.js';
import { emitLoss } from './kernels/loss.js';
import { emitSparseForward, emitSparseGradient } from './kernels/sparse.js';
import { emitPack, emitUnpack } from './kernels/transfer.js';
import { isPlain } from './kernels/update.js';
import type { Kernel, Memory } from './memory.js';
import { planFor, settings, sums, type Plan, type Setting } from './plan.js';

export interface Network {
  readonly memory: Memory;
  readonly plan: Plan;
  readonly feed: Feed;
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

/** @param sparse whether lists may stand for inputs that are mostly zero */
export function network(
  memory: Memory,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  sparse: boolean,
): Network {
  const { scale, shift } = examples.input;
  const plan = planFor(model, examples.input);
  memory.reserve(plan.size);
  const { floats, doubles, integers } = memory.views;
  const set = (setting: Setting, value: number): void => {
    floats[settings[setting] / 4] = value;
  };
  set('inputScale', scale);
  set('inputShift', shift);
  const [pack, unpack] = memory.kernels(`${plan.key} transfer`, () => [emitPack(plan), emitUnpack(plan)]);
  const load = (values: Float32Array, distance: number): boolean => {
    floats.set(values, plan.flat / 4);
    return pack(distance) === 0;
  };
  const take = (distance: number): Taken => {
    const finite = unpack(distance) === 0;
    return { values: floats.slice(plan.flat / 4, plan.flat / 4 + plan.length), finite };
  };
  // Zero times a weight must be zero for a term to be left out.
  const zeroStays = plan.inputType === 'uint8' && shift === 0 && Number.isFinite(Math.fround(scale));
  const feed = new Feed(memory, plan, examples, load(weights, 0) && sparse && zeroStays);
  return {
    ...{ memory, plan, feed, load, take, set },
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

/**
 * Forward passes.
 * @param alsoDense whether the inputs themselves are needed where lists stand for them
 */
export function forwardPass({ memory, plan, feed }: Network, alsoDense = false): Pass {
  const kernel = (name: string, emit: Parameters<Memory['kernels']>[1]) =>
    memory.kernels(`${plan.key} ${name}`, emit)[0];
  const convert = kernel('convert', () => [emitConvert(plan)]);
  const rowLists = kernel('row lists', () => [emitRowLists(plan)]);
  const sparseForward = kernel('sparse forward', () => [emitSparseForward(plan)]);
  const forward = byRows((rows) =>
    memory.kernels(`${plan.key} forward ${rows}`, () => plan.layers.map((layer) => emitForward(layer, rows))),
  );
  return (from, to) => {
    const rows = to - from;
    feed.bring(from, to);
    const layers = forward(rows);
    if (feed.sparse) {
      rowLists(feed.stored, rows);
      sparseForward(rows);
    }
    if (alsoDense || !feed.sparse) convert(feed.stored, rows);
    for (let l = feed.sparse ? 1 : 0; l < layers.length; l++) layers[l]();
  };
}

/** Counts the hits among the logits of the last pass's `rows` examples, and adds up their losses. */
export function scorer({ memory, plan, feed }: Network): (rows: number) => void {
  const lastLayer = plan.layers[plan.layers.length - 1];
  const [, , score] = memory.kernels(`${plan.key} score`, () => emitLoss(lastLayer, 'hits'));
  return (rows) => score(rows, feed.labels);
}

/** Forward and backward passes; each layer's gradient goes to `sink`, those of the first `frozen` to nowhere. */
export function trainingPass(network: Network, sink: Sink, frozen: number): Pass {
  const { memory, plan, feed } = network;
  const last = plan.layers.length - 1;
  const name = JSON.stringify(sink);
  const sparseGradient = sink === 'accumulate' || isPlain(sink);
  const forward = forwardPass(network, !sparseGradient && frozen === 0);
  const [, , loss] = memory.kernels(`${plan.key} loss`, () => emitLoss(plan.layers[last], 'delta'));
  const [columnLists, firstGradient] = memory.kernels(`${plan.key} sparse gradient ${name}`, () => [
    emitColumnLists(plan),
    emitSparseGradient(plan, sink),
  ]);
  const gradients = byRows((rows) =>
    memory.kernels(`${plan.key} gradient ${rows} ${name}`, () =>
      plan.layers.map((layer) => emitGradient(layer, plan.distance, rows, sink)),
    ),
  );
  const inputDeltas = byRows((rows) =>
    memory.kernels(`${plan.key} input delta ${rows}`, () =>
      plan.layers.flatMap((layer, l) =>
        layer.inputDelta === undefined
          ? []
          : emitInputDelta(layer, layer.inputDelta, rows, plan.transposed, plan.layers[l - 1].relu),
      ),
    ),
  );
  return (from, to) => {
    const rows = to - from;
    forward(from, to);
    loss(rows, feed.labels);
    const gradient = gradients(rows);
    const inputDelta = inputDeltas(rows);
    for (let l = last; l >= frozen; l--) {
      if (l > frozen) inputDelta[l - 1]();
      if (l > 0 || !(feed.sparse && sparseGradient)) gradient[l]();
    }
    if (frozen === 0 && feed.sparse && sparseGradient) {
      columnLists(rows);
      firstGradient();
    }
  };
}

/** Remembers kernels by number of rows, so that a step looks up no names. */
function byRows(kernels: (rows: number) => readonly Kernel[]): (rows: number) => readonly Kernel[] {
  const known = new Map<number, readonly Kernel[]>();
  return (rows) => {
    let found = known.get(rows);
    if (found === undefined) {
      found = kernels(rows);
      known.set(rows, found);
    }
    return found;
  };
}
