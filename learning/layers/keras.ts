/** A whole model of Keras's or TensorFlow.js's as one layer, where not all of its layers are ours. */
import type { Role } from '../manifest.js';
import { constant, glorot, type Initial, type ShapeLayer } from './kind.js';
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
  tensors: weights.map(({ name, shape }) => ({ name, shape, ...kindOf(name, shape) })),
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

/** Keras's names of weights say what they are for: scales and variances begin as 1, vectors as 0, all else as Glorot's. */
function kindOf(name: string, shape: readonly number[]): { readonly role: Role; readonly initial: Initial } {
  const role = roles[name.slice(name.lastIndexOf('/') + 1)] ?? 'weight';
  if (role === 'norm.scale' || role === 'norm.var') return { role, initial: constant(1) };
  if (shape.length < 2) return { role, initial: constant(0) };
  const [fanIn, fanOut] = [shape[shape.length - 2], shape[shape.length - 1]];
  const area = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  return { role, initial: glorot(area * fanIn, area * fanOut) };
}
