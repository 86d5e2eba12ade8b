/** What a recipe says of the engine, and the engine that it means. */
import { z } from 'zod';
import { optionsSchema, unknownName } from '../registry/index.js';
import type { Engine } from './engine.js';
import { wasmEngine, type WasmEngineOptions } from './wasm/engine.js';

const tfjs = optionsSchema({
  kind: z.literal('tfjs').describe('TensorFlow.js; npm install its packages first'),
  backend: z
    .enum(['node', 'wasm', 'cpu'])
    .optional()
    .describe('left out: @tensorflow/tfjs-node where it is installed and works, else wasm, else cpu'),
});

const kinds = ['wasm', 'tfjs'] as const;
const isKind = (value: unknown): value is { readonly kind: unknown } =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** A recipe's `engine`: 'wasm', whose bits are the same on every machine, or TensorFlow.js, whose bits may not be. */
export const engineSchema = z.preprocess(
  (value) => {
    if (value === 'tfjs') return { kind: value };
    return isKind(value) && value.kind === 'wasm' && Object.keys(value).length === 1 ? 'wasm' : value;
  },
  z.union([z.literal('wasm'), tfjs], {
    error: (issue) => {
      const kind = isKind(issue.input) ? issue.input.kind : issue.input;
      if (kind !== 'tfjs') return unknownName('engine', String(kind), kinds);
      return issue.errors[1].map(({ path, message }) => [...path, message].join(': ')).join('; ');
    },
  }),
);
export type EngineChoice = z.output<typeof engineSchema>;

/** @throws Error where TensorFlow.js is asked for but not installed, or its backend does not work here */
export async function loadEngine(choice: EngineChoice, options?: WasmEngineOptions): Promise<Engine> {
  if (choice === 'wasm') return wasmEngine(options);
  const { tfjsEngine } = await import('./tfjs/engine.js');
  return tfjsEngine(choice.backend);
}
