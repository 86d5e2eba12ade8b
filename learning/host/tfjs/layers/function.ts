/** A layer of TensorFlow.js's from a function on a batch's tensor and on weights of its own. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { TensorFlow } from '../tensor-flow.js';
import { apply, type Built } from './kind.js';

export interface FunctionLayer {
  /** Of one example. */
  readonly outputShape: readonly number[];
  readonly weights?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    /** Those that are not are changed by passes forward. */
    readonly trainable?: boolean;
  }[];
  readonly compute: (batch: Tensor, weights: readonly Tensor[], pass: Pass) => Tensor;
}

/** A pass forward. */
export interface Pass {
  readonly training: boolean;
  /** Sets the weight of that index. */
  readonly write: (index: number, value: Tensor) => void;
}

export function applyFunction(
  { tf, layers: { initializers, layers } }: TensorFlow,
  input: SymbolicTensor,
  { outputShape, weights = [], compute }: FunctionLayer,
): Built {
  class Computed extends layers.Layer {
    static readonly className = 'Computed';

    override build(): void {
      for (const { name, shape, trainable = true } of weights) {
        this.addWeight(name, [...shape], 'float32', initializers.zeros(), undefined, trainable);
      }
      this.built = true;
    }

    override call(inputs: Tensor | Tensor[], options: Readonly<Record<string, unknown>>): Tensor {
      const pass: Pass = {
        training: options['training'] === true,
        write: (index, value) => {
          this.weights[index].write(value);
        },
      };
      return tf.tidy(() =>
        compute(
          Array.isArray(inputs) ? inputs[0] : inputs,
          this.weights.map((variable) => variable.read()),
          pass,
        ),
      );
    }

    override computeOutputShape(): (number | null)[] {
      return [null, ...outputShape];
    }
  }
  return apply(new Computed({}), input);
}

/** The shape of one of an input's examples. */
export const exampleShape = (input: SymbolicTensor): number[] => input.shape.slice(1).map(Number);
