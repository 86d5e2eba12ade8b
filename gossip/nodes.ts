/** The nodes of a gossip run: their control, and their vectors. */
import { WEIGHTS, type GossipAlgorithm } from '../algorithms/index.js';
import { momentNames } from '../learning/index.js';
import { startingWeights, type Federation } from '../recipe/index.js';
import type { OwnEffect } from './effects.js';
import type { Delivery } from './links.js';
import type { Slabs, Vector } from './slabs.js';

/** What the host knows of a node between two events; plain data, so that checkpoints can hold it. */
export interface GossipNode {
  control: unknown;
  /** How often it has woken; its round is the last waking's, counted from 0. */
  wakes: number;
  /** Rounds whose merge is done (synchronous), else wakings. */
  finished: number;
  /** Until when it trains, in virtual time. */
  busyUntil: number;
  /** Batches of its examples that are used up by what was decided so far. */
  trained: number;
  /** The same when it last woke. */
  trainedBefore: number;
  /** Messages sent so far. */
  sequence: number;
  inbox: Delivery[];
  readonly vectors: Record<string, Vector>;
  /** What its optimizer remembers, through merges too: steps decided so far, and moments, which never travel. */
  readonly optimizer: { steps: number; readonly moments: Record<string, Vector> };
}

/**
 * Nodes at the start: all with the same weights, or each with a place for its own, which are yet to be drawn, where the
 * recipe says so. What is the same is there once until a node changes it.
 */
export function startNodes(
  federation: Federation,
  algorithm: GossipAlgorithm,
  slabs: Slabs,
  numbers: ArrayLike<number>,
): Map<number, GossipNode> {
  const { recipe, model } = federation;
  const made = (numbers: Float32Array) => {
    const vector = slabs.take(numbers.length);
    slabs.numbers(vector).set(numbers);
    return vector;
  };
  const common = made(startingWeights(federation));
  const zeros = made(new Float32Array(model.manifest.length));
  const start = (): GossipNode => ({
    control: undefined,
    wakes: 0,
    finished: 0,
    busyUntil: 0,
    trained: 0,
    trainedBefore: 0,
    sequence: 0,
    inbox: [],
    vectors: {
      [WEIGHTS]: recipe.init.kind === 'own' ? slabs.take(model.manifest.length) : slabs.hold(common),
      ...Object.fromEntries([...(algorithm.vectors ?? [])].map((name) => [name, slabs.hold(zeros)])),
    },
    optimizer: { steps: 0, moments: {} },
  });
  const nodes = new Map(Array.from(numbers, (node) => [node, start()]));
  slabs.release(common);
  slabs.release(zeros);
  return nodes;
}

/** Gives a node the moments that an effect needs, zero at first. */
export function prepareFor(effect: OwnEffect, { optimizer, vectors }: GossipNode, slabs: Slabs): void {
  if (effect.kind !== 'train' && effect.kind !== 'step') return;
  for (const name of momentNames(effect.optimizer)) {
    if (name in optimizer.moments) continue;
    const moment = slabs.take(vectors[WEIGHTS].place.length);
    slabs.numbers(moment).fill(0);
    optimizer.moments[name] = moment;
  }
}
