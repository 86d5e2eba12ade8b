/** Data that the recipe describes but does not have: each worker brings its own (partition `local`). */
import { z } from 'zod';
import type { Dataset, InputFormat, StoredExamples } from '../dataset.js';
import { nameOf } from '../formats/fields.js';
import { userPath } from '../host/locate.js';
import { localChecksums, readLocalExamples, type DeclaredFormat } from '../local-examples.js';
import type { Scale } from './csv-examples.js';
import { defineDataset } from './entry.js';
import { uniqueNames } from './options.js';

const options = {
  input: z
    .array(z.int().positive())
    .min(1)
    .max(3)
    .refine((extents) => extents.length !== 2, 'images have channels too: write [height, width, 1]')
    .describe(
      "one example's input: [columns] of a table, how many there are, or [height, width, channels] of images of bytes",
    ),
  classes: z
    .union([z.int().min(2), uniqueNames(2, nameOf)])
    .describe('how many classes there are (labels 0, 1, …), or their names in order'),
  label: z.string().default('label').describe('of a table: the column that is the class'),
  columns: uniqueNames(1)
    .optional()
    .describe(
      "of a table, and needed there: the columns that are the input, in order; every client's table has them, in any order",
    ),
  mean: z.array(z.number()).optional().describe('of a table: what is subtracted from each column'),
  deviation: z
    .array(z.number().positive())
    .optional()
    .describe('of a table: what each column is then divided by'),
  normalise: z
    .enum(['unit', 'signed'])
    .default('unit')
    .describe('of images: unit is pixel / 255, signed spreads it over −1 to 1'),
  test: z
    .string()
    .optional()
    .describe("the coordinator's own test set, a file or folder of the same form; left out, there is none"),
};
const schema = z.object(options);
type Options = z.output<typeof schema>;

export const declared = defineDataset({
  kind: 'declared',
  summary:
    'Data that only the workers have, each its own (partition local); the recipe says what they look like.',
  options,
  create(given, places): Dataset {
    const about = declarationOf(given);
    const none: StoredExamples = {
      count: 0,
      input: about.format,
      inputs: new Uint8Array(new SharedArrayBuffer(0)),
      labels: new Int32Array(new SharedArrayBuffer(0)),
    };
    const test = given.test === undefined ? undefined : userPath(given.test, places);
    return {
      name: 'declared',
      classes: about.classNames.length,
      classNames: about.classNames,
      train: none,
      test: test === undefined ? none : readLocalExamples(test, about, scaleOf(given)),
      checksums: test === undefined ? {} : localChecksums(test),
    };
  },
});

/** The declared data set with a worker's own examples as its training set. @throws Error where these do not fit */
export function withLocalExamples(choice: unknown, path: string): Dataset {
  const given = schema.parse(choice);
  const dataset = declared.create({ ...given, test: undefined }, { seed: 0, home: '' });
  return { ...dataset, train: readLocalExamples(path, declarationOf(given), scaleOf(given)) };
}

/** @throws Error where the description is of neither a table nor images, or lists do not fit the columns */
function declarationOf({
  input,
  classes,
  label,
  columns,
  normalise,
  mean,
  deviation,
}: Options): DeclaredFormat {
  const lists = { columns, mean, deviation };
  if (input.length === 1 && columns === undefined) {
    throw new Error(
      `data.dataset.columns is missing: name the ${input[0]} columns of a table that are the input, so that every client's are the same`,
    );
  }
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || (input.length === 1 && list.length === input[0])) continue;
    throw new Error(
      input.length === 1
        ? `data.dataset.${name} has ${list.length} entries, but data.dataset.input is ${input[0]} columns`
        : `data.dataset.${name} is of tables, but data.dataset.input describes images`,
    );
  }
  const [scale, shift] = normalise === 'unit' ? [1 / 255, 0] : [2 / 255, -1];
  const format: InputFormat =
    input.length === 1
      ? { shape: input, type: 'float32', scale: 1, shift: 0 }
      : { shape: input, type: 'uint8', scale: Math.fround(scale), shift: Math.fround(shift) };
  const classNames =
    typeof classes === 'number' ? Array.from({ length: classes }, (_, label) => `${label}`) : classes;
  return { format, classNames, label, columns };
}

function scaleOf({ mean, deviation }: Options): Scale {
  return (x, column) => (x - (mean?.[column] ?? 0)) / (deviation?.[column] ?? 1);
}
