/** Examples from the rows of a CSV file. */
import type { InputFormat } from '../../learning/index.js';
import type { StoredExamples } from '../dataset.js';
import { nameOf } from '../formats/fields.js';
import { sharedInt32, type SharedInt32 } from '../shared-arrays.js';
import type { NameColumn, Rows } from './csv-rows.js';

/** Some rows of a file. */
export interface RowSubset {
  readonly rows: Rows;
  /** The rows' indices, ascending. */
  readonly places: Uint32Array;
}

/** Converts a column's value to an input. */
export type Scale = (x: number, column: number) => number;

/** The values of an input column. */
export function inputColumn({ rows: { values, features }, places }: RowSubset, column: number): Float64Array {
  const inputs = new Float64Array(places.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = values.at(places[i] * features.length + column);
  return inputs;
}

/**
 * @param ownerNames the owners' names; an owner that is not one of them has the number −1
 * @throws Error that names file and column if a scaled value is not finite
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
        throw new Error(
          `'${path}': a value of column '${features[column]}' is ${scaled} after normalisation`,
        );
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

/** The index of each row's name in `names`, −1 if it is not one of them. */
function numbered(column: NameColumn, rows: Uint32Array, names: readonly string[]): SharedInt32 {
  const numbers = new Map(names.map((name, number) => [nameOf(name), number]));
  const ofPlace = column.names.map((name) => numbers.get(nameOf(name)) ?? -1);
  const numbered = sharedInt32(rows.length);
  for (const [i, row] of rows.entries()) numbered[i] = ofPlace[column.places.at(row)];
  return numbered;
}
