/** The rows of a CSV file as inputs, labels and owners: trimmed, converted and checked. */
import { unknownName } from '../../registry/index.js';
import { parseCsv, type Table } from '../formats/csv.js';
import { decimal, isMissing, nameOf } from '../formats/fields.js';
import { Float64List } from '../float64-list.js';
import type { DataFile } from '../dataset-files.js';
import { readText } from '../text-chunks.js';

/** The roles of columns. */
export interface Columns {
  readonly label: string;
  readonly owner?: string | undefined;
  /** The input columns; by default all but label and owner. */
  readonly features?: readonly string[] | undefined;
  /** Whether columns without a role are an error. */
  readonly complete?: boolean;
  /** The classes, in order; by default the labels in order of appearance. */
  readonly classes?: readonly string[] | undefined;
}

/** A column of names. */
export interface NameColumn {
  readonly names: readonly string[];
  /** Each row's index into `names`. */
  readonly places: Float64List;
}

export interface Rows {
  readonly path: string;
  readonly count: number;
  readonly features: readonly string[];
  /** The values of `features`, row by row. */
  readonly values: Float64List;
  /** Its names are the `classes` if these were given. */
  readonly labels: NameColumn;
  readonly owners: NameColumn | undefined;
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * Reads the rows of a file, and its SHA-256.
 * @throws Error that names file, line and column if a feature is not a number, a label or owner is missing, or a label
 * is not one of the classes; or the column that the file lacks
 */
export function readRows(file: DataFile, columns: Columns): { rows: Rows; sha256: string } {
  const { path } = file;
  const { result, sha256 } = readText(file, (chunks) => collect(parseCsv(chunks, path), path, columns));
  return { rows: result, sha256 };
}

function collect({ columns, rows }: Table, path: string, wanted: Columns): Rows {
  const at = (name: string) => {
    const index = columns.indexOf(name);
    if (index < 0) throw new Error(`'${path}': ${unknownName('column', name, columns)}`);
    return index;
  };
  const features = wanted.features ?? inputColumns(columns, path, wanted);
  if (features.includes(wanted.label)) {
    throw new Error(`'${path}': column '${wanted.label}' is the label, so it cannot be an input column`);
  }
  const expected = new Set([...features, wanted.label, wanted.owner]);
  const other = columns.filter((name) => !expected.has(name));
  if (wanted.complete === true && other.length > 0) {
    throw new Error(`'${path}' has the columns ${other.join(', ')} too, which the training file lacks`);
  }
  const places = features.map(at);
  const values = new Float64List();
  const labels = new NameColumnBuilder(path, wanted.label, at(wanted.label), wanted.classes);
  const owners =
    wanted.owner === undefined ? undefined : new NameColumnBuilder(path, wanted.owner, at(wanted.owner));

  let count = 0;
  for (const { fields, line } of rows) {
    for (const place of places) {
      const value = decimal(fields[place]);
      if (value === undefined || Math.abs(value) > LARGEST_FLOAT32) {
        const problem = value === undefined ? 'is not a decimal number' : 'is too large for a 32-bit float';
        throw new Error(
          `'${path}' line ${line}: '${fields[place].trim()}' in column '${columns[place]}' ${problem}`,
        );
      }
      values.push(value);
    }
    labels.push(fields, line);
    owners?.push(fields, line);
    count++;
  }
  if (count === 0) throw new Error(`'${path}' has no rows below its first line, which names the columns`);
  return { path, count, features, values, labels, owners };
}

/** All columns except label and owner. */
function inputColumns(columns: readonly string[], path: string, { label, owner }: Columns): string[] {
  const names = columns.filter((name) => name !== label && name !== owner);
  if (names.length === 0)
    throw new Error(`'${path}' has no input column: every column is the label or the owner`);
  const unnamed = columns.indexOf('');
  if (unnamed < 0) return names;
  throw new Error(
    `'${path}': column ${unnamed + 1} has no name; name it, remove it (pandas writes its index into such a column: ` +
      'to_csv(index=False)), or list the input columns',
  );
}

/** Collects a column of names as rows arrive. */
class NameColumnBuilder implements NameColumn {
  readonly names: string[];
  readonly places = new Float64List();
  readonly #places = new Map<string, number>();
  /** The place of each field as the file writes it. */
  readonly #placeOfField = new Map<string, number>();

  constructor(
    readonly path: string,
    readonly column: string,
    readonly at: number,
    readonly classes?: readonly string[],
  ) {
    this.names = [...(classes ?? [])];
    for (const [place, name] of this.names.entries()) this.#places.set(nameOf(name), place);
  }

  push(fields: readonly string[], line: number): void {
    const field = fields[this.at];
    let place = this.#placeOfField.get(field);
    if (place === undefined) {
      const copy = flatCopy(field);
      place = this.#placeOf(copy, line);
      this.#placeOfField.set(copy, place);
    }
    this.places.push(place);
  }

  #placeOf(field: string, line: number): number {
    const name = nameOf(field);
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const where = `'${this.path}' line ${line}: column '${this.column}'`;
    if (isMissing(name)) {
      throw new Error(
        `${where} has no value ('${name}'); remove the row, or write a name` +
          (name === '' ? '' : ' that does not mark a missing value'),
      );
    }
    if (this.classes !== undefined) {
      throw new Error(`${where} has '${name}', which is not one of the classes ${this.classes.join(', ')}`);
    }
    this.#places.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** A copy of a string: a slice of a chunk would keep the whole chunk in memory. */
const flatCopy = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text));
