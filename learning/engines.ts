/** What a recipe says of the engine, and the engine that it means. */
import { z } from 'zod';
import { optionsSchema, unknownName } from '../registry/index.js';
import type { InputFormat } from './engine.js';
import type { Model } from './model.js';
import { crossEntropy, type Objective } from './objective.js';
import { refuseMemory } from './wasm/memory.js';
import { planFor } from './wasm/planner.js';

const mixed = z
  .boolean()
  .optional()
  .describe('admit workers of other engines over a network; then equal bits are not promised');

const wasm = optionsSchema({ kind: z.literal('wasm').describe('the one whose bits are promised'), mixed });

const tfjs = optionsSchema({
  kind: z.literal('tfjs').describe('TensorFlow.js; npm install its packages first'),
  backend: z
    .enum(['node', 'wasm', 'cpu'])
    .optional()
    .describe('left out: @tensorflow/tfjs-node where it is installed and works, else wasm, else cpu'),
  mixed,
});

const kinds = ['wasm', 'tfjs'] as const;
const isObject = (value: unknown): value is { readonly kind?: unknown } =>
  typeof value === 'object' && value !== null;

/** A recipe's `engine`: 'wasm', whose bits are the same on every machine, or TensorFlow.js, whose bits may not be. */
export const engineSchema = z.preprocess(
  (value) => {
    if (value === 'tfjs') return { kind: value };
    if (!isObject(value)) return value;
    const { kind = 'wasm', ...options } = value;
    return kind === 'wasm' && Object.keys(options).length === 0 ? kind : { kind, ...options };
  },
  z.union([z.literal('wasm'), wasm, tfjs], {
    error: ({ input, errors }) => {
      const kind = isObject(input) ? input.kind : input;
      const form = kind === 'wasm' ? 1 : 2;
      if (kind !== 'wasm' && kind !== 'tfjs') return unknownName('engine', String(kind), kinds);
      return errors[form].map(({ path, message }) => [...path, message].join(': ')).join('; ');
    },
  }),
);
export type EngineChoice = z.output<typeof engineSchema>;

/** Whether workers of other engines may take part over a network; then equal bits are not promised. */
export const admitsOtherEngines = (choice: EngineChoice) => choice !== 'wasm' && choice.mixed === true;

/**
 * How many bytes an engine's memory takes for a model and a pass of examples. What no request needs, such as the
 * moments of optimizers without, is counted but never touched. Of TensorFlow.js it is not known.
 */
export function engineBytes(
  choice: EngineChoice,
  model: Model,
  objective: Objective,
  format: InputFormat,
): number | undefined {
  if (choice !== 'wasm' && choice.kind === 'tfjs') return undefined;
  const student = planFor(model, objective, format).size;
  if (objective.kind !== 'distillation') return student;
  return student + planFor(objective.teacher.model, crossEntropy, format).size;
}

/** Why an engine cannot train a model, as a sentence; undefined where it can. */
export function refuseModel(
  choice: EngineChoice,
  model: Model,
  objective: Objective,
  format: InputFormat,
): string | undefined {
  try {
    return refuseMemory(engineBytes(choice, model, objective, format) ?? 0);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
