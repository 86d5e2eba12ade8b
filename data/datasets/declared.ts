/** A declared dataset: the recipe describes the inputs and classes, each worker brings its own examples (partition `local`). */
import { z } from 'zod';
import type { InputFormat } from '../../learning/index.js';
import type { Dataset, StoredExamples } from '../dataset.js';
import { nameOf } from '../formats/fields.js';
import type { DataFile, DataFolder } from '../dataset-files.js';
import { localChecksums, readLocalExamples, type DeclaredFormat } from '../local-examples.js';
import { sharedBytes, sharedInt32 } from '../shared-arrays.js';
import type { Scale } from './csv-examples.js';
import { defineDataset } from './entry.js';
import { uniqueNames } from './options.js';

const options = {
  input: z
    .array(z.int().positive())
    .min(1)
    .max(3)
    .refine((extents) => extents.length !== 2, 'images have three dimensions: write [height, width, 1]')
    .describe(
      "the shape of one example's input: [columns] of a table, or [height, width, channels] of images of bytes",
    ),
  classes: z
    .union([z.int().min(2), uniqueNames(2, nameOf)])
    .describe('the number of classes (labels 0, 1, …), or their names in order'),
  label: z.string().default('label').describe('of a table: the column with the class'),
  columns: uniqueNames(1)
    .optional()
    .describe(
      "of a table, where it is required: the input columns, in order; every client's table has them, in any order",
    ),
  mean: z.array(z.number()).optional().describe('of a table: the number that is subtracted from each column'),
  std: z
    .array(z.number().positive())
    .optional()
    .describe('of a table: the number that each column is then divided by'),
  normalize: z
    .enum(['unit', 'signed'])
    .default('unit')
    .describe('of images: unit is pixel / 255, signed spreads it over −1 to 1'),
  test: z
    .string()
    .optional()
    .describe("the coordinator's test set, a file or folder in the same format; by default there is none"),
};
const schema = z.object(options);
type Options = z.output<typeof schema>;

export const declared = defineDataset({
  kind: 'declared',
  summary:
    'Data that stays with the workers, each of which has its own (partition local); the recipe describes its format.',
  options,
  create: (given, { files }): Dataset =>
    declaredDataset(given, { test: given.test === undefined ? undefined : files.open(given.test) }),
});

/**
 * The declared dataset with a worker's own examples as its training set.
 * @throws Error if the examples differ from the declaration
 */
export const withLocalExamples = (choice: unknown, train: DataFile | DataFolder): Dataset =>
  declaredDataset(schema.parse(choice), { train });

function declaredDataset(
  given: Options,
  { train, test }: { readonly [part in 'train' | 'test']?: DataFile | DataFolder | undefined },
): Dataset {
  const declaration = declarationOf(given);
  const { format, classNames } = declaration;
  const read = (source: DataFile | DataFolder | undefined): StoredExamples =>
    source === undefined
      ? { count: 0, input: format, inputs: sharedBytes(0), labels: sharedInt32(0) }
      : readLocalExamples(source, declaration, scaleOf(given));
  return {
    name: 'declared',
    classes: classNames.length,
    classNames,
    train: read(train),
    test: read(test),
    checksums: test === undefined ? {} : localChecksums(test),
  };
}

/** @throws Error if the options fit neither a table nor images, or a list does not match the columns */
function declarationOf({
  input,
  classes,
  label,
  columns,
  normalize,
  mean,
  std: deviation,
}: Options): DeclaredFormat {
  const lists = { columns, mean, deviation };
  if (input.length === 1 && columns === undefined) {
    throw new Error(
      `data.dataset.columns is missing: list the ${input[0]} input columns of the table, so that every client uses the same`,
    );
  }
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || (input.length === 1 && list.length === input[0])) continue;
    throw new Error(
      input.length === 1
        ? `data.dataset.${name} has ${list.length} entries, but data.dataset.input is ${input[0]} columns`
        : `data.dataset.${name} applies to tables, but data.dataset.input describes images; remove it`,
    );
  }
  const [scale, shift] = normalize === 'unit' ? [1 / 255, 0] : [2 / 255, -1];
  const format: InputFormat =
    input.length === 1
      ? { shape: input, type: 'float32', scale: 1, shift: 0 }
      : { shape: input, type: 'uint8', scale: Math.fround(scale), shift: Math.fround(shift) };
  const classNames =
    typeof classes === 'number' ? Array.from({ length: classes }, (_, label) => `${label}`) : classes;
  return { format, classNames, label, columns };
}

function scaleOf({ mean, std: deviation }: Options): Scale {
  return (x, column) => (x - (mean?.[column] ?? 0)) / (deviation?.[column] ?? 1);
}
