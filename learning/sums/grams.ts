/**
 * Gram matrices of linear layers' inputs (RegMean: Jin et al., ICLR 2023), with a 1 appended for the bias. A
 * convolution is linear in its windows, a layer on a sequence in each of its vectors.
 */
import type { Engine, Examples } from '../engine.js';
import { windowsAlong, type Conv2dLayer } from '../layers/conv2d.js';
import { imageOf, type Shape } from '../layers/shape.js';
import type { Model } from '../model.js';
import { visitInputs } from './layer-values.js';

export interface LayerGram {
  /** Index of the layer in the specification, and what its tensors' names begin with. */
  readonly layer: number;
  readonly name: string;
  /** Inputs and one for the bias. */
  readonly size: number;
  /** (1/n) Σ x xᵀ over n examples and, within each, over its windows or vectors; row-major [size, size]. */
  readonly values: Float64Array;
}

/** The layers that are linear in their inputs, dense and convolutional, and how many inputs each has. */
export function linearLayers({ layers, manifest }: Model): { layer: number; name: string; size: number }[] {
  return layers.flatMap(({ layer: { kind }, name }, layer) => {
    if (kind !== 'dense' && kind !== 'conv2d') return [];
    const kernel = manifest.tensors.find((tensor) => tensor.name === `${name}/kernel`);
    if (kernel === undefined) throw new Error(`the model has no tensor '${name}/kernel'`);
    return [{ layer, name, size: kernel.shape.slice(0, -1).reduce((a, b) => a * b, 1) + 1 }];
  });
}

export function inputGrams(
  engine: Engine,
  model: Model,
  weights: Float32Array,
  examples: Examples,
): LayerGram[] {
  return linearLayers(model).map(({ layer, name, size }) => {
    const values = new Float64Array(size * size);
    const add = gramAdder(values, size);
    const { layer: kind, input } = model.layers[layer];
    const visit =
      kind.kind === 'conv2d' ? visitWindows(kind, input, size - 1, add) : visitVectors(size - 1, add);
    visitInputs(engine, model, weights, examples, layer, visit);
    for (let i = 0; i < size; i++) {
      for (let j = i; j < size; j++) {
        const mean = values[i * size + j] / examples.count;
        values[i * size + j] = values[j * size + i] = mean;
      }
    }
    return { layer, name, size, values };
  });
}

/** Adds x xᵀ to the upper triangle; what is zero costs nothing. */
function gramAdder(gram: Float64Array, size: number): (x: Float32Array) => void {
  const places = new Int32Array(size);
  const numbers = new Float64Array(size);
  return (x) => {
    let count = 0;
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;
      places[count] = i;
      numbers[count++] = x[i];
    }
    places[count] = size - 1;
    numbers[count++] = 1;
    for (let a = 0; a < count; a++) {
      const row = places[a] * size;
      const number = numbers[a];
      for (let b = a; b < count; b++) gram[row + places[b]] += number * numbers[b];
    }
  };
}

const visitVectors = (width: number, add: (x: Float32Array) => void) => (values: Float32Array) => {
  for (let at = 0; at < values.length; at += width) add(values.subarray(at, at + width));
};

/** The windows of an image in the order of a kernel's numbers: row, column, channel. */
function visitWindows(layer: Conv2dLayer, input: Shape, size: number, add: (x: Float32Array) => void) {
  const { height, width, channels } = imageOf(input);
  const { kernel } = layer;
  const [down, across] = [windowsAlong(height, layer), windowsAlong(width, layer)];
  const window = new Float32Array(size);
  return (image: Float32Array): void => {
    for (let i = 0; i < down.count; i++) {
      for (let j = 0; j < across.count; j++) {
        window.fill(0);
        for (let k = 0; k < kernel; k++) {
          const y = i * layer.stride - down.before + k;
          const x = j * layer.stride - across.before;
          const [from, to] = [Math.max(x, 0), Math.min(x + kernel, width)];
          if (y < 0 || y >= height || to <= from) continue;
          const row = image.subarray((y * width + from) * channels, (y * width + to) * channels);
          window.set(row, (k * kernel + from - x) * channels);
        }
        add(window);
      }
    }
  };
}
