/** A user's own table: numeric columns are the input, one column is the label, another may be the owner. */
import { z } from 'zod';
import { deviation, mean, permutation, portion, stream } from '../../numerics/index.js';
import type { InputFormat, StoredExamples } from '../dataset.js';
import { readShared, verified } from '../files.js';
import { parseCsv } from '../formats/csv.js';
import { decodeUtf8 } from '../formats/tokens.js';
import { userPath } from '../locate.js';
import { rowsOf, sameColumns, type Rows } from './csv-rows.js';
import { defineDataset } from './entry.js';

export const csv = defineDataset({
  kind: 'csv',
  summary: 'Your own table in a CSV file: numeric columns, a label column and, if you like, an owner column.',
  options: {
    file: z
      .string()
      .min(1)
      .describe('CSV file whose first line names the columns; a path, or a name in the data home'),
    label: z.string().default('label').describe('the column that is the class: numbers or names'),
    owner: z.string().optional().describe('the column that says whose a row is (a patient, a device)'),
    features: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('the columns that are the input; left out, all but label and owner'),
    classes: z
      .array(z.string())
      .min(2)
      .optional()
      .describe(
        'the classes in their order; left out, those of the files: name them where every worker has a file of its own',
      ),
    testFile: z.string().optional().describe('a second file, of the same columns, that is the test set'),
    testShare: z
      .number()
      .positive()
      .max(0.9)
      .default(0.2)
      .describe('without a test file: the share of the rows, drawn with the seed, that is the test set'),
    normalise: z
      .enum(['standard', 'none'])
      .default('standard')
      .describe("standard: every column minus its training rows' mean, divided by their standard deviation"),
  },
  create(options, { seed, home }) {
    const checksums: Record<string, string> = {};
    const read = (name: string): Rows => {
      const path = userPath(name, home);
      const bytes = readShared(path);
      checksums[name] = verified(path, bytes);
      return rowsOf(parseCsv(decodeUtf8(bytes, path), path), path, options);
    };
    const all = read(options.file);
    const [train, test] =
      options.testFile === undefined
        ? split(all, options.testShare, seed)
        : [all, sameColumns(read(options.testFile), all)];
    const classNames = options.classes ?? inOrder([...train.labels, ...test.labels]);
    const owners = options.owner === undefined ? undefined : inOrder(train.owners);
    const scale = options.normalise === 'standard' ? standardise(train) : (x: number) => x;
    const set = (rows: Rows) => {
      checkClasses(rows, classNames);
      return examples(rows, scale, classNames, owners);
    };
    return {
      name: 'csv',
      classes: classNames.length,
      classNames,
      train: set(train),
      test: set(test),
      ...(owners && { owners }),
      checksums,
    };
  },
});

/** Draws the test rows; both parts keep the file's order. */
function split(rows: Rows, testShare: number, seed: number): [train: Rows, test: Rows] {
  const count = rows.labels.length;
  const tests = Math.min(count - 1, Math.max(1, Math.round(portion(testShare, count))));
  if (tests === 0) throw new Error(`'${rows.path}' has one row, too few for training and test`);
  const chosen = new Set(permutation(stream(seed, 'data', 'csv', 'test'), count).subarray(0, tests));
  const part = (test: boolean): Rows => {
    const keep = (_: unknown, row: number) => chosen.has(row) === test;
    const { values, labels, owners } = rows;
    return { ...rows, values: values.filter(keep), labels: labels.filter(keep), owners: owners.filter(keep) };
  };
  return [part(false), part(true)];
}

/** The distinct names: as numbers where all of them are, else by code point. */
function inOrder(names: readonly string[]): string[] {
  const distinct = [...new Set(names)];
  const numeric = distinct.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  return numeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.sort();
}

/** @throws Error that names the file and a label that is none of the classes */
function checkClasses({ labels, path }: Rows, classNames: readonly string[]): void {
  const known = new Set(classNames);
  const stranger = labels.find((label) => !known.has(label));
  if (stranger === undefined) return;
  throw new Error(
    `'${path}' has the label '${stranger}', which is none of the classes ${classNames.join(', ')}`,
  );
}

/** What standardises a column's value by the given rows; a constant column becomes 0. */
function standardise({ values, features }: Rows): (x: number, column: number) => number {
  const moments = features.map((_, column) => {
    const own = values.map((row) => row[column]);
    return { centre: mean(own), spread: deviation(own) || 1 };
  });
  return (x, column) => (x - moments[column].centre) / moments[column].spread;
}

function examples(
  { values, labels, owners, features }: Rows,
  scale: (x: number, column: number) => number,
  classNames: readonly string[],
  ownerNames: readonly string[] | undefined,
): StoredExamples {
  const count = values.length;
  const inputs = new Float32Array(new SharedArrayBuffer(4 * count * features.length));
  for (const [row, own] of values.entries()) inputs.set(own.map(scale), row * features.length);
  const format: InputFormat = { shape: [features.length], type: 'float32', scale: 1, shift: 0 };
  return {
    count,
    input: format,
    inputs: new Uint8Array(inputs.buffer),
    labels: numbered(labels, classNames),
    ...(ownerNames && { owner: numbered(owners, ownerNames) }),
  };
}

/** Each name's place in `names`, −1 where it is none of them. */
function numbered(all: readonly string[], names: readonly string[]): Int32Array<SharedArrayBuffer> {
  const places = new Map(names.map((name, place) => [name, place]));
  const numbers = new Int32Array(new SharedArrayBuffer(4 * all.length));
  for (const [i, name] of all.entries()) numbers[i] = places.get(name) ?? -1;
  return numbers;
}
