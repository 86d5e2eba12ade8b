/**
 * Moving units: permuting them, spreading them to the positions of a wider network and taking them back,
 * in all tensors they appear in (Wang et al. 2020, Algorithm 1; the authors' block_patching).
 */
import { view, type Model, type Role } from '../learning/index.js';
import { hiddenGroups, widthsOf, withWidths, type UnitGroup } from './unit-axes.js';

/** A network: a model and its weights. */
export interface Network {
  readonly model: Model;
  readonly weights: Float32Array;
}

/** In place of a unit: there is none. */
const ABSENT = -1;
/** The entries of an absent unit; a scale or variance of 1 leaves its input as it is. */
const entryOfAbsent = (role: Role) => (role === 'norm.scale' || role === 'norm.var' ? 1 : 0);

/**
 * The network whose layer's units are, in order, the units `source` of the given one; where `source` is −1,
 * a unit without connections.
 * @param layer which of the layers with units; not the last
 */
export function gatherUnits(network: Network, layer: number, source: ArrayLike<number>): Network {
  const model = withWidths(network.model, widthsOf(network.model).with(layer, source.length));
  const [old, fresh] = [groupOf(network.model, layer), groupOf(model, layer)];
  const oldAxes = [...old.own, ...old.inner, ...old.next];
  const freshAxes = [...fresh.own, ...fresh.inner, ...fresh.next];
  const weights = new Float32Array(model.manifest.length);
  for (const [index, tensor] of network.model.manifest.tensors.entries()) {
    let values = view(network.weights, tensor);
    // A tensor's axes come in order; from the last to the first, what lies after an axis is done already.
    for (let axis = oldAxes.length - 1; axis >= 0; axis--) {
      if (oldAxes[axis].tensor.name !== tensor.name) continue;
      const shape = { before: oldAxes[axis].before, units: old.units, after: freshAxes[axis].after };
      values = gather(values, shape, source, entryOfAbsent(tensor.role));
    }
    view(weights, model.manifest.tensors[index]).set(values);
  }
  return { model, weights };
}

/**
 * The network in which unit l of the layer stands at position `to[l]` of `width`; positions that no unit has
 * are units without connections, so the function stays the same.
 * @throws RangeError where two units have one position, or a position is outside
 */
export function spreadUnits(network: Network, layer: number, to: ArrayLike<number>, width: number): Network {
  const source = new Int32Array(width).fill(ABSENT);
  for (let unit = 0; unit < to.length; unit++) {
    if (source[to[unit]] !== ABSENT) {
      throw new RangeError(
        `unit ${unit} of layer ${layer + 1} is sent to position ${to[unit]}; ` +
          `each unit needs a position of its own below ${width}`,
      );
    }
    source[to[unit]] = unit;
  }
  return gatherUnits(network, layer, source);
}

/**
 * A client's network at its own widths, made of a global network's units: of each hidden layer those that the
 * client's units were assigned to ("FedMA with communication").
 * @param assignments for each hidden layer the global position of each of the client's units
 */
export function reconstruct(global: Network, assignments: readonly ArrayLike<number>[]): Network {
  return assignments.reduce<Network>((network, from, layer) => gatherUnits(network, layer, from), global);
}

/**
 * Permutes the units of every hidden layer: unit l of hidden layer h goes to position `permutations[h][l]`.
 * The network's function stays the same (but for the order in which its sums are rounded).
 * @throws RangeError where there is not one permutation a hidden layer
 */
export function applyPermutations(
  model: Model,
  weights: Float32Array,
  permutations: readonly ArrayLike<number>[],
): Float32Array {
  const groups = hiddenGroups(model);
  for (const { index, units } of groups) {
    const given = index < permutations.length ? permutations[index].length : 0;
    if (given !== units) {
      throw new RangeError(
        `layer ${index + 1} has ${units} units, its permutation ${given} positions; give one for each unit`,
      );
    }
  }
  return groups.reduce<Network>(
    (network, { index, units }) => spreadUnits(network, index, permutations[index], units),
    { model, weights },
  ).weights;
}

/** @throws RangeError where the layer is the last: its units are the classes */
function groupOf(model: Model, layer: number): UnitGroup {
  const group = hiddenGroups(model).at(layer);
  if (group === undefined) throw new RangeError(`layer ${layer + 1} has no hidden units that could be moved`);
  return group;
}

/** Along the middle axis, entry `source[u]` becomes entry u. */
function gather(
  values: Float32Array,
  { before, units, after }: { before: number; units: number; after: number },
  source: ArrayLike<number>,
  absent: number,
): Float32Array {
  const gathered = new Float32Array(before * source.length * after);
  for (let outer = 0; outer < before; outer++) {
    for (let unit = 0; unit < source.length; unit++) {
      const at = (outer * source.length + unit) * after;
      if (source[unit] === ABSENT) {
        gathered.fill(absent, at, at + after);
        continue;
      }
      const from = (outer * units + source[unit]) * after;
      if (after === 1) gathered[at] = values[from];
      else gathered.set(values.subarray(from, from + after), at);
    }
  }
  return gathered;
}
