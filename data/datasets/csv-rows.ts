/** The rows of a CSV file by what they are for: inputs, labels, owners. Each is trimmed, typed and checked. */
import { unknownName } from '../../registry/index.js';
import { parseCsv, type Table } from '../formats/csv.js';
import { decimal, isMissing, nameOf } from '../formats/fields.js';
import { Float64List } from '../float64-list.js';
import { readTextFile } from '../text-file.js';

/** Which columns are what; without `features` all others are the input. */
export interface Columns {
  readonly label: string;
  readonly owner?: string | undefined;
  readonly features?: readonly string[] | undefined;
  /** Whether the file has to have no other columns. */
  readonly complete?: boolean;
  /** The classes, in order; left out, those of the labels. */
  readonly classes?: readonly string[] | undefined;
}

/** A column of names: each row's place in `names`. */
export interface NameColumn {
  readonly names: readonly string[];
  readonly places: Float64List;
}

export interface Rows {
  readonly path: string;
  readonly count: number;
  readonly features: readonly string[];
  /** Row after row, the values of `features`. */
  readonly values: Float64List;
  /** Its names are the `classes`, where these were given. */
  readonly labels: NameColumn;
  readonly owners: NameColumn | undefined;
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * The rows of a file, and its SHA-256.
 * @throws Error that names file, line and column where a feature is no number, a label or owner is missing, or a label
 * is none of the classes; or the column that the file does not have
 */
export function readRows(path: string, columns: Columns): { rows: Rows; checksum: string } {
  const { result, checksum } = readTextFile(path, (pieces) => collect(parseCsv(pieces, path), path, columns));
  return { rows: result, checksum };
}

function collect({ columns, rows }: Table, path: string, wanted: Columns): Rows {
  const at = (name: string) => {
    const index = columns.indexOf(name);
    if (index < 0) throw new Error(`'${path}': ${unknownName('column', name, columns)}`);
    return index;
  };
  const features = wanted.features ?? inputColumns(columns, path, wanted);
  if (features.includes(wanted.label)) {
    throw new Error(`'${path}': column '${wanted.label}' is the label, so it cannot be an input as well`);
  }
  const expected = new Set([...features, wanted.label, wanted.owner]);
  const other = columns.filter((name) => !expected.has(name));
  if (wanted.complete === true && other.length > 0) {
    throw new Error(`'${path}' has the columns ${other.join(', ')} too, which the training rows do not have`);
  }
  const places = features.map(at);
  const values = new Float64List();
  const labels = new Names(path, wanted.label, at(wanted.label), wanted.classes);
  const owners = wanted.owner === undefined ? undefined : new Names(path, wanted.owner, at(wanted.owner));

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
  if (count === 0) throw new Error(`'${path}' has no rows below the line that names the columns`);
  return { path, count, features, values, labels, owners };
}

/** All columns but label and owner. */
function inputColumns(columns: readonly string[], path: string, { label, owner }: Columns): string[] {
  const names = columns.filter((name) => name !== label && name !== owner);
  if (names.length === 0) throw new Error(`'${path}' has no column that could be the input`);
  const unnamed = columns.indexOf('');
  if (unnamed < 0) return names;
  throw new Error(
    `'${path}': column ${unnamed + 1} has no name; name it, take it out (pandas writes its index so: ` +
      'to_csv(index=False)), or list the input columns',
  );
}

/** Collects a column of names. */
class Names implements NameColumn {
  readonly names: string[];
  readonly places = new Float64List();
  readonly #places = new Map<string, number>();
  /** The place of each field as it is written. */
  readonly #known = new Map<string, number>();

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
    let place = this.#known.get(field);
    if (place === undefined) {
      const copy = apart(field);
      place = this.#placeOf(copy, line);
      this.#known.set(copy, place);
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
        `${where} has no value ('${name}'); leave the row out, or give it a name` +
          (name === '' ? '' : ' that does not stand for a missing value'),
      );
    }
    if (this.classes !== undefined) {
      throw new Error(`${where} has '${name}', which is none of the classes ${this.classes.join(', ')}`);
    }
    this.#places.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** A copy of a string: one that was cut out of a piece of a file would keep the whole piece in memory. */
const apart = (text: string) => Buffer.from(text).toString();
