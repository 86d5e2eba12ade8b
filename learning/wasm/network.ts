/** The passes through a network, as calls of its kernels: what training, gradients and evaluation share. */
import type { Examples, InputFormat } from '../engine.js';
import type { Model } from '../model.js';
import { Feed } from './feed.js';
import { emitForward } from './kernels/forward.js';
import { emitGradient, type Sink } from './kernels/gradient.js';
import { emitConvert } from './kernels/input.js';
import { emitInputDelta } from './kernels/input-delta.js';
import { emitLoss } from './kernels/loss.js';
import { emitPack, emitUnpack } from './kernels/transfer.js';
import type { Kernel, Memory } from './memory.js';
import { planFor, settings, type Plan } from './plan.js';

/** A model laid out in an engine's memory. */
export interface Network {
  readonly memory: Memory;
  readonly plan: Plan;
  /** Copies a vector of the weights' shape into the panels at that distance from the weights'. */
  readonly load: (values: Float32Array, distance: number) => void;
  /** The vector in those panels, with one kind of NaN. */
  readonly take: (distance: number) => Float32Array<ArrayBuffer>;
}

export function network(memory: Memory, model: Model, format: InputFormat): Network {
  const plan = planFor(model, format);
  memory.reserve(plan.size);
  const { floats } = memory.views;
  floats[settings.inputScale / 4] = format.scale;
  floats[settings.inputShift / 4] = format.shift;
  const [pack, unpack] = memory.kernels(`${plan.key} transfer`, () => [emitPack(plan), emitUnpack(plan)]);
  return {
    memory,
    plan,
    load(values, distance) {
      floats.set(values, plan.flat / 4);
      pack(distance);
    },
    take(distance) {
      unpack(distance);
      return floats.slice(plan.flat / 4, plan.flat / 4 + plan.length);
    },
  };
}

/** Forward passes, and what to do with the logits: `score` counts hits and adds up losses. */
export function forwardPasses({ memory, plan }: Network, examples: Examples) {
  const feed = new Feed(memory, plan, examples);
  const [convert] = memory.kernels(`${plan.key} convert`, () => [emitConvert(plan)]);
  const lastLayer = plan.layers[plan.layers.length - 1];
  const [, , score] = memory.kernels(`${plan.key} score`, () => emitLoss(lastLayer, 'hits'));
  const forward = byRows((rows) =>
    memory.kernels(`${plan.key} forward ${rows}`, () => plan.layers.map((layer) => emitForward(layer, rows))),
  );
  let row = 0;
  return {
    feed,
    forward: (from: number, to: number, ahead: number): void => {
      const rows = to - from;
      row = feed.row(from, to, ahead);
      convert(plan.stored + row * plan.storedBytes, rows);
      for (const kernel of forward(rows)) kernel();
    },
    score: (from: number, to: number): void => {
      score(to - from, plan.labels + 4 * row);
    },
    labels: () => plan.labels + 4 * row,
  };
}

/** Forward and backward passes; each layer's gradient goes to `sink`, those of the first `frozen` to nowhere. */
export function trainingPasses(network: Network, examples: Examples, sink: Sink, frozen: number) {
  const { memory, plan } = network;
  const passes = forwardPasses(network, examples);
  const last = plan.layers.length - 1;
  const [, , loss] = memory.kernels(`${plan.key} loss`, () => emitLoss(plan.layers[last], 'delta'));
  const gradients = byRows((rows) =>
    memory.kernels(`${plan.key} gradient ${rows} ${JSON.stringify(sink)}`, () =>
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
  const pass = (from: number, to: number, ahead: number): void => {
    const rows = to - from;
    passes.forward(from, to, ahead);
    loss(rows, passes.labels());
    const gradient = gradients(rows);
    const inputDelta = inputDeltas(rows);
    for (let l = last; l >= frozen; l--) {
      if (l > frozen) inputDelta[l - 1]();
      gradient[l]();
    }
  };
  return { feed: passes.feed, pass };
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
