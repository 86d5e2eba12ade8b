/** A whole model of Keras's or TensorFlow.js's as one layer, where not all of its layers are ours. */
import type { Role } from '../manifest.js';
import { constant, glorot, uniform, type Initial, type ShapeLayer } from './kind.js';
import { GATES } from './lstm.js';
import { array } from './shape.js';

export interface KerasLayer {
  readonly kind: 'keras';
  /** modelTopology of a model.json, as Keras writes it. */
  readonly topology: Readonly<Record<string, unknown>>;
  /** Its weights, by the names that they have in the model.json. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly classes: number;
  /** Which of its layers is not one of ours. */
  readonly foreign: string;
}

/** Why no other engine than TensorFlow.js's can train it. */
export const foreignLayer = ({ foreign }: KerasLayer): string =>
  `${foreign} of the model.json is none of the layers that engine: wasm has; use engine: tfjs`;

export const shapeKeras: ShapeLayer<KerasLayer> = ({ weights, classes }) => ({
  output: array(classes),
  tensors: weights.map(({ name, shape }) => ({ name, shape, ...kindOf(name, shape, weights) })),
});

const roles: Readonly<Record<string, Role>> = {
  gamma: 'norm.scale',
  beta: 'norm.shift',
  moving_mean: 'norm.mean',
  moving_variance: 'norm.var',
  embeddings: 'embedding',
  recurrent_kernel: 'recurrent',
  bias: 'bias',
};

/**
 * Keras's names of weights say what they are for: scales and variances begin as 1, embeddings as U(−0.05, 0.05), vectors
 * as 0 but for an LSTM's forget gates, which begin as 1, all else as Glorot's.
 */
function kindOf(
  name: string,
  shape: readonly number[],
  all: KerasLayer['weights'],
): { readonly role: Role; readonly initial: Initial } {
  const layer = name.slice(0, name.lastIndexOf('/') + 1);
  const role = roles[name.slice(layer.length)] ?? 'weight';
  if (role === 'embedding') return { role, initial: uniform(0.05) };
  const recurrent = all.find((other) => other.name === `${layer}recurrent_kernel`);
  if (role === 'bias' && recurrent && recurrent.shape[1] === GATES * recurrent.shape[0]) {
    return { role, initial: constant(0, 1, 0, 0) };
  }
  if (role === 'norm.scale' || role === 'norm.var') return { role, initial: constant(1) };
  if (shape.length < 2) return { role, initial: constant(0) };
  const [fanIn, fanOut] = [shape[shape.length - 2], shape[shape.length - 1]];
  const area = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  return { role, initial: glorot(area * fanIn, area * fanOut) };
}
