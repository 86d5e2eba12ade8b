/** What a checkpoint holds of a run of gossip, between two rounds; plain data. */
import type { GossipEvent } from './event-queue.js';
import type { GossipNode } from './nodes.js';
import type { Vector, Vectors } from './slabs.js';

export interface GossipCheckpoint {
  readonly round: number;
  readonly time: number;
  readonly bytesSent: number;
  readonly nodes: ReadonlyMap<number, GossipNode>;
  readonly events: readonly GossipEvent[];
  /** The numbers of every vector that nodes and messages hold. */
  readonly numbers: ReadonlyMap<Vector, Float32Array>;
}

/** Every vector that nodes and messages hold; some more than once. */
export function vectorsHeld(nodes: Iterable<GossipNode>, events: readonly GossipEvent[]): Vector[] {
  const all = [...nodes];
  const deliveries = [
    ...all.flatMap(({ inbox }) => inbox),
    ...events.flatMap((event) => (event.kind === 'deliver' ? [event.delivery] : [])),
  ];
  const held: Vectors[] = [
    ...all.flatMap(({ vectors, optimizer }) => [vectors, optimizer.moments]),
    ...deliveries.map(({ content }) => content?.vectors ?? {}),
  ];
  return held.flatMap((vectors) => Object.values(vectors));
}
