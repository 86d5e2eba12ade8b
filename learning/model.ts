/** Model specifications: a list of layers over an input shape, and the manifest that follows from it. */
import { stream, type StreamName } from '../numerics/index.js';
import { layOut, view, type Manifest } from './manifest.js';

export type Activation = 'relu' | 'none';

/** A fully connected layer; its kernel is stored [inputs, units], row-major. The input is flattened. */
export interface DenseLayer {
  readonly kind: 'dense';
  readonly units: number;
  readonly activation: Activation;
}

export type Layer = DenseLayer;

/** A network for classification: the last layer gives one logit a class, the loss is softmax cross-entropy. */
export interface ModelSpec {
  /** The shape of one example's input, e.g. [28, 28, 1]. */
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
}

export interface Model {
  readonly spec: ModelSpec;
  readonly manifest: Manifest;
}

/**
 * The model of a specification.
 * @throws RangeError where a layer has no units
 */
export function buildModel(spec: ModelSpec): Model {
  let inputs = spec.input.reduce((product, extent) => product * extent, 1);
  const tensors = spec.layers.flatMap((layer, index) => {
    if (!(Number.isInteger(layer.units) && layer.units > 0)) {
      throw new RangeError(`layer ${index + 1} (dense) needs at least one unit, it has ${layer.units}`);
    }
    const name = `dense${index + 1}`;
    const shape = [inputs, layer.units];
    inputs = layer.units;
    return [
      { name: `${name}/kernel`, shape, role: 'weight' as const },
      { name: `${name}/bias`, shape: [layer.units], role: 'bias' as const },
    ];
  });
  return { spec, manifest: layOut(tensors) };
}

/**
 * Initial weights: Glorot's uniform distribution, U(−a, a) with a = √(6 / (inputs + units)), and zero biases
 * (Glorot & Bengio 2010, eq. 16). Each tensor draws from a stream of its own, so layers do not depend on
 * each other, and `name` gives every node its own weights where it is wanted.
 */
export function initialWeights(model: Model, seed: number, name: StreamName = []): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.manifest.length);
  for (const tensor of model.manifest.tensors) {
    if (tensor.role !== 'weight') continue;
    const [inputs, units] = tensor.shape;
    const bound = Math.sqrt(6 / (inputs + units));
    const draw = stream(seed, 'init', ...name, tensor.name);
    const kernel = view(values, tensor);
    for (let i = 0; i < kernel.length; i++) kernel[i] = (2 * draw() - 1) * bound;
  }
  return values;
}
