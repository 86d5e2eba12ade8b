/** What flows from layer to layer: the shape of one example's values. */

/** An array of numbers, such as [28, 28, 1] for an image of one channel, or a sequence of vectors. */
export type Shape =
  | { readonly kind: 'array'; readonly extents: readonly number[] }
  | { readonly kind: 'sequence'; readonly length: number; readonly width: number };

export const array = (...extents: readonly number[]): Shape => ({ kind: 'array', extents });
export const sequence = (length: number, width: number): Shape => ({ kind: 'sequence', length, width });

/** How many numbers it has. */
export const sizeOf = (shape: Shape): number =>
  shape.kind === 'sequence'
    ? shape.length * shape.width
    : shape.extents.reduce((product, extent) => product * extent, 1);

export const describeShape = (shape: Shape): string =>
  shape.kind === 'sequence'
    ? `a sequence of ${shape.length} vectors of ${shape.width} numbers`
    : `an array of shape [${shape.extents.join(', ')}]`;

/** An array's height, width and channels. @throws RangeError where the shape is another */
export function imageOf(shape: Shape): { height: number; width: number; channels: number } {
  if (shape.kind !== 'array' || shape.extents.length !== 3) {
    throw new RangeError(`it takes images of shape [height, width, channels], not ${describeShape(shape)}`);
  }
  const [height, width, channels] = shape.extents;
  return { height, width, channels };
}
