/** A model without the softmax at its end: losses are computed from logits. */
import { describeLayer } from './layer.js';
import type { KerasTopology, LinkedLayer } from './topology.js';

/** They hand on the values that they get. */
const handOn = new Set(['Flatten', 'Reshape', 'Permute', 'Dropout']);
/** They have no activation, being one. */
const activations = new Set(['ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU']);

/** @throws RangeError where the model ends with something else than logits or their softmax */
export function withLogits(topology: KerasTopology): KerasTopology {
  const last = lastThatComputes(topology);
  const changed = linear(last);
  if (changed === last) return topology;
  const replace = (layer: LinkedLayer) => (layer === last ? changed : layer);
  const axis = last.className === 'Softmax' ? Number(last.config['axis'] ?? -1) : undefined;
  return {
    ...topology,
    ...(axis !== undefined && { softmaxAxis: axis }),
    layers: topology.layers.map(replace),
    chain: topology.chain?.map(replace),
    last: replace(topology.last),
  };
}

function lastThatComputes({ last, chain, layers }: KerasTopology): LinkedLayer {
  let layer = last;
  while (handOn.has(layer.className) || isLinear(layer)) {
    const place = chain?.indexOf(layer) ?? -1;
    const name =
      layer.calls.length === 1 && layer.calls[0].length === 1 ? layer.calls[0][0].layer : undefined;
    const before = place > 0 ? chain?.[place - 1] : layers.find((other) => other.name === name);
    if (before === undefined) return layer;
    layer = before;
  }
  return layer;
}

const isLinear = ({ className, config }: LinkedLayer) =>
  className === 'Activation' && config['activation'] === 'linear';

function linear(layer: LinkedLayer): LinkedLayer {
  const { className, config } = layer;
  const inner = config['layer'];
  if (className === 'TimeDistributed' && isLayer(inner)) {
    const changed = linear({ ...layer, className: inner.class_name, config: inner.config });
    if (changed.config === inner.config) return layer;
    return {
      ...layer,
      config: { ...config, layer: { class_name: changed.className, config: changed.config } },
    };
  }
  if (className === 'Softmax') {
    const rest = Object.fromEntries(Object.entries(config).filter(([field]) => field !== 'axis'));
    return { ...layer, className: 'Activation', config: { ...rest, activation: 'linear' } };
  }
  const ends = activations.has(className) ? className : (config['activation'] ?? 'linear');
  if (ends === 'linear') return layer;
  if (ends === 'softmax') return { ...layer, config: { ...config, activation: 'linear' } };
  throw new RangeError(
    `its last layer (${describeLayer(layer)}) ends with ${JSON.stringify(ends)}; it needs softmax, or none`,
  );
}

const isLayer = (
  value: unknown,
): value is { readonly class_name: string; readonly config: Readonly<Record<string, unknown>> } =>
  typeof value === 'object' && value !== null && 'class_name' in value && 'config' in value;
