/** Which files a recipe names, by the fields that name them: found by the schema, also in the options of plugins. */
import { z } from 'zod';
import { isFilePath } from '../registry/index.js';
import { registries } from './registries.js';
import type { Recipe } from './recipe.js';
import { recipeSchema } from './schema.js';

/** Dotted field and path of each file that the recipe names, but for its data: `topology.base.path`, `edges.csv`. */
export const namedFiles = (recipe: Recipe): (readonly [field: string, path: string])[] => [
  ...new Map(within(recipeSchema, recipe, [])),
];

type Found = Generator<readonly [field: string, path: string]>;

function* within(schema: z.core.$ZodType, value: unknown, at: readonly string[]): Found {
  if (isFilePath(schema)) {
    if (typeof value === 'string') yield [at.join('.'), value];
    return;
  }
  const registry = z.globalRegistry.get(schema)?.['registry'];
  if (typeof registry === 'string') yield* withinChoice(registry, value, at);
  else if (schema instanceof z.ZodObject) yield* withinFields(schema, value, at);
  else if (schema instanceof z.ZodArray && Array.isArray(value)) {
    for (const [i, each] of value.entries()) yield* within(schema.element, each, [...at, `${i}`]);
  } else for (const inner of forms(schema)) yield* within(inner, value, at);
}

function* withinFields(
  { shape }: z.ZodObject<z.core.$ZodShape>,
  value: unknown,
  at: readonly string[],
): Found {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    if (Object.hasOwn(shape, name)) yield* within(shape[name], each, [...at, name]);
  }
}

/** A choice's fields are those of the entry that it names. */
function* withinChoice(name: string, value: unknown, at: readonly string[]): Found {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return;
  const registry = Object.values(registries).find((each) => each.name === name);
  const entry = registry?.entries.find(({ kind }) => kind === value.kind);
  if (entry) yield* withinFields(entry.options, value, at);
}

/** What a schema that wraps others, or offers several, may stand for. */
function forms(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) return schema.options;
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out];
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodLazy
  ) {
    return [schema.unwrap()];
  }
  return [];
}
