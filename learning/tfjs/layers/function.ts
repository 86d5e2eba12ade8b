/** A layer of TensorFlow.js's without weights, from a function on a batch's tensor. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../tensor-flow.js';
import { apply, type Built } from './kind.js';

/** @param outputShape of one example */
export function applyFunction(
  { layers: { layers } }: TensorFlow,
  input: SymbolicTensor,
  outputShape: readonly number[],
  compute: (batch: Tensor) => Tensor,
): Built {
  class FunctionLayer extends layers.Layer {
    static readonly className = 'FunctionLayer';

    override call(inputs: Tensor | Tensor[]): Tensor {
      return compute(Array.isArray(inputs) ? inputs[0] : inputs);
    }

    override computeOutputShape(): (number | null)[] {
      return [null, ...outputShape];
    }
  }
  return apply(new FunctionLayer({}), input);
}
