/** Nodes that are drawn to points: the setting of the hand-computed cases, with the quadratic engine. */
import { refuseCommunity, type Community } from '../../../algorithms/index.js';
import { topologies, type Topology } from '../../../topologies/index.js';
import type { Choice } from '../../../registry/index.js';
import { pointModel, points, quadraticEngine } from '../quadratic.js';
import { gossiper, type Host, type Setting } from './host.js';

export const topologyOf = (choice: Choice, nodes: number, seed = 1): Topology =>
  topologies.create(choice, { nodes, seed });

/** Node i has one example, the point `targets[i]`; all start from `weights`, zeros by default. */
export function pulledTo(
  targets: readonly (readonly number[])[],
  topology: Choice,
  more: Partial<Setting> = {},
): Setting {
  return {
    topology: topologyOf(topology, targets.length),
    model: pointModel(targets[0].length),
    weights: new Float32Array(targets[0].length),
    shards: targets.map((target) => points(target)),
    engine: quadraticEngine,
    ...more,
  };
}

/** One full-batch step of rate ½: w ← ½ w + ½ target. */
export const halfway = { batchSize: 'all', amount: { steps: 1 }, optimizer: { learningRate: 0.5 } };

export const weightsOf = (host: Host): number[][] => host.nodes.map((_, node) => [...host.weights(node)]);

/** Models of one weight more than needed, all of whose numbers are the node's. */
export const constants = (...values: readonly number[]): Float32Array[] =>
  values.map((value) => Float32Array.of(value, value));

/** Eight nodes on a ring, in reliable rounds, but for what is said otherwise. */
export const community = (more: Partial<Community> = {}): Community => ({
  nodes: 8,
  synchronous: true,
  rounds: 10,
  unreliable: false,
  instant: false,
  parameters: 100,
  ...more,
  topology: more.topology ?? topologyOf({ kind: 'ring' }, more.nodes ?? 8),
});

/** Why an algorithm does not run there, as a recipe would be told. */
export function refusal(choice: Choice, more: Partial<Community> = {}): string | undefined {
  const given = community(more);
  return refuseCommunity(choice.kind, gossiper(choice, given.synchronous), given);
}
