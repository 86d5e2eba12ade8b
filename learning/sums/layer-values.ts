/**
 * What flows into and out of a model's layers on some examples, by any engine: the logits of the model cut off there.
 * A manifest lays layers out in their order, so the weights of a model's beginning are the beginning of its weights.
 */
import type { Engine, Examples } from '../engine.js';
import type { Layer } from '../layers/index.js';
import { sizeOf } from '../layers/shape.js';
import { buildModel, type Model } from '../model.js';
import { partOf } from './part.js';

/** Examples whose values are in memory at a time. */
const PART = 128;

/** Called with the values of one example after another; they are valid during the call. */
export type Visit = (values: Float32Array) => void;

/** What layer `index` takes: the model's inputs, or what the layers before it give. */
export function visitInputs(
  engine: Engine,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  index: number,
  visit: Visit,
): void {
  const before = model.layers.slice(0, index);
  if (before.every(({ traits }) => traits.reshapes)) visitExamples(model, examples, visit);
  else {
    const layers = before.map(({ layer }) => layer);
    visitOutputs(engine, model, weights, examples, layers, visit);
  }
}

/** What layer `index` gives before its activation. */
export function visitPreActivations(
  engine: Engine,
  model: Model,
  weights: Float32Array,
  examples: Examples,
  index: number,
  visit: Visit,
): void {
  const layers = model.spec.layers.slice(0, index + 1).map((layer, place) => {
    return place === index && 'activation' in layer ? { ...layer, activation: 'none' as const } : layer;
  });
  visitOutputs(engine, model, weights, examples, layers, visit);
}

function visitOutputs(
  engine: Engine,
  { spec }: Model,
  weights: Float32Array,
  examples: Examples,
  layers: readonly Layer[],
  visit: Visit,
): void {
  const cut = buildModel({ ...spec, layers: [...layers, { kind: 'flatten' }] });
  const own = weights.subarray(0, cut.manifest.length);
  const { output } = cut.layers[cut.layers.length - 1];
  const size = sizeOf(output);
  for (let from = 0; from < examples.count; from += PART) {
    const part = partOf(examples, from, Math.min(from + PART, examples.count), 0);
    const values = engine.predict(cut, own, part);
    for (let at = 0; at < values.length; at += size) visit(values.subarray(at, at + size));
  }
}

function visitExamples({ spec }: Model, examples: Examples, visit: Visit): void {
  const { count, input } = examples;
  const size = spec.input.reduce((product, extent) => product * extent, 1);
  const [scale, shift] = [Math.fround(input.scale), Math.fround(input.shift)];
  const stored = new Uint8Array(size * (input.type === 'uint8' ? 1 : 4));
  const numbers = input.type === 'uint8' ? stored : new Float32Array(stored.buffer);
  const values = new Float32Array(size);
  for (let index = 0; index < count; index++) {
    examples.copyInput(index, stored, 0);
    for (let i = 0; i < size; i++) values[i] = Math.fround(numbers[i] * scale) + shift;
    visit(values);
  }
}
