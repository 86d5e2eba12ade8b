/** A user's own table: numeric columns are the input, one column is the label, another may be the owner. */
import { z } from 'zod';
import { deviation, mean, permutation, portion, range, stream } from '../../numerics/index.js';
import { decimal, nameOf } from '../formats/fields.js';
import { userPath } from '../host/locate.js';
import { examplesFromRows, inputColumn, type RowSubset, type Scale } from './csv-examples.js';
import { readRows, type Columns, type Rows } from './csv-rows.js';
import { defineDataset } from './entry.js';
import { uniqueNames } from './options.js';

export const csv = defineDataset({
  kind: 'csv',
  summary: 'Your own table in a CSV file: numeric columns, a label column and, if you like, an owner column.',
  options: {
    file: z
      .string()
      .min(1)
      .describe('CSV file whose first line names the columns; a path, or a name in the data home'),
    label: z
      .string()
      .default('label')
      .describe('the column that is the class: numbers (1 and 1.0 are one class) or names'),
    owner: z.string().optional().describe('the column that says whose a row is (a patient, a device)'),
    features: uniqueNames(1)
      .optional()
      .describe('the columns that are the input; left out, all but label and owner'),
    classes: uniqueNames(2, nameOf)
      .optional()
      .describe(
        'the classes in their order; left out, those of the file: name them where every worker has a file of its own',
      ),
    testFile: z
      .string()
      .optional()
      .describe(
        'a second file that is the test set; its columns match those of the first by name, in any order',
      ),
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
  create(options, { seed, ...places }) {
    const checksums: Record<string, string> = {};
    const read = (name: string, columns: Columns): Rows => {
      const { rows, checksum } = readRows(userPath(name, places), columns);
      checksums[name] = checksum;
      return rows;
    };
    const all = read(options.file, options);
    const classNames = options.classes ?? inOrder(all.labels.names);
    if (classNames.length < 2) {
      throw new Error(
        `'${all.path}' has the one class '${classNames[0]}'; a label takes two values at least, or list data.dataset.classes`,
      );
    }
    const [train, test] =
      options.testFile === undefined
        ? split(all, options.testShare, seed)
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
    const scale = options.normalise === 'standard' ? standardise(train) : (x: number) => x;
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

/** Draws the test rows; both parts keep the file's order. */
function split(rows: Rows, testShare: number, seed: number): [train: RowSubset, test: RowSubset] {
  const { count, path } = rows;
  const tests = Math.min(count - 1, Math.max(1, Math.round(portion(testShare, count))));
  if (tests === 0) throw new Error(`'${path}' has one row, too few for training and test`);
  const chosen = new Set(permutation(stream(seed, 'data', 'csv', 'test'), count).subarray(0, tests));
  const part = (test: boolean): RowSubset => ({
    rows,
    places: range(count).filter((row) => chosen.has(row) === test),
  });
  return [part(false), part(true)];
}

/** The names of the owners of a part's rows. */
function ownersOf({ rows: { owners }, places }: RowSubset): string[] {
  if (owners === undefined) return [];
  const present = new Set(Array.from(places, (row) => owners.places.at(row)));
  return Array.from(present, (place) => owners.names[place]);
}

/** Different names: as numbers where all of them are, else by code point. */
function inOrder(names: readonly string[]): string[] {
  const numeric = names.every((name) => decimal(name) !== undefined);
  return numeric ? [...names].sort((a, b) => Number(a) - Number(b)) : [...names].sort();
}

/** What standardises a column's value by a part's rows; a constant column becomes 0. */
function standardise(part: RowSubset): Scale {
  const moments = part.rows.features.map((_, column) => {
    const values = inputColumn(part, column);
    // Rounding gives a constant 0.1 a deviation of 10⁻¹⁷, by which another value would become 10¹⁶.
    if (values.every((value) => value === values[0])) return { centre: values[0], spread: 1 };
    return { centre: mean(values), spread: deviation(values) || 1 };
  });
  return (x, column) => (x - moments[column].centre) / moments[column].spread;
}
