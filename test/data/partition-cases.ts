/** The data and the list of cases that the partition tests go through. */
import { partitions, type Partition, type PartitionContext } from '../../data/index.js';
import { drawInteger, stream } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';

/** `count` random labels of `classes` classes, and an owner for each of 30. */
export function someData(count = 1200, classes = 10, seed = 1): PartitionContext {
  const draw = stream(seed, 'test');
  const owners = Array.from({ length: 30 }, (_, i) => `writer ${i}`);
  return {
    seed,
    classes,
    labels: Int32Array.from({ length: count }, () => drawInteger(draw, classes)),
    owner: Int32Array.from({ length: count }, () => drawInteger(draw, owners.length)),
    owners,
  };
}

export interface Case {
  readonly choice: Choice;
  readonly clients: number;
  /** No example is held twice. */
  readonly disjoint: boolean;
  /** Every example is held. */
  readonly covers: boolean;
  /** Nothing in it is left to chance. */
  readonly unseeded?: boolean;
}

/** At least one case for every kind; a test sees to it. */
export const cases: readonly Case[] = [
  { choice: { kind: 'iid', clients: 7 }, clients: 7, disjoint: true, covers: true },
  { choice: { kind: 'shards', clients: 10 }, clients: 10, disjoint: true, covers: true },
  { choice: { kind: 'shards', clients: 7, shardsPerClient: 3 }, clients: 7, disjoint: true, covers: true },
  { choice: { kind: 'dirichlet', clients: 10, alpha: 0.5 }, clients: 10, disjoint: true, covers: true },
  { choice: { kind: 'dirichlet', clients: 5, alpha: 0.05 }, clients: 5, disjoint: true, covers: true },
  {
    choice: { kind: 'dirichlet-balanced', clients: 10, alpha: 0.3 },
    clients: 10,
    disjoint: true,
    covers: true,
  },
  {
    choice: { kind: 'dirichlet-draw', clients: 12, samplesPerClient: 90 },
    clients: 12,
    disjoint: false,
    covers: false,
  },
  { choice: { kind: 'labels', clients: 15, labelsPerClient: 3 }, clients: 15, disjoint: true, covers: true },
  {
    choice: { kind: 'labels', clients: 4, labelsPerClient: 1 },
    clients: 4,
    disjoint: true,
    covers: false,
    unseeded: true,
  },
  { choice: { kind: 'labels', clients: 20, exponent: 1.5 }, clients: 20, disjoint: true, covers: true },
  { choice: { kind: 'quantity-dirichlet', clients: 10 }, clients: 10, disjoint: true, covers: true },
  { choice: { kind: 'quantity-power-law', clients: 10 }, clients: 10, disjoint: true, covers: true },
  { choice: { kind: 'natural' }, clients: 30, disjoint: true, covers: true, unseeded: true },
  { choice: { kind: 'natural', clients: 4 }, clients: 4, disjoint: true, covers: true },
];

export const allIndices = (partition: Partition): number[][] =>
  Array.from({ length: partition.clients }, (_, client) => [...partition.indices(client)]);

/** The labels that each client holds. */
export const labelsHeld = (partition: Partition, { labels }: PartitionContext): number[][] =>
  allIndices(partition).map((indices) => indices.map((i) => labels[i]));

export const make = (choice: Choice, context: PartitionContext) => partitions.create(choice, context);
