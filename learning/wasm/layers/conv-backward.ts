/** The backward pass of a convolution, which two modules implement: by lists of nonzero derivatives, and by products. */
import type { Kernels } from '../operator.js';

/** Copies the image of an example to where windows are read. @returns the address of the first window */
export type Bring = (example: number) => number;

/** Both take all examples of a pass. */
export interface ConvBackward {
  /**
   * Adds the gradient of weights and biases to the values in their panels.
   * @param fromZero whether these values are zero
   */
  gradient: (kernels: Kernels, bring: Bring, fromZero: boolean) => (rows: number) => void;
  /** Writes the derivatives by the input. */
  inputDelta: (kernels: Kernels, deltas: number) => (rows: number) => void;
}
