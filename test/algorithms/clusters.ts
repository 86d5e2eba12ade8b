/** Random labelled clients for tests with a real network: Gaussian clusters, one a class. */
import type { Examples } from '../../learning/index.js';
import { distributions, drawInteger, stream } from '../../numerics/index.js';

export const INPUTS = 5;
export const CLASSES = 3;

export interface Labelled {
  readonly inputs: readonly Float32Array[];
  readonly labels: readonly number[];
}

/** `count` examples of one client; its labels are skewed towards one class. */
export function labelled(client: number, count: number): Labelled {
  const draw = stream(11, 'clusters', client);
  const normal = distributions.normal(draw, 0, 1);
  const labels = Array.from({ length: count }, () =>
    draw() < 0.6 ? client % CLASSES : drawInteger(draw, CLASSES),
  );
  const inputs = labels.map((label) =>
    Float32Array.from({ length: INPUTS }, (_, i) => normal() + (i === label ? 2 : 0)),
  );
  return { inputs, labels };
}

/** Labelled inputs as an engine reads them. */
export function asExamples({ inputs, labels }: Labelled): Examples {
  return {
    count: labels.length,
    input: { shape: [INPUTS], type: 'float32', scale: 1, shift: 0 },
    copyInput(index, into, at) {
      into.set(new Uint8Array(inputs[index].buffer), at);
    },
    label: (index) => labels[index],
  };
}

/** All clients' examples in one. */
export const union = (parts: readonly Labelled[]): Labelled => ({
  inputs: parts.flatMap(({ inputs }) => inputs),
  labels: parts.flatMap(({ labels }) => labels),
});
