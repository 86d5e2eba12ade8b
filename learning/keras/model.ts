/**
 * A model.json as a model: a list of our layers where we have them all, else one layer that only TensorFlow.js can
 * run. Only its topology counts: weights are drawn as for any model.
 */
import { shapeLayer, type Layer } from '../layers/index.js';
import type { Shape } from '../layers/shape.js';
import type { ModelSpec } from '../model.js';
import type { ModelContext } from '../model-context.js';
import { readNoFiles } from '../read-file.js';
import { inputOf } from './input.js';
import { convertLayer, ourInput } from './layers.js';
import { describeLayer } from './layer.js';
import { withLogits } from './logits.js';
import { readTopology, type KerasTopology } from './topology.js';
import { writeTopology } from './written.js';

/** @throws RangeError where the file holds no model, one for other inputs, or a field that cannot be kept */
export function kerasModel(path: string, context: ModelContext): ModelSpec {
  const topology = readTopology(path, context.readFile ?? readNoFiles);
  try {
    return specOf(topology, context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${path}: ${error.message}`, { cause: error });
  }
}

function specOf(read: KerasTopology, context: ModelContext): ModelSpec {
  const topology = withLogits(read);
  const input = inputOf(topology.input, context.input);
  const own = ownLayers(topology, input);
  refuseOtherAxis(topology, typeof own === 'string' ? 1 : own.axes);
  if (typeof own !== 'string') return { input: own.input, layers: own.layers };
  if (topology.weights === undefined) {
    throw new RangeError(
      `it does not say which weights its model has, and ${own} is none of our layers; save it with TensorFlow.js's model.save`,
    );
  }
  return {
    input,
    layers: [
      {
        kind: 'keras',
        topology: writeTopology(topology, input),
        weights: topology.weights,
        classes: context.classes,
        foreign: own,
      },
    ],
  };
}

/** Our layers and their input, or what is in the way of a list of them. */
function ownLayers(
  { chain }: KerasTopology,
  extents: readonly number[],
): (ModelSpec & { readonly axes: number }) | string {
  if (chain === undefined) return 'its graph, where layers do not simply follow each other,';
  const input = ourInput(extents);
  let flow: Shape = input;
  /** Whether what flows is an array of two axes in Keras. */
  let hasColumn = extents.length === 2;
  const layers: Layer[] = [];
  for (const layer of chain) {
    if (hasColumn && layer.className.endsWith('2D'))
      return `${describeLayer(layer)} with an input that is no image`;
    const converted = convertLayer(layer, flow);
    if (typeof converted === 'string') return converted;
    for (const own of converted) {
      layers.push(own);
      if (own.kind === 'residual') continue;
      try {
        flow = shapeLayer(own, flow).output;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new RangeError(`${describeLayer(layer)}: ${error.message}`, { cause: error });
      }
      if (own.kind === 'flatten') hasColumn = false;
    }
  }
  const axes = flow.kind === 'sequence' ? 2 : flow.extents.length;
  return { input: input.kind === 'array' ? input.extents : extents, layers, axes };
}

/** @param axes of what the model gives for one example */
function refuseOtherAxis({ softmaxAxis: axis = -1, last }: KerasTopology, axes: number): void {
  if (axis === -1 || axis === axes) return;
  throw new RangeError(
    `its softmax (${describeLayer(last)}) goes over axis ${axis}; it must be the last, -1`,
  );
}
