/** A client's local examples in a file or folder: a CSV table, or images and labels in IDX files. */
import { range } from '../numerics/index.js';
import type { DataFile, DataFolder } from './dataset-files.js';
import type { InputFormat } from '../learning/index.js';
import type { StoredExamples } from './dataset.js';
import { examplesFromRows, type Scale } from './datasets/csv-examples.js';
import { readRows } from './datasets/csv-rows.js';
import { readIdxPair } from './datasets/idx-images.js';
import { checkLabels } from './datasets/images.js';
import { parseCsv } from './formats/csv.js';
import { decodeIdx } from './formats/idx.js';
import { readText } from './text-chunks.js';

/** The format that a recipe declares for examples that it does not have. */
export interface DeclaredFormat {
  readonly format: InputFormat;
  readonly classNames: readonly string[];
  /** Of a table: the column with the class, and the input columns in order. */
  readonly label: string;
  readonly columns?: readonly string[] | undefined;
}

/** The number of examples, at least one. @throws Error that says which files were expected */
export function countLocalExamples(data: DataFile | DataFolder): number {
  const source = sourceOf(data);
  const count =
    'table' in source
      ? countRows(source.table)
      : decodeIdx(source.labels.read().bytes, source.labels.path, 1).shape[0];
  if (count > 0) return count;
  throw new Error(`there are no examples in '${data.path}'; a client needs one at least`);
}

const countRows = (file: DataFile) =>
  readText(file, (chunks) => {
    const rows = parseCsv(chunks, file.path).rows[Symbol.iterator]();
    let count = 0;
    while (rows.next().done !== true) count++;
    return count;
  }).result;

/** @throws Error if shape, columns or classes of the examples differ from the declaration */
export function readLocalExamples(
  data: DataFile | DataFolder,
  declared: DeclaredFormat,
  scale: Scale,
): StoredExamples {
  const source = sourceOf(data);
  return 'table' in source ? readTable(source.table, declared, scale) : readImages(source, declared);
}

/** SHA-256 of each file that the examples are read from, by the file's name without its folder. */
export const localChecksums = (data: DataFile | DataFolder): Record<string, string> =>
  Object.fromEntries(
    Object.values(sourceOf(data)).map((file) => [file.name.replace(/^.*\//, ''), file.read().sha256()]),
  );

type Source = { readonly table: DataFile } | { readonly images: DataFile; readonly labels: DataFile };

function sourceOf(data: DataFile | DataFolder): Source {
  if (!('files' in data)) return { table: data };
  const matching = (pattern: RegExp) => data.files.filter(({ name }) => pattern.test(name));
  const tables = matching(/\.csv$/);
  const images = matching(/images.*(idx|ubyte)/);
  const labels = matching(/labels.*(idx|ubyte)/);
  if (images.length === 1 && labels.length === 1) return { images: images[0], labels: labels[0] };
  if (tables.length === 1) return { table: tables[0] };
  throw new Error(
    `'${data.path}' has ${tables.length} CSV files and ${images.length} files of images: give a CSV file, a folder with ` +
      'one, or a folder with IDX files named …images… and …labels…',
  );
}

function readTable(
  file: DataFile,
  { format, classNames, label, columns }: DeclaredFormat,
  scale: Scale,
): StoredExamples {
  if (format.shape.length !== 1 || columns === undefined) {
    throw new Error(
      `'${file.path}' is a table, but the recipe's inputs are images of ${format.shape.join(' × ')}; give IDX files`,
    );
  }
  const { rows } = readRows(file, { label, features: columns, classes: classNames });
  return examplesFromRows({ rows, places: range(rows.count) }, scale, classNames);
}

function readImages(
  source: Extract<Source, { images: DataFile }>,
  { format, classNames }: DeclaredFormat,
): StoredExamples {
  const { shape, pixels, labels } = readIdxPair(source.images, source.labels);
  if (String(shape) !== String(format.shape)) {
    throw new Error(
      `'${source.images.path}' has images of ${shape.join(' × ')}; the recipe's input is ${format.shape.join(' × ')}`,
    );
  }
  checkLabels(labels, classNames.length, source.labels.path);
  return { count: labels.length, input: format, inputs: pixels, labels };
}
