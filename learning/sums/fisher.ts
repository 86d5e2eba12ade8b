/**
 * The diagonal of the Fisher information (Matena & Raffel 2022, §3): the mean over examples of the squares of
 * ∂ log p(y|x)/∂w, expected over the classes y as the model predicts them, or for the examples' labels (the
 * "empirical" one, in a number-of-classes-th of the time). What engines share of it.
 */
import { exponential } from '../../numerics/index.js';
import type { Examples, FisherOver } from '../engine.js';
import { classesOf, type Model } from '../model.js';

/** A label that counts for an example, and how much. */
export interface ExpectedLabel {
  readonly label: number;
  readonly share: number;
}

/**
 * The labels that count for each example.
 * @param predict gives the logits of all examples
 * @throws RangeError where the model is not one of single examples with single labels
 */
export function expectedLabels(
  model: Model,
  examples: Examples,
  over: FisherOver,
  predict: () => Float32Array,
): (index: number) => readonly ExpectedLabel[] {
  if (model.manifest.tensors.some(({ role }) => role === 'norm.mean')) {
    throw new RangeError(
      'Fisher information is of single examples, and batch normalisation looks at several: use group or layer normalisation',
    );
  }
  if (over === 'labels') return (index) => [{ label: examples.label(index), share: 1 }];
  if (model.layers.at(-1)?.output.kind === 'sequence') {
    throw new RangeError('the Fisher information of a model that predicts tokens is taken over labels only');
  }
  const classes = classesOf(model);
  const logits = predict();
  return (index) => softmax(logits.subarray(index * classes, (index + 1) * classes));
}

function softmax(logits: Float32Array): ExpectedLabel[] {
  const largest = logits.reduce((most, z) => Math.max(most, z), -Infinity);
  const exponentials = Array.from(logits, (z) => exponential(z - largest));
  const sum = exponentials.reduce((total, e) => total + e, 0);
  return exponentials.map((e, label) => ({ label, share: e / sum }));
}
