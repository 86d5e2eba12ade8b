/** The rows of a table by what they are for: inputs, labels, owners. */
import { unknownName } from '../../registry/index.js';
import type { Table } from '../formats/csv.js';

/** The rows of a file (or a part of them), with the columns that the options name. */
export interface Rows {
  readonly path: string;
  readonly features: readonly string[];
  readonly values: readonly (readonly number[])[];
  readonly labels: readonly string[];
  readonly owners: readonly string[];
}

/** Which columns are what; without `features` all others are the input. */
export interface Columns {
  readonly label: string;
  readonly owner?: string | undefined;
  readonly features?: readonly string[] | undefined;
}

/**
 * The rows of a table.
 * @throws Error that names file, line and column where a feature is no number, or the column that is missing
 */
export function rowsOf(
  { columns, rows, lines }: Table,
  path: string,
  { label, owner, features }: Columns,
): Rows {
  const at = (name: string) => {
    const index = columns.indexOf(name);
    if (index < 0) throw new Error(`'${path}': ${unknownName('column', name, columns)}`);
    return index;
  };
  const names = features ?? columns.filter((name) => name !== label && name !== owner);
  const places = names.map(at);
  const [labelAt, ownerAt] = [at(label), owner === undefined ? -1 : at(owner)];
  if (rows.length === 0) throw new Error(`'${path}' has no rows below the line that names the columns`);
  if (names.length === 0) throw new Error(`'${path}' has no column that could be the input`);
  const number = (row: number, place: number) => {
    const field = rows[row][place].trim();
    const value = Number(field);
    if (field !== '' && Number.isFinite(value)) return value;
    throw new Error(`'${path}' line ${lines[row]}: '${field}' in column '${columns[place]}' is not a number`);
  };
  return {
    path,
    features: names,
    values: rows.map((_, row) => places.map((place) => number(row, place))),
    labels: rows.map((row) => row[labelAt]),
    owners: rows.map((row) => (ownerAt < 0 ? '' : row[ownerAt])),
  };
}

/** @throws Error where the input columns are not those of `as` */
export function sameColumns(rows: Rows, as: Rows): Rows {
  if (String(rows.features) === String(as.features)) return rows;
  throw new Error(
    `'${rows.path}' has the input columns ${rows.features.join(', ')}, '${as.path}' ${as.features.join(', ')}`,
  );
}
