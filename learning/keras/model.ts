/**
 * A model.json as a model: a list of our layers where we have them all, else one layer that only TensorFlow.js can
 * run. Only its topology counts: weights are drawn as for any model.
 */
import type { ModelSpec } from '../model.js';
import type { ModelContext } from '../models.js';
import { convertLayer } from './layers.js';
import { readTopology, type KerasConfig, type KerasTopology } from './topology.js';

/** @throws RangeError where the file holds no model, or one for other inputs or classes */
export function kerasModel(path: string, context: ModelContext): ModelSpec {
  const read = readTopology(path, context.readFile);
  const topology = withLogits(path, read);
  const input = inputOf(path, topology, context);
  const own = ownLayers(topology);
  if (typeof own !== 'string') return { input, layers: own };
  if (topology.weights === undefined) {
    throw new RangeError(
      `${path} does not say which weights its model has, and ${own} is none of our layers; save it with TensorFlow.js's model.save`,
    );
  }
  const { written, weights } = topology;
  const { classes } = context;
  return { input, layers: [{ kind: 'keras', topology: written, weights, classes, foreign: own }] };
}

/** Our layers, or what is in the way of a list of them. */
function ownLayers({ layers, isChain }: KerasTopology): ModelSpec['layers'] | string {
  const converted = layers.map((layer) => [layer, convertLayer(layer)] as const);
  const foreign = converted.find(([, own]) => own === 'unknown');
  if (foreign) return describe(foreign[0]);
  if (!isChain) return 'its graph, where layers do not simply follow each other,';
  return converted.flatMap(([, own]) => (own === 'unknown' ? [] : own));
}

const describe = ({ class_name: className, config }: KerasConfig): string =>
  typeof config['name'] === 'string' ? `${className} '${config['name']}'` : className;

/** The same topology without a softmax at its end: losses are computed from logits. */
function withLogits(path: string, topology: KerasTopology): KerasTopology {
  const { layers, written } = topology;
  const last = layers[layers.length - 1];
  const activation = last.class_name === 'Softmax' ? 'softmax' : (last.config['activation'] ?? 'linear');
  if (activation === 'linear') return topology;
  if (activation !== 'softmax') {
    throw new RangeError(
      `${path}: its last layer (${describe(last)}) ends with ${JSON.stringify(activation)}; it needs softmax, or none`,
    );
  }
  const config = { ...last.config, activation: 'linear' };
  const class_name = last.class_name === 'Softmax' ? 'Activation' : last.class_name;
  const changed = [...layers.slice(0, -1), { ...last, class_name, config }];
  const outer = written['config'];
  return {
    ...topology,
    layers: changed,
    written: { ...written, config: Array.isArray(outer) ? changed : { ...Object(outer), layers: changed } },
  };
}

/** The shape of one input, which must have as many numbers as the data's. */
function inputOf(path: string, { layers }: KerasTopology, context: ModelContext): number[] {
  const { config } = layers[0];
  const shape: unknown = config['batch_input_shape'] ?? config['batch_shape'];
  if (!Array.isArray(shape)) return [...context.input];
  const extents = shape.slice(1).map(Number);
  const product = (numbers: readonly number[]) => numbers.reduce((all, extent) => all * extent, 1);
  if (product(extents) !== product(context.input)) {
    throw new RangeError(
      `${path} takes inputs of shape [${extents.join(', ')}], the data have [${context.input.join(', ')}]`,
    );
  }
  return extents;
}
