/** What a kind of layer becomes in TensorFlow.js. */
import type { LayerVariable, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { PlacedLayer } from '../../../model.js';
import type { TensorFlow } from '../tensor-flow.js';

export interface Built {
  readonly output: SymbolicTensor;
  /** One for each of the layer's tensors in the manifest, in that order, with the same numbers in the same order. */
  readonly variables: readonly LayerVariable[];
}

/** What a network's layers are made with: TensorFlow.js, and the chance of the step under way, where there is one. */
export interface BuildContext extends TensorFlow {
  readonly chance: { ofStep: readonly [number, number] | undefined };
}

/** Adds a layer to a graph of TensorFlow.js's layers. */
export type Builder<Layer> = (
  tensorFlow: BuildContext,
  placed: PlacedLayer<Layer>,
  input: SymbolicTensor,
) => Built;

type TfLayer = InstanceType<TensorFlow['layers']['layers']['Layer']>;

/** A layer of TensorFlow.js's on one input. */
export function apply(layer: TfLayer, input: SymbolicTensor): Built {
  const output = layer.apply(input) as SymbolicTensor;
  return { output, variables: layer.weights };
}
