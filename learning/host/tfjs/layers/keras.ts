/** A model of Keras's or TensorFlow.js's, made from its topology. */
import type { serialization } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import type { KerasLayer } from '../../../layers/keras.js';
import type { TensorFlow } from '../tensor-flow.js';
import { drop } from './dropout.js';
import type { Builder, BuildContext } from './kind.js';

export const buildKeras: Builder<KerasLayer> = (tensorFlow, { layer }, input) => {
  const network = modelOf(tensorFlow, layer.topology);
  const [built] = [network.apply(input)].flat();
  if (!(built instanceof tensorFlow.layers.SymbolicTensor))
    throw new TypeError('a model gives symbolic tensors');
  const given = built.shape.slice(1);
  if (given.length !== 1 || given[0] !== layer.classes) {
    throw new RangeError(
      `the model of the model.json gives an array of shape [${given.join(', ')}], the data have ${layer.classes} classes`,
    );
  }
  dropByChance(tensorFlow, network);
  return { output: built, variables: layer.weights.map((listed) => variableOf(network, listed, layer)) };
};

/** @throws RangeError where the weights that the file lists are not the model's, by name and shape */
function variableOf(
  { weights }: LayersModel,
  { name, shape }: KerasLayer['weights'][number],
  layer: KerasLayer,
): LayerVariable {
  const known = new Set(layer.weights.map((listed) => listed.name));
  const unlisted = weights.find(({ originalName }) => !known.has(originalName));
  const variable = weights.find(({ originalName }) => originalName === name);
  if (variable === undefined || unlisted !== undefined) {
    throw new RangeError(
      `the weights that the model.json lists are not its model's: ${variable === undefined ? `it lists ${name}, the model has no such weights` : `the model has ${unlisted?.originalName ?? ''}, which is not listed`}; save it with TensorFlow.js's model.save`,
    );
  }
  if (String(variable.shape) !== String(shape)) {
    throw new RangeError(
      `the model.json lists ${name} with the shape [${shape.join(', ')}], its model has [${variable.shape.join(', ')}]`,
    );
  }
  return variable;
}

/** TensorFlow.js's own dropout would draw without a seed. */
function dropByChance(tensorFlow: BuildContext, { layers }: LayersModel): void {
  for (const layer of layers) {
    if (layer.getClassName() !== 'Dropout') continue;
    const rate = Number(layer.getConfig()['rate']);
    layer.call = (inputs) => drop(tensorFlow, Array.isArray(inputs) ? inputs[0] : inputs, rate, layer.name);
  }
}

function modelOf({ tf, layers }: TensorFlow, topology: KerasLayer['topology']): LayersModel {
  const className = String(topology['class_name']);
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry = known[className === 'Functional' ? 'Model' : className] as (typeof known)[string] | undefined;
  if (entry === undefined) throw new RangeError(`TensorFlow.js knows no model of class '${className}'`);
  const [made, fromConfig] = entry;
  const config = camelCased(topology['config']) as serialization.ConfigDict;
  const model: unknown = fromConfig(made, config);
  if (!(model instanceof layers.LayersModel)) throw new RangeError(`'${className}' is no model of layers`);
  return model;
}

const camelCase = (text: string) =>
  text.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Lists whose first item is the name of a layer. */
const naming = new Set(['inboundNodes', 'inputLayers', 'outputLayers']);

/** Names as TensorFlow.js has them: of fields and of enumerations, but not of layers. */
export function camelCased(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return camelCase(value);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      naming.has(field) && index === 0 && typeof item === 'string' ? item : camelCased(item, field),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => {
      const name = camelCase(key);
      return [
        name,
        (key === 'name' || key === 'class_name') && typeof own === 'string' ? own : camelCased(own, name),
      ];
    }),
  );
}
