/** Makes small image files in the real formats. */

/** An IDX file of unsigned bytes. */
export function idxFile(shape: readonly number[], values: readonly number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [i, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * i);
  return Buffer.concat([header, Buffer.from(values)]);
}

/** A CIFAR record: its labels and three planes, each of one value. */
export function cifarRecord(
  labels: readonly number[],
  planes: readonly [number, number, number],
): Uint8Array {
  return Buffer.concat([Buffer.from(labels), ...planes.map((value) => Buffer.alloc(1024, value))]);
}
