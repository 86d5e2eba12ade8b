/** Signatures: the row of numbers that stands for a unit when matching compares units of different networks. */
import type { Network } from './permute.js';
import { unitGroups } from './unit-axes.js';
import { entries, unitRows } from './unit-rows.js';

/** The signatures of one network's units in one layer. */
export interface Signatures {
  /** One row a unit, all of one length. */
  readonly rows: readonly Float64Array[];
  /** The coordinates that are biases (their prior has a mean of its own). */
  readonly biases: readonly number[];
  /**
   * Factors on the precision of the last so many coordinates: how far this network is to be believed there.
   * All other coordinates count fully.
   */
  readonly belief: Float64Array;
}

/**
 * What goes into each unit of a hidden layer: incoming weights and bias. With `outgoing`, the weights that go
 * out follow, which is the special case of one hidden layer (PFNM, Yurochkin et al. 2019): a network's outgoing
 * weights count by its share of each class.
 * @param outgoing the network's share of each class, over all networks
 */
export function signatures(network: Network, layer: number, outgoing?: ArrayLike<number>): Signatures {
  const { own, next } = unitGroups(network.model)[layer];
  const biases: number[] = [];
  let first = 0;
  for (const axis of own) {
    for (let i = 0; i < entries(axis); i++) if (axis.tensor.role === 'bias') biases.push(first + i);
    first += entries(axis);
  }
  if (outgoing === undefined) {
    return { rows: unitRows(network, layer, 'own'), biases, belief: new Float64Array(0) };
  }
  // The class is the last, fastest index of the last layer's kernel.
  const belief = new Float64Array(next.reduce((total, axis) => total + entries(axis), 0)).map(
    (_, entry) => outgoing[entry % outgoing.length],
  );
  return { rows: unitRows(network, layer, 'both'), biases, belief };
}
