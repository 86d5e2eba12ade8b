/** The recipe's JSON Schema, for editors and other programs, with a branch for every registry entry. */
import { z } from 'zod';
import type { Catalogue } from '../registry/index.js';
import { registries } from './registries.js';
import { recipeSchema } from './schema.js';

export function recipeJsonSchema(): object {
  return { title: 'Murmuration recipe', ...jsonSchema(recipeSchema) };
}

/** The JSON Schema of what may be written (defaults may be left out). */
export function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: target }) => {
      const name = z.globalRegistry.get(zodSchema)?.registry;
      const registry = Object.values(registries).find((candidate) => candidate.name === name);
      if (registry) target.anyOf = branches(registry);
    },
  });
}

function branches({ entries }: Catalogue): z.core.JSONSchema.BaseSchema[] {
  const kinds = { enum: entries.map(({ kind }) => kind) };
  return [
    kinds,
    ...entries.map(({ kind, summary, options }) => {
      const { properties, required = [], ...schema } = jsonSchema(options);
      delete schema.$schema;
      return {
        ...schema,
        description: summary,
        properties: { kind: { const: kind }, ...properties },
        required: ['kind', ...required],
      };
    }),
  ];
}
