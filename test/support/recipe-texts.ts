/** The fields of the recipe schema that hold any text, and those that choose an entry of a registry, also within choices. */
import { z } from 'zod';
import { recipeSchema, registries } from '../../recipe/index.js';
import { isFilePath } from '../../registry/index.js';

/** A field on the way to another: its name, and the entry that it chooses where the field is a choice. */
interface Step {
  readonly name: string;
  readonly kind?: string;
}

export interface RecipeField {
  readonly steps: readonly Step[];
  /** `choice` names an entry, `file` is declared as a file, `text` may be anything. */
  readonly type: 'choice' | 'file' | 'text';
}

/** Dotted, with the entries that are chosen: `loss[distillation].model[keras].file`. */
export const titleOf = ({ steps }: RecipeField) =>
  steps.map(({ name, kind }) => (kind === undefined ? name : `${name}[${kind}]`)).join('.');

/** Dotted, as messages name it: `loss.model.file`. */
export const dotted = ({ steps }: RecipeField) => steps.map(({ name }) => name).join('.');

/**
 * What a recipe has to say for a field to hold a value: `{ loss: { kind: distillation, …, teacher: value } }`.
 * @param options other options of the entries that are chosen, by their kinds
 */
export function fieldsWith(
  { steps }: RecipeField,
  value: unknown,
  options: Readonly<Record<string, object>> = {},
): Record<string, unknown> {
  const nested = ([{ name, kind }, ...rest]: readonly Step[]): object => {
    if (kind !== undefined) return { [name]: { kind, ...options[kind], ...nested(rest) } };
    const inner = rest.length === 0 ? value : nested(rest);
    return name === '0' ? [inner] : { [name]: inner };
  };
  return { ...nested(steps) };
}

/** So many choices within each other show every entry's fields in every place that offers the entry. */
const DEPTH = 2;

export const recipeFields = (): RecipeField[] => {
  const found = new Map<string, RecipeField>();
  for (const field of within(recipeSchema, [])) found.set(titleOf(field), field);
  return [...found.values()];
};

function* within(schema: z.core.$ZodType, steps: readonly Step[]): Generator<RecipeField> {
  const name = z.globalRegistry.get(schema)?.['registry'];
  if (typeof name === 'string') yield* withinChoice(name, steps);
  else if (schema instanceof z.ZodString) yield { steps, type: isFilePath(schema) ? 'file' : 'text' };
  else if (schema instanceof z.ZodObject) yield* withinFields(schema, steps);
  else if (schema instanceof z.ZodArray) yield* within(schema.element, [...steps, { name: '0' }]);
  else for (const inner of forms(schema)) yield* within(inner, steps);
}

function* withinFields({ shape }: z.ZodObject<z.core.$ZodShape>, steps: readonly Step[]) {
  for (const [name, inner] of Object.entries(shape)) yield* within(inner, [...steps, { name }]);
}

function* withinChoice(name: string, steps: readonly Step[]): Generator<RecipeField> {
  yield { steps, type: 'choice' };
  const above = steps.flatMap(({ kind }) => kind ?? []);
  if (above.length === DEPTH) return;
  const registry = Object.values(registries).find((each) => each.name === name);
  for (const { kind, options } of registry?.entries ?? []) {
    const chosen = [...steps.slice(0, -1), { ...steps[steps.length - 1], kind }];
    yield* withinFields(options, chosen);
  }
}

/** @throws Error for a schema of a new kind, which might hold texts */
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
  const textless = [z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral, z.ZodTransform];
  if (textless.some((kind) => schema instanceof kind)) return [];
  throw new Error(`recipe-texts does not know whether a ${schema._zod.def.type} holds texts`);
}
