/** Parts of the reference pages: a JSON Schema's fields and types, tables and fences in Markdown. */
import type { z } from 'zod';

export type Schema = z.core.JSONSchema.BaseSchema;

/** A line for each field, those within it indented below. */
export function fieldLines({ properties = {}, required = [] }: Schema, indent: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return [];
    const preset = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
    const means = schema.description === undefined ? '' : `  // ${schema.description}`;
    const key = `${indent}${name}${required.includes(name) && schema.default === undefined ? '' : '?'}`;
    return [`${key}: ${typeOf(schema)}${preset}${means}`, ...innerLines(schema, `${indent}  `)];
  });
}

/** The fields of an object, of a list's objects, or of each form. */
function innerLines(schema: Schema, indent: string): string[] {
  const { properties, items, anyOf, oneOf } = schema;
  if (properties) return fieldLines(schema, indent);
  if (typeof items === 'object' && !Array.isArray(items)) return innerLines(items, indent);
  const forms = (anyOf ?? oneOf ?? []).flatMap((form) => (typeof form === 'boolean' ? [] : [form]));
  return forms.flatMap((form) => [`${indent}either`, ...fieldLines(form, `${indent}  `)]);
}

export function typeOf(schema: Schema | boolean): string {
  if (typeof schema === 'boolean') return 'json';
  const { title, const: only, enum: some, anyOf, oneOf, items, prefixItems, properties, type } = schema;
  if (title !== undefined) return title;
  if (only !== undefined) return JSON.stringify(only);
  if (some) return some.map((one) => JSON.stringify(one)).join(' | ');
  if (anyOf ?? oneOf) return 'one of';
  if (properties) return 'object';
  if (prefixItems) return `[${prefixItems.map(typeOf).join(', ')}]`;
  if (items !== undefined && !Array.isArray(items)) return `list of ${typeOf(items)}`;
  if (type === 'object') return `{ name: ${typeOf(schema.additionalProperties ?? true)} }`;
  if (type === 'string') return schema.maxLength === undefined ? 'text' : `text up to ${schema.maxLength}`;
  if (type === 'integer') return schema.exclusiveMinimum === 0 ? 'integer > 0' : 'integer ≥ 0';
  return typeof type === 'string' ? type : 'json';
}

export const fence = (text: string, language = '') =>
  text === '' ? 'It has no fields.' : `\`\`\`${language}\n${text}\n\`\`\``;

export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows]
    .map(
      (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
    )
    .join('\n');
