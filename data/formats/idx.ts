/** IDX, the format of MNIST and its successors (LeCun's description: magic 00 00 type rank, big-endian dimensions). */
import type { SharedBytes } from '../shared-arrays.js';

const UNSIGNED_BYTE = 0x08;

export interface IdxArray {
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly values: SharedBytes;
}

/**
 * Decodes an IDX file of unsigned bytes.
 * @param rank the required number of dimensions: 1 for labels, 3 or 4 for images
 * @throws Error that names the file and what was expected if it has another type or rank or is truncated
 */
export function decodeIdx(bytes: SharedBytes, path: string, rank?: number): IdxArray {
  const fail = (problem: string): never => {
    throw new Error(`'${path}' is not the IDX file that was expected: ${problem}`);
  };
  if (bytes.length < 4) fail(`it has ${bytes.length} bytes, not even a magic number`);
  const [zero, alsoZero, type, dimensions] = bytes;
  if (zero !== 0 || alsoZero !== 0) fail('it does not begin with two zero bytes');
  if (type !== UNSIGNED_BYTE) fail(`its elements are of type ${type}, unsigned bytes (8) are expected`);
  if (rank !== undefined && dimensions !== rank) {
    fail(`it has ${dimensions} dimensions, ${rank} are expected`);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) fail(`it ends within its header of ${header} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + shape.reduce((product, extent) => product * extent, 1);
  if (bytes.length !== expected) {
    fail(`${shape.join(' × ')} elements and the header are ${expected} bytes, it has ${bytes.length}`);
  }
  return { shape, values: bytes.subarray(header) };
}
