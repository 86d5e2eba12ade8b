/** The mixing matrix of each round of a topology. */
import type { Choice } from '../../registry/index.js';
import { remember } from '../remember.js';
import type { Topology } from '../topology.js';
import type { MixingMatrix } from './matrix.js';
import { mixing, usualMixing } from './registry.js';

/**
 * One and the same matrix for every round where the graph stays the same, else made on demand.
 * @param choice a mixing matrix by name; left out, Metropolis–Hastings, or the plain mean where edges have
 * directions
 * @throws Error where it does not suit the first round's graph
 */
export function mixingRounds(
  topology: Topology,
  choice: Choice = usualMixing(topology),
): (round: number) => MixingMatrix {
  const first = mixing.create(choice, topology.at(0));
  if (!topology.timeVarying) return () => first;
  return remember(
    (round) => mixing.create(choice, topology.at(round)),
    ({ weights, self }) => weights.length + self.length,
  );
}
