/** A worker's own examples, in a file or folder of its own: a CSV table, or images and labels in IDX files. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { InputFormat, StoredExamples } from './dataset.js';
import { parseCsv } from './formats/csv.js';
import { decodeIdx } from './formats/idx.js';
import { decodeUtf8 } from './formats/tokens.js';
import { readShared } from './files.js';
import { rowsOf } from './datasets/csv-rows.js';
import { checkLabels } from './datasets/images.js';

/** What a recipe says of examples that it does not have. */
export interface Declared {
  readonly format: InputFormat;
  readonly classNames: readonly string[];
  /** Of a table: the column that is the class, and those that are the input; left out, all others. */
  readonly label: string;
  readonly columns?: readonly string[] | undefined;
}

/** What one example's input is turned into where it is a table's: (x − mean) / deviation, by column. */
type Scale = (x: number, column: number) => number;

/** How many examples a file or folder holds. @throws Error that says what was expected */
export function countOwnExamples(path: string): number {
  const source = sourceOf(path);
  if ('table' in source)
    return parseCsv(decodeUtf8(readShared(source.table), source.table), source.table).rows.length;
  return decodeIdx(readShared(source.labels), source.labels, 1).shape[0];
}

/**
 * The examples of a file or folder.
 * @throws Error where they are not what the recipe says they are: shape, columns or classes
 */
export function readOwnExamples(path: string, declared: Declared, scale: Scale): StoredExamples {
  const source = sourceOf(path);
  return 'table' in source ? readTable(source.table, declared, scale) : readImages(source, declared);
}

type Source = { readonly table: string } | { readonly images: string; readonly labels: string };

function sourceOf(path: string): Source {
  const expected =
    'give a CSV file, a folder with one, or a folder with IDX files named …images… and …labels…';
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    throw new Error(`there are no data at '${path}': ${expected}`);
  }
  if (!isFolder) return { table: path };
  const names = readdirSync(path).sort();
  const found = (pattern: RegExp) =>
    names.filter((name) => pattern.test(name)).map((name) => join(path, name));
  const [tables, images, labels] = [
    found(/\.csv$/),
    found(/images.*(idx|ubyte)/),
    found(/labels.*(idx|ubyte)/),
  ];
  if (images.length === 1 && labels.length === 1) return { images: images[0], labels: labels[0] };
  if (tables.length === 1) return { table: tables[0] };
  throw new Error(
    `'${path}' has ${tables.length} CSV files and ${images.length} files of images: ${expected}`,
  );
}

function readTable(
  path: string,
  { format, classNames, label, columns }: Declared,
  scale: Scale,
): StoredExamples {
  const rows = rowsOf(parseCsv(decodeUtf8(readShared(path), path), path), path, { label, features: columns });
  const [width] = format.shape;
  if (format.shape.length !== 1 || rows.features.length !== width) {
    throw new Error(
      `'${path}' has ${rows.features.length} input columns; the recipe's input is ${format.shape.join(' × ')}`,
    );
  }
  const places = new Map(classNames.map((name, place) => [name, place]));
  const labels = new Int32Array(new SharedArrayBuffer(4 * rows.labels.length));
  for (const [i, name] of rows.labels.entries()) {
    const place = places.get(name);
    if (place === undefined) {
      throw new Error(
        `'${path}' has the label '${name}', which is none of the classes ${classNames.join(', ')}`,
      );
    }
    labels[i] = place;
  }
  const inputs = new Float32Array(new SharedArrayBuffer(4 * labels.length * width));
  for (const [row, own] of rows.values.entries()) inputs.set(own.map(scale), row * width);
  return { count: labels.length, input: format, inputs: new Uint8Array(inputs.buffer), labels };
}

function readImages(
  { images: imageFile, labels: labelFile }: Extract<Source, { images: string }>,
  { format, classNames }: Declared,
): StoredExamples {
  const images = decodeIdx(readShared(imageFile), imageFile);
  const [count, ...extents] = images.shape;
  const shape = extents.length === 2 ? [...extents, 1] : extents;
  if (String(shape) !== String(format.shape)) {
    throw new Error(
      `'${imageFile}' has images of ${shape.join(' × ')}; the recipe's input is ${format.shape.join(' × ')}`,
    );
  }
  const read = decodeIdx(readShared(labelFile), labelFile, 1);
  if (read.shape[0] !== count) {
    throw new Error(`'${imageFile}' has ${count} images, '${labelFile}' ${read.shape[0]} labels`);
  }
  const labels = new Int32Array(new SharedArrayBuffer(4 * count));
  labels.set(read.values);
  checkLabels(labels, classNames.length, labelFile);
  return { count, input: format, inputs: images.values, labels };
}
