/** The nodes of a gossip run: their control, and their vectors in shared memory. */
import { WEIGHTS, type Effect, type GossipAlgorithm } from '../../algorithms/index.js';
import { sharedVector } from '../../hosting/index.js';
import { initialWeights, momentNames } from '../../learning/index.js';
import { startingWeights, type Federation } from '../../recipe/index.js';
import type { Delivery } from './links.js';

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
  /** Messages sent so far. */
  sequence: number;
  inbox: Delivery[];
  readonly vectors: Record<string, Float32Array>;
  /** What its optimizer remembers, through merges too: steps decided so far, and moments, which never travel. */
  readonly optimizer: { steps: number; readonly moments: Record<string, Float32Array> };
}

/** The nodes at the start: all with the same weights, or each with its own where the recipe says so. */
export function startNodes(
  federation: Federation,
  algorithm: GossipAlgorithm,
  count = federation.partition.clients,
): GossipNode[] {
  const { recipe, model } = federation;
  const common = startingWeights(federation);
  const names = [WEIGHTS, ...(algorithm.vectors ?? [])];
  return Array.from({ length: count }, (_, node) => {
    const vectors = Object.fromEntries(names.map((name) => [name, sharedVector(model.manifest.length)]));
    vectors[WEIGHTS].set(
      recipe.init.kind === 'own'
        ? initialWeights(model, recipe.init.seed ?? recipe.seed, ['node', node])
        : common,
    );
    return {
      control: undefined,
      wakes: 0,
      finished: 0,
      busyUntil: 0,
      trained: 0,
      sequence: 0,
      inbox: [],
      vectors,
      optimizer: { steps: 0, moments: {} },
    };
  });
}

/** Gives a node the moments that an effect needs, zero at first. */
export function prepareFor(effect: Effect, { optimizer, vectors }: GossipNode): void {
  if (effect.kind !== 'train' && effect.kind !== 'step') return;
  for (const name of momentNames(effect.optimizer)) {
    optimizer.moments[name] ??= sharedVector(vectors[WEIGHTS].length);
  }
}

/** Vectors out of a checkpoint, in shared memory again. */
export function shareVectors(vectors: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(vectors).map(([name, values]) => {
      const shared = sharedVector(values.length);
      shared.set(values);
      return [name, shared];
    }),
  );
}
