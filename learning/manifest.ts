/** Weights are one flat Float32Array and a manifest that says which part of it is which tensor. */

/** What a tensor is for. Rules that must know (variance correction, batch norm's statistics) look here. */
export type Role =
  'weight' | 'bias' | 'norm.scale' | 'norm.shift' | 'norm.mean' | 'norm.var' | 'embedding' | 'recurrent';

export interface Tensor {
  /** Unique within the manifest, e.g. `dense1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Where the tensor starts, in floats. */
  readonly offset: number;
  /** How many numbers it has: the product of its shape. */
  readonly size: number;
  readonly role: Role;
}

export interface Manifest {
  readonly tensors: readonly Tensor[];
  /** How many numbers all tensors have together. */
  readonly length: number;
}

export interface Weights {
  readonly values: Float32Array;
  readonly manifest: Manifest;
}

/** Lays tensors out one after another, in the given order and without gaps. */
export function layOut(tensors: readonly Omit<Tensor, 'offset' | 'size'>[]): Manifest {
  let length = 0;
  const placed = tensors.map((tensor) => {
    const offset = length;
    const size = tensor.shape.reduce((product, extent) => product * extent, 1);
    length += size;
    return { ...tensor, offset, size };
  });
  return { tensors: placed, length };
}

/** The part of `values` that is the tensor: a view, not a copy. */
export function view(values: Float32Array, tensor: Tensor): Float32Array {
  return values.subarray(tensor.offset, tensor.offset + tensor.size);
}
