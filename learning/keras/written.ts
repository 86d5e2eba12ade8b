/** A topology as TensorFlow.js reads it: in Keras 2's form, with the shape of the input. */
import type { KerasTopology, LinkedLayer } from './topology.js';

export function writeTopology(
  { className, layers, last }: KerasTopology,
  input: readonly number[],
): Readonly<Record<string, unknown>> {
  const shape = { batch_input_shape: [null, ...input] };
  const first =
    className === 'Sequential' ? layers[0] : layers.find(({ className: kind }) => kind === 'InputLayer');
  const written = layers.map((layer) => writeLayer(layer, layer === first ? shape : {}));
  if (className === 'Sequential')
    return { class_name: className, config: { name: 'model', layers: written } };
  return {
    class_name: className,
    config: {
      name: 'model',
      layers: written,
      input_layers: [[first?.name, 0, 0]],
      output_layers: [[last.name, 0, 0]],
    },
  };
}

const writeLayer = ({ className, name, config, calls }: LinkedLayer, shape: object) => ({
  class_name: className,
  name,
  config: { ...config, ...shape },
  inbound_nodes: calls.map((links) => links.map(({ layer, call, output }) => [layer, call, output, {}])),
});
