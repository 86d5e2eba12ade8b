/** A worker's own examples, in a file or folder of its own: a CSV table, or images and labels in IDX files. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { InputFormat, StoredExamples } from './dataset.js';
import { range } from '../numerics/index.js';
import { examplesFromRows, type Scale } from './datasets/csv-examples.js';
import { readRows } from './datasets/csv-rows.js';
import { readIdxPair } from './datasets/idx-images.js';
import { checkLabels } from './datasets/images.js';
import { readShared, verified } from './host/read-file.js';
import { parseCsv } from './formats/csv.js';
import { decodeIdx } from './formats/idx.js';
import { readTextFile } from './text-file.js';

/** What a recipe says of examples that it does not have. */
export interface DeclaredFormat {
  readonly format: InputFormat;
  readonly classNames: readonly string[];
  /** Of a table: the column that is the class, and those that are the input, in order. */
  readonly label: string;
  readonly columns?: readonly string[] | undefined;
}

/** How many examples a file or folder holds, at least one. @throws Error that says what was expected */
export function countLocalExamples(path: string): number {
  const source = sourceOf(path);
  const count =
    'table' in source
      ? countRows(source.table)
      : decodeIdx(readShared(source.labels), source.labels, 1).shape[0];
  if (count > 0) return count;
  throw new Error(`there are no examples at '${path}'; a client needs at least one`);
}

const countRows = (path: string) =>
  readTextFile(path, (pieces) => {
    const rows = parseCsv(pieces, path).rows[Symbol.iterator]();
    let count = 0;
    while (rows.next().done !== true) count++;
    return count;
  }).result;

/**
 * The examples of a file or folder.
 * @throws Error where they are not what the recipe says they are: shape, columns or classes
 */
export function readLocalExamples(path: string, declared: DeclaredFormat, scale: Scale): StoredExamples {
  const source = sourceOf(path);
  return 'table' in source ? readTable(source.table, declared, scale) : readImages(source, declared);
}

/** SHA-256 of each file that the examples are read from, by its name. */
export const localChecksums = (path: string): Record<string, string> =>
  Object.fromEntries(
    Object.values(sourceOf(path)).map((file) => [basename(file), verified(file, readShared(file))]),
  );

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
  { format, classNames, label, columns }: DeclaredFormat,
  scale: Scale,
): StoredExamples {
  if (format.shape.length !== 1 || columns === undefined) {
    throw new Error(
      `'${path}' is a table, but the recipe's inputs are images of ${format.shape.join(' × ')}; give IDX files`,
    );
  }
  const { rows } = readRows(path, { label, features: columns, classes: classNames });
  return examplesFromRows({ rows, places: range(rows.count) }, scale, classNames);
}

function readImages(
  { images: imageFile, labels: labelFile }: Extract<Source, { images: string }>,
  { format, classNames }: DeclaredFormat,
): StoredExamples {
  const { shape, pixels, labels } = readIdxPair(
    { name: imageFile, path: imageFile },
    { name: labelFile, path: labelFile },
  );
  if (String(shape) !== String(format.shape)) {
    throw new Error(
      `'${imageFile}' has images of ${shape.join(' × ')}; the recipe's input is ${format.shape.join(' × ')}`,
    );
  }
  checkLabels(labels, classNames.length, labelFile);
  return { count: labels.length, input: format, inputs: pixels, labels };
}
