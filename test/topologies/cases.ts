/** What the conformance test makes of every topology: nodes, options, and what they promise. */
import type { Choice } from '../../registry/index.js';

export interface Case {
  readonly choice: Choice;
  readonly nodes: number;
  /** Degree of every node, or of each one (out-degree where directed). */
  readonly degrees?: number | readonly number[];
  readonly edges?: number;
  /** Whether another seed gives another graph. */
  readonly random?: boolean;
  readonly directed?: boolean;
  readonly timeVarying?: boolean;
  /** Whether every single round is (strongly) connected; true unless said otherwise. */
  readonly connected?: boolean;
}

const c = (kind: string, nodes: number, promises: Omit<Case, 'choice' | 'nodes'>, options = {}): Case => ({
  choice: { kind, ...options },
  nodes,
  ...promises,
});

export const cases: readonly Case[] = [
  c('complete', 7, { degrees: 6, edges: 21 }),
  c('star', 6, { degrees: [5, 1, 1, 1, 1, 1] }),
  c('star', 2, { degrees: 1 }),
  c('path', 5, { degrees: [1, 2, 2, 2, 1] }),
  c('ring', 16, { degrees: 2, edges: 16 }),
  c('ring', 5, { degrees: 1, edges: 5, directed: true }, { directed: true }),
  c('grid', 6, { degrees: [2, 3, 2, 2, 3, 2], edges: 7 }),
  c('grid', 16, { edges: 24 }, { rows: 4 }),
  c('torus', 12, { degrees: 4, edges: 24 }),
  c('torus', 15, { degrees: 4 }, { rows: 5 }),
  c('hypercube', 16, { degrees: 4, edges: 32 }),
  c('hypercube', 2, { degrees: 1 }),
  c('tree', 7, { degrees: [2, 3, 3, 1, 1, 1, 1] }),
  c('tree', 8, { degrees: [3, 4, 2, 1, 1, 1, 1, 1] }, { branching: 3 }),
  c('regular', 50, { degrees: 8, random: true }),
  c('regular', 9, { degrees: 6, random: true }, { degree: 6 }),
  c('regular', 12, { degrees: 2, random: true }, { degree: 2 }),
  c('regular', 10, { degrees: 1, random: true, connected: false }, { degree: 1, connected: false }),
  c('erdos-renyi', 40, { random: true }),
  c('erdos-renyi', 5, { edges: 10 }, { probability: 1 }),
  c('erdos-renyi', 5, { edges: 0, connected: false }, { probability: 0, connected: false }),
  c('watts-strogatz', 30, { edges: 60, random: true }),
  c('watts-strogatz', 9, { degrees: 4 }, { rewiring: 0 }),
  c('watts-strogatz', 20, { edges: 60, random: true }, { degree: 6, rewiring: 1 }),
  c('barabasi-albert', 30, { edges: 56, random: true }),
  c('barabasi-albert', 20, { edges: 51, random: true }, { edges: 3 }),
  c('caveman', 12, { edges: 18 }),
  c('caveman', 12, { degrees: 3, connected: false }, { cliques: 3, connected: false }),
  c('stochastic-block', 40, { random: true }),
  c(
    'stochastic-block',
    9,
    { edges: 9, connected: false },
    { blocks: 3, within: 1, between: 0, connected: false },
  ),
  c('hierarchical', 10, { degrees: [4, 1, 1, 4, 1, 1, 5, 1, 1, 1] }),
  c(
    'hierarchical',
    12,
    { random: true },
    { groups: 3, within: { kind: 'watts-strogatz', degree: 2, rewiring: 1 } },
  ),
  c(
    'hierarchical',
    8,
    { directed: true, timeVarying: true, connected: false },
    { groups: 4, between: 'one-peer-exponential' },
  ),
  c('exponential', 16, { degrees: 4, edges: 64, directed: true }),
  c('exponential', 11, { degrees: 4, directed: true }),
  c('exponential', 8, { degrees: 5, edges: 20 }, { directed: false }),
  c('one-peer-exponential', 16, { degrees: 1, directed: true, timeVarying: true, connected: false }),
  c('one-peer-exponential', 2, { degrees: 1, directed: true, timeVarying: true }),
  c('random-matching', 16, { degrees: 1, edges: 8, random: true, timeVarying: true, connected: false }),
  c('random-matching', 7, { edges: 3, random: true, timeVarying: true, connected: false }),
  c('random-matching', 16, { random: true, timeVarying: true, connected: false }, { base: 'torus' }),
  c('epidemic', 32, { degrees: 5, random: true, timeVarying: true }),
  c(
    'epidemic',
    20,
    { degrees: 7, random: true, timeVarying: true, directed: true },
    { variant: 'local', degree: 7 },
  ),
  c('file', 4, { edges: 4, degrees: [3, 2, 2, 1] }, { path: 'paw.csv' }),
  c('file', 3, { edges: 3, directed: true }, { path: 'triangle.json' }),
  c('file', 3, { degrees: [1, 2, 1] }, { path: 'path.graphml' }),
  c('churn', 16, { random: true, timeVarying: true, connected: false }, { base: 'ring', linkFailure: 0.3 }),
  c(
    'churn',
    16,
    { random: true, timeVarying: true, connected: false, directed: true },
    { base: 'exponential', nodeFailure: 0.4, rounds: 2 },
  ),
];
