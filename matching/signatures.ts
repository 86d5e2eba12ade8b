/**
 * Signatures: the row of numbers that stands for a unit when units of different networks are compared.
 */
import { view } from '../learning/index.js';
import type { Network } from './permute.js';
import { unitGroups, type UnitAxis } from './unit-axes.js';

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
 * What goes into each unit of a hidden layer: incoming weights, then bias, tensor by tensor as in the layer.
 * With `outgoing`, the weights that go out follow, which is the special case of one hidden layer (PFNM,
 * Yurochkin et al. 2019): a client's outgoing weights count by its share of each class.
 * @param outgoing the network's share of each class, over all networks
 */
export function signatures(network: Network, layer: number, outgoing?: ArrayLike<number>): Signatures {
  const { own, next, units } = unitGroups(network.model)[layer];
  const axes = outgoing === undefined ? own : [...own, ...next];
  const width = axes.reduce((total, axis) => total + entries(axis), 0);
  const rows = Array.from({ length: units }, () => new Float64Array(width));
  const biases: number[] = [];
  let start = 0;
  for (const axis of axes) {
    const values = view(network.weights, axis.tensor);
    forEachEntry(axis, units, (unit, entry, at) => {
      rows[unit][start + entry] = values[at];
    });
    if (axis.tensor.role === 'bias')
      biases.push(...Array.from({ length: entries(axis) }, (_, i) => start + i));
    start += entries(axis);
  }
  const belief = outgoing === undefined ? [] : next.flatMap((axis) => perClass(axis, outgoing));
  return { rows, biases, belief: Float64Array.from(belief) };
}

/** Makes `rows` the signatures of a network's units, in place: incoming weights and biases, in that order. */
export function writeSignatures(network: Network, layer: number, rows: readonly Float64Array[]): void {
  const { own, units } = unitGroups(network.model)[layer];
  let start = 0;
  for (const axis of own) {
    const values = view(network.weights, axis.tensor);
    forEachEntry(axis, units, (unit, entry, at) => {
      values[at] = rows[unit][start + entry];
    });
    start += entries(axis);
  }
}

/** How many numbers of an axis's tensor belong to one unit. */
const entries = ({ before, after }: UnitAxis) => before * after;

function forEachEntry(
  { before, after }: UnitAxis,
  units: number,
  visit: (unit: number, entry: number, at: number) => void,
): void {
  for (let outer = 0; outer < before; outer++) {
    for (let unit = 0; unit < units; unit++) {
      for (let inner = 0; inner < after; inner++) {
        visit(unit, outer * after + inner, (outer * units + unit) * after + inner);
      }
    }
  }
}

/** The class of an outgoing weight is the last, fastest index of the last layer's kernel. */
function perClass(axis: UnitAxis, shares: ArrayLike<number>): number[] {
  return Array.from({ length: entries(axis) }, (_, entry) => shares[entry % shares.length]);
}
