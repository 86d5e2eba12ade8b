/** The columns that say of each row which setting it is. */
import { axisLabel, type Axis } from '../analysis/axes.js';
import type { NameColumn } from './table.js';

/** @param labels the rows' values, in the order of the axes @param among the axes that their names must differ from */
export const axisColumns = (
  axes: readonly Axis[],
  labels: readonly (readonly string[])[],
  among: readonly Axis[] = axes,
): NameColumn[] =>
  axes.map(({ name }, i) => ({
    key: name,
    label: axisLabel(name, among),
    names: labels.map((row) => row[i]),
  }));
