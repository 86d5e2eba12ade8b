/** Typed arrays in SharedArrayBuffers, which `postMessage` hands to a thread without a copy. */

export type SharedBytes = Uint8Array<SharedArrayBuffer>;
export type SharedInt32 = Int32Array<SharedArrayBuffer>;
export type SharedUint32 = Uint32Array<SharedArrayBuffer>;

export const sharedBytes = (length: number): SharedBytes => new Uint8Array(new SharedArrayBuffer(length));

export const sharedInt32 = (length: number): SharedInt32 => new Int32Array(new SharedArrayBuffer(4 * length));

export const sharedUint32 = (length: number): SharedUint32 =>
  new Uint32Array(new SharedArrayBuffer(4 * length));
