/** The recipe's JSON Schema, for editors and other programs, with a branch for every registry entry. */
import { z } from 'zod';
import type { Catalogue } from '../registry/index.js';
import { registries } from './registries.js';
import { recipeSchema } from './schema.js';

/** The whole recipe's schema; what the registries offer stands once, under `$defs`. */
export function recipeJsonSchema(): object {
  const definitions = Object.values(registries).map(
    (registry) => [registry.name, choices(registry)] as const,
  );
  return {
    title: 'Murmuration recipe',
    ...jsonSchema(recipeSchema),
    $defs: Object.fromEntries(definitions),
  };
}

/** The JSON Schema of what may be written (defaults may be left out). */
export function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: target }) => {
      const { registry: name, orNumber } = z.globalRegistry.get(zodSchema) ?? {};
      delete target.file;
      if (orNumber === true) {
        delete target.orNumber;
        target.anyOf = [{ type: 'number' }, ...(target.oneOf ?? [])];
        delete target.oneOf;
      }
      if (typeof name !== 'string') return;
      delete target.registry;
      target.$ref = `#/$defs/${encodeURIComponent(name)}`;
    },
  });
}

/** A kind alone, or an object of a kind and its options. */
function choices({ entries }: Catalogue): z.core.JSONSchema.BaseSchema {
  const branches = entries.map(({ kind, summary, options }) => {
    const { properties, required = [], ...schema } = jsonSchema(options);
    delete schema.$schema;
    return {
      ...schema,
      description: summary,
      properties: { kind: { const: kind }, ...properties },
      required: ['kind', ...required],
    };
  });
  return { anyOf: [{ enum: entries.map(({ kind }) => kind) }, ...branches] };
}
