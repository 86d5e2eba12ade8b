/** Examples made of the rows of a CSV file. */
import type { InputFormat, StoredExamples } from '../dataset.js';
import { nameOf } from '../formats/fields.js';
import type { NameColumn, Rows } from './csv-rows.js';

/** Some rows of a file. */
export interface RowSubset {
  readonly rows: Rows;
  /** Which rows, ascending. */
  readonly places: Uint32Array;
}

/** How a column's value becomes an input. */
export type Scale = (x: number, column: number) => number;

/** The values of an input column. */
export function inputColumn({ rows: { values, features }, places }: RowSubset, column: number): Float64Array {
  const own = new Float64Array(places.length);
  for (let i = 0; i < own.length; i++) own[i] = values.at(places[i] * features.length + column);
  return own;
}

/**
 * @param ownerNames without them the examples have no owners; who is none of them is −1
 * @throws Error that names file and column where a scaled value is no number
 */
export function examplesFromRows(
  { rows, places }: RowSubset,
  scale: Scale,
  classNames: readonly string[],
  ownerNames?: readonly string[],
): StoredExamples {
  const { values, labels, owners, features, path } = rows;
  const count = places.length;
  const width = features.length;
  const inputs = new Float32Array(new SharedArrayBuffer(4 * count * width));
  for (let i = 0; i < count; i++) {
    for (let column = 0; column < width; column++) {
      const scaled = Math.fround(scale(values.at(places[i] * width + column), column));
      if (!Number.isFinite(scaled)) {
        throw new Error(`'${path}': normalised, a value of column '${features[column]}' is ${scaled}`);
      }
      inputs[i * width + column] = scaled;
    }
  }
  const format: InputFormat = { shape: [width], type: 'float32', scale: 1, shift: 0 };
  return {
    count,
    input: format,
    inputs: new Uint8Array(inputs.buffer),
    labels: numbered(labels, places, classNames),
    ...(ownerNames && owners && { owner: numbered(owners, places, ownerNames) }),
  };
}

/** The number of each row's name in `names`, −1 where it is none of them. */
function numbered(
  column: NameColumn,
  rows: Uint32Array,
  names: readonly string[],
): Int32Array<SharedArrayBuffer> {
  const numbers = new Map(names.map((name, number) => [nameOf(name), number]));
  const ofPlace = column.names.map((name) => numbers.get(nameOf(name)) ?? -1);
  const numbered = new Int32Array(new SharedArrayBuffer(4 * rows.length));
  for (const [i, row] of rows.entries()) numbered[i] = ofPlace[column.places.at(row)];
  return numbered;
}
