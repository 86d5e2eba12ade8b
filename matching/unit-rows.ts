/** One row of numbers a unit: reading the tensors of a layer by units, and writing them back. */
import type { Network } from './permute.js';
import { unitGroups, type UnitAxis, type UnitGroup } from './unit-axes.js';

/** Which entries of a unit: what goes into it, what comes out of it, or first the one and then the other. */
export type Side = 'own' | 'next' | 'both';

/** The axes of a side, in the order of its rows. */
function axesOf({ own, next }: UnitGroup, side: Side): readonly UnitAxis[] {
  return { own, next, both: [...own, ...next] }[side];
}

/** How many numbers of an axis's tensor belong to one unit. */
export const entries = ({ before, after }: UnitAxis) => before * after;

/** Each unit's entries in a layer, axis by axis, row-major within an axis. */
export function unitRows({ model, weights }: Network, layer: number, side: Side): Float64Array[] {
  const group = unitGroups(model)[layer];
  const axes = axesOf(group, side);
  const length = axes.reduce((total, axis) => total + entries(axis), 0);
  const rows = Array.from({ length: group.units }, () => new Float64Array(length));
  visit(group, axes, ({ tensor }, unit, entry, at) => {
    rows[unit][entry] = weights[tensor.offset + at];
  });
  return rows;
}

/** Makes `rows` the units' entries, in place; what rows have beyond those of the side does not count. */
export function writeUnitRows(
  { model, weights }: Network,
  layer: number,
  side: Side,
  rows: readonly Float64Array[],
): void {
  const group = unitGroups(model)[layer];
  visit(group, axesOf(group, side), ({ tensor }, unit, entry, at) => {
    weights[tensor.offset + at] = rows[unit][entry];
  });
}

/** Calls with each unit's each entry, and where it is in the axis's tensor. */
function visit(
  { units }: UnitGroup,
  axes: readonly UnitAxis[],
  call: (axis: UnitAxis, unit: number, entry: number, at: number) => void,
): void {
  let first = 0;
  for (const axis of axes) {
    for (let outer = 0; outer < axis.before; outer++) {
      for (let unit = 0; unit < units; unit++) {
        for (let inner = 0; inner < axis.after; inner++) {
          const entry = outer * axis.after + inner;
          call(axis, unit, first + entry, (outer * units + unit) * axis.after + inner);
        }
      }
    }
    first += entries(axis);
  }
}
