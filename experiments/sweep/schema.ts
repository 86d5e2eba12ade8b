/** What a sweep file can say; what its fields mean for recipes is seen to by read.ts. */
import { z } from 'zod';
import { optionsSchema } from '../../registry/index.js';

/** Dotted fields of a recipe and what they are set to. */
const settings = z.record(z.string(), z.unknown());

const seeds = z
  .array(z.int().nonnegative())
  .min(1, 'the list of seeds is empty: leave it out, or give at least one, e.g. [1, 2, 3]');

/** A list of values, or values by name. */
const axis = z
  .union([z.array(z.unknown()), settings], {
    error: 'give a list of values, e.g. [0.1, 1, 10], or values by name, e.g. { few: 10, many: 100 }',
  })
  .refine((values) => Object.keys(values).length > 0, {
    error: 'an axis without values: give at least one, or take the axis out of the matrix',
  });

const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'a value is named here as the axis has it: a name, a number, true or false',
});

/** Values of axes; a list stands for any of its values. */
const pattern = z.record(z.string(), z.union([scalar, z.array(scalar).min(1)]));

export const sweepSchema = optionsSchema({
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'use letters, digits, dots, dashes and underscores only')
    .describe("The sweep's name, used for its directory."),
  base: z
    .union([z.string(), settings], {
      error: 'name a recipe by its path from this file, or write the recipe itself',
    })
    .describe('The recipe that all runs have in common: its path from this file, or the recipe itself.'),
  set: settings.prefault({}).describe('Fields of the base to change; null takes a field out.'),
  matrix: z
    .record(z.string(), axis)
    .refine((axes) => Object.keys(axes).length > 0, {
      error: 'the matrix is empty: name a field of the recipe and its values, e.g. algorithm.epochs: [1, 5]',
    })
    .optional()
    .describe('Fields of the recipe and the values that each takes, every combination of them.'),
  series: z
    .record(z.string(), settings)
    .refine((named) => Object.keys(named).length > 0, { error: 'there is no series in it: leave it out' })
    .optional()
    .describe('One more axis, whose values are named sets of fields that change together.'),
  exclude: z.array(pattern).prefault([]).describe('Combinations to leave out, by values of some axes.'),
  include: z.array(settings).prefault([]).describe('Further combinations, by field, and series by name.'),
  seeds: seeds.optional().describe("Every combination runs once with each; default: the base's own seed."),
  quick: optionsSchema({
    set: settings.prefault({}).describe('Further fields of the base to change.'),
    matrix: z.record(z.string(), axis).prefault({}).describe('Other values for some axes, or names of some.'),
    series: z.array(z.string()).min(1).optional().describe('The names of the series to keep.'),
    seeds: seeds.optional(),
  })
    .optional()
    .describe('What --quick changes, to see in a minute whether all is well. It leaves out `include`.'),
});

export type SweepFile = z.output<typeof sweepSchema>;
