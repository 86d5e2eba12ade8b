/** A model of Keras's or TensorFlow.js's, made from its topology. */
import type { serialization } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { KerasLayer } from '../../layers/keras.js';
import type { TensorFlow } from '../tensor-flow.js';
import type { Builder } from './kind.js';

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
  const named = new Map(network.weights.map((variable) => [variable.originalName, variable]));
  const variables = layer.weights.map(({ name }) => {
    const variable = named.get(name);
    if (variable === undefined)
      throw new RangeError(`the model.json lists weights '${name}', which its model lacks`);
    return variable;
  });
  return { output: built, variables };
};

function modelOf({ tf }: TensorFlow, topology: KerasLayer['topology']): LayersModel {
  const className = String(topology['class_name']);
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry = known[className === 'Functional' ? 'Model' : className] as (typeof known)[string] | undefined;
  if (entry === undefined) throw new RangeError(`TensorFlow.js knows no model of class '${className}'`);
  const [made, fromConfig] = entry;
  const config = camelCased(topology['config']) as serialization.ConfigDict;
  return fromConfig(made, config) as unknown as LayersModel;
}

const camelCase = (text: string) =>
  text.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Lists whose first item is the name of a layer. */
const naming = new Set(['inboundNodes', 'inputLayers', 'outputLayers']);

/** Names as TensorFlow.js has them: of fields and of enumerations, but not of layers. */
function camelCased(value: unknown, field = ''): unknown {
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
