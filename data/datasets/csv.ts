/** A user's own table in a CSV file: numeric input columns, a label column and optionally an owner column. */
import { z } from 'zod';
import { deviation, mean, permutation, portion, range, stream } from '../../numerics/index.js';
import { decimal, nameOf } from '../formats/fields.js';
import { openFile } from '../dataset-files.js';
import { examplesFromRows, inputColumn, type RowSubset, type Scale } from './csv-examples.js';
import { readRows, type Columns, type Rows } from './csv-rows.js';
import { defineDataset } from './entry.js';
import { uniqueNames } from './options.js';

export const csv = defineDataset({
  kind: 'csv',
  summary:
    'Your own table in a CSV file: numeric input columns, a label column and optionally an owner column.',
  options: {
    file: z
      .string()
      .min(1)
      .describe('CSV file whose first line names the columns; a path, or a name in the data home'),
    label: z
      .string()
      .default('label')
      .describe('the column with the class: numbers (1 and 1.0 are one class) or names'),
    owner: z.string().optional().describe('the column with the owner of a row (a patient, a device)'),
    features: uniqueNames(1).optional().describe('the input columns; by default all except label and owner'),
    classes: uniqueNames(2, nameOf)
      .optional()
      .describe(
        'the classes in their order; by default the labels of the file: list them if every worker has its own file',
      ),
    testFile: z
      .string()
      .optional()
      .describe('a second file with the test set; it has the columns of the first, in any order'),
    testFraction: z
      .number()
      .positive()
      .max(0.9)
      .default(0.2)
      .describe('without a test file: the fraction of the rows, drawn with the seed, that is the test set'),
    normalize: z
      .enum(['standard', 'none'])
      .default('standard')
      .describe(
        'standard: subtracts from every column the mean of its training rows and divides by their standard deviation',
      ),
  },
  create(options, { seed, files }) {
    const checksums: Record<string, string> = {};
    const read = (name: string, columns: Columns): Rows => {
      const { rows, sha256 } = readRows(openFile(files, name), columns);
      checksums[name] = sha256;
      return rows;
    };
    const all = read(options.file, options);
    const classNames = options.classes ?? inOrder(all.labels.names);
    if (classNames.length < 2) {
      throw new Error(
        `'${all.path}' has only the class '${classNames[0]}'; a dataset needs two classes at least: list them in data.dataset.classes`,
      );
    }
    const [train, test] =
      options.testFile === undefined
        ? split(all, options.testFraction, seed)
        : [
            whole(all),
            whole(
              read(options.testFile, {
                ...options,
                features: all.features,
                complete: options.features === undefined,
                classes: classNames,
              }),
            ),
          ];
    const owners = all.owners && inOrder(ownersOf(train));
    const scale = options.normalize === 'standard' ? standardise(train) : (x: number) => x;
    return {
      name: 'csv',
      classes: classNames.length,
      classNames,
      train: examplesFromRows(train, scale, classNames, owners),
      test: examplesFromRows(test, scale, classNames, owners),
      ...(owners && { owners }),
      checksums,
    };
  },
});

const whole = (rows: Rows): RowSubset => ({ rows, places: range(rows.count) });

/** Splits the rows into training and test; both parts keep the file's order. */
function split(rows: Rows, testFraction: number, seed: number): [train: RowSubset, test: RowSubset] {
  const { count, path } = rows;
  const tests = Math.min(count - 1, Math.max(1, Math.round(portion(testFraction, count))));
  if (tests === 0) throw new Error(`'${path}' has one row; training and test need two at least`);
  const chosen = new Set(permutation(stream(seed, 'data', 'csv', 'test'), count).subarray(0, tests));
  const part = (test: boolean): RowSubset => ({
    rows,
    places: range(count).filter((row) => chosen.has(row) === test),
  });
  return [part(false), part(true)];
}

/** The owners of the rows. */
function ownersOf({ rows: { owners }, places }: RowSubset): string[] {
  if (owners === undefined) return [];
  const present = new Set(Array.from(places, (row) => owners.places.at(row)));
  return Array.from(present, (place) => owners.names[place]);
}

/** Names sorted as numbers if all are numbers, otherwise by UTF-16 code unit. */
function inOrder(names: readonly string[]): string[] {
  const numeric = names.every((name) => decimal(name) !== undefined);
  return numeric ? [...names].sort((a, b) => Number(a) - Number(b)) : [...names].sort();
}

/** Standardises values by the mean and deviation of the rows; a constant column becomes 0. */
function standardise(part: RowSubset): Scale {
  const moments = part.rows.features.map((_, column) => {
    const values = inputColumn(part, column);
    // Rounding gives a column of 0.1 a deviation of 10⁻¹⁷, which would scale another value to 10¹⁶.
    if (values.every((value) => value === values[0])) return { centre: values[0], spread: 1 };
    return { centre: mean(values), spread: deviation(values) || 1 };
  });
  return (x, column) => (x - moments[column].centre) / moments[column].spread;
}
