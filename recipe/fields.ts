/** The fields of a schema, in words: what `murmur list` and the reference page print. */
import type { z } from 'zod';

export interface Field {
  /** Dotted where it lies within another, e.g. `optimizer.learningRate`. */
  readonly name: string;
  /** What may be written, e.g. "whole number ≥ 1". */
  readonly allowed: string;
  readonly required: boolean;
  /** What counts where it is left out. */
  readonly preset?: unknown;
  readonly description?: string;
}

type Schema = z.core.JSONSchema.BaseSchema;

/** The fields of an object's JSON Schema, those within others after them. */
export function fieldsOf(schema: Schema, within = ''): Field[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, property]) => {
    if (typeof property === 'boolean') return [];
    const name = `${within}${key}`;
    const { default: preset, description } = property;
    const itself: Field = {
      name,
      allowed: allowed(property),
      required: required.includes(key),
      ...(preset !== undefined && { preset }),
      ...(description !== undefined && { description }),
    };
    const inner = innerFields(property, `${name}.`);
    // An object that says nothing of itself is only the place of its fields.
    return inner.length > 0 && description === undefined ? inner : [itself, ...inner];
  });
}

/** The fields of an object, or of the forms that it may take. */
function innerFields({ properties, oneOf = [], ...rest }: Schema, within: string): Field[] {
  if (properties) return fieldsOf({ ...rest, properties }, within);
  const fields = oneOf.flatMap((form) => (typeof form === 'boolean' ? [] : fieldsOf(form, within)));
  const described = fields.filter(({ name, description }) => description && name !== `${within}kind`);
  return described.filter(({ name }, i) => described.findIndex((field) => field.name === name) === i);
}

function allowed(schema: Schema | boolean): string {
  if (typeof schema === 'boolean') return 'anything';
  const { $ref, const: only, enum: some, anyOf, oneOf, items, properties, type } = schema;
  if ($ref !== undefined) return withArticle(decodeURIComponent($ref.replace('#/$defs/', '')));
  if (only !== undefined) return word(only);
  if (some) return some.map(word).join(' | ');
  const forms = anyOf ?? oneOf;
  if (forms) return forms.map(allowed).join(' or ');
  if (properties) return `{ ${Object.entries(properties).map(part).join(', ')} }`;
  if (items !== undefined && !Array.isArray(items)) return `list of ${allowed(items)}`;
  if (type === 'integer') return `whole number${range(schema)}`;
  if (type === 'number') return `number${range(schema)}`;
  if (type === 'boolean') return 'true | false';
  return type === 'string' ? 'text' : 'object';
}

/** A field of an object: its name, or what it must be where there is no choice. */
function part([name, schema]: [string, Schema | boolean]): string {
  const only = typeof schema === 'boolean' ? undefined : schema.const;
  return only === undefined ? name : `${name}: ${word(only)}`;
}

const withArticle = (noun: string) => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

const word = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** " 0 to 1", " ≥ 1", " above 0", or nothing. */
function range(schema: Schema): string {
  const above = bound(schema.exclusiveMinimum);
  const below = bound(schema.exclusiveMaximum);
  const whole = schema.type === 'integer';
  const least = bound(schema.minimum) ?? (whole && above !== undefined ? above + 1 : undefined);
  const most = bound(schema.maximum);
  if (least !== undefined && most !== undefined) return ` ${least} to ${most}`;
  const words = [
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(least === undefined && above !== undefined ? [`above ${above}`] : []),
    ...(most === undefined ? [] : [`≤ ${most}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return words.length > 0 ? ` ${words.join(', ')}` : '';
}

/** A bound that says something: the largest safe integer only says that numbers end somewhere. */
const bound = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
