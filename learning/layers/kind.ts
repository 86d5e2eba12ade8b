/** What a kind of layer declares: its output's shape, its tensors and how they are initialized, and its traits. */
import type { Role } from '../manifest.js';
import type { Shape } from './shape.js';

/** How a tensor begins; plain data, since models are part of algorithms' states. */
export type Initial =
  /** Drawn from U(−bound, bound). */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** As many equal parts as there are values, each filled with its own. */
  | { readonly kind: 'constant'; readonly values: readonly number[] };

export interface NewTensor {
  /** Within the layer, e.g. `kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: Role;
  readonly initial: Initial;
}

/** Properties of a layer that models and engines depend on. */
export interface LayerTraits {
  /** The layer takes tokens, 0 … vocabulary − 1, so it must be the first of its model. */
  readonly vocabulary?: number;
  /** Only the shape changes; the output holds the input's values in the same order. */
  readonly reshapes?: true;
  /** Training draws random numbers. */
  readonly random?: true;
  /** Training normalizes each channel over all examples of a step. */
  readonly normalizesBatch?: true;
}

/** Two chains of layers on the same input: those inside a layer, and those of its shortcut. */
export interface Branches<Chain> {
  readonly inside: Chain;
  readonly around: Chain;
}

export interface Shaped {
  readonly output: Shape;
  readonly tensors: readonly NewTensor[];
  readonly traits?: LayerTraits;
}

/**
 * @param branches the outputs of the layer's branches, if it has some
 * @throws RangeError if the layer cannot take the input; the message continues "layer 3 (conv2d): "
 */
export type ShapeLayer<Layer> = (layer: Layer, input: Shape, branches?: Branches<Shape>) => Shaped;

export const constant = (...values: number[]): Initial => ({ kind: 'constant', values });
export const zeros = constant(0);
export const uniform = (bound: number): Initial => ({ kind: 'uniform', bound });

/** Glorot's uniform distribution, U(−a, a) with a = √(6 / (fan in + fan out)) (Glorot & Bengio 2010, eq. 16). */
export const glorot = (fanIn: number, fanOut: number): Initial => uniform(Math.sqrt(6 / (fanIn + fanOut)));

/** Fills a tensor; `draw` gives numbers from [0, 1). */
export function fillInitially(tensor: Float32Array, initial: Initial, draw: () => number): void {
  if (initial.kind === 'uniform') {
    for (let i = 0; i < tensor.length; i++) tensor[i] = (2 * draw() - 1) * initial.bound;
    return;
  }
  const part = tensor.length / initial.values.length;
  for (const [index, value] of initial.values.entries()) tensor.fill(value, index * part, (index + 1) * part);
}
