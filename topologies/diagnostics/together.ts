/** Whether rounds together connect everyone, and the refusal, before anything trains, where they do not. */
import { disconnection, isConnected } from '../connectivity.js';
import { union, type Topology } from '../topology.js';

/** Rounds that are looked at; more for topologies that repeat less often. */
const LIMIT = 100;

/** The first power of two (or the limit) of rounds whose edges together connect everyone, strongly if directed. */
export function together(topology: Topology, limit = LIMIT): { rounds: number; connected: boolean } {
  const last = topology.period ?? limit;
  for (let rounds = 1; rounds < last; rounds *= 2) {
    if (isConnected(union(topology, rounds))) return { rounds, connected: true };
  }
  return { rounds: last, connected: isConnected(union(topology, last)) };
}

/**
 * A sentence where some nodes never get others' models, nothing where all do.
 * @param who needs it, e.g. "algorithm 'd-psgd'"
 */
export function refuseDisconnected(topology: Topology, who: string): string | undefined {
  const { rounds, connected } = together(topology);
  if (connected) return undefined;
  const apart = disconnection(union(topology, rounds)) ?? '';
  const when = topology.timeVarying ? `, even over ${rounds} rounds together` : '';
  return (
    `${who} needs a connected topology, and ${apart}${when}; ` +
    'use a topology with more neighbours, or connected: true where it has that option'
  );
}
