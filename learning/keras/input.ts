/** The shape of a Keras model's input beside that of the data. */

const shown = (extents: readonly (number | null)[]) =>
  `[${extents.map((extent) => extent ?? 'any').join(', ')}]`;
const sizeOf = (extents: readonly number[]) => extents.reduce((product, extent) => product * extent, 1);
/** An image of one channel may be written without. */
const withoutChannel = (extents: readonly (number | null)[]) =>
  extents.length > 1 && extents.at(-1) === 1 ? extents.slice(0, -1) : extents;

/**
 * The model's input with the data's extents where any will do.
 * @throws RangeError where it is another array than the data's, and not all of its values in a row either
 */
export function inputOf(
  wanted: readonly (number | null)[] | undefined,
  data: readonly number[],
): readonly number[] {
  if (wanted === undefined) return data;
  const known = wanted.flatMap((extent) => extent ?? []);
  if (wanted.length === 1 && (wanted[0] === null || wanted[0] === sizeOf(data))) return [sizeOf(data)];
  const [own, theirs] = [withoutChannel(wanted), withoutChannel(data)];
  const fits =
    own.length === theirs.length &&
    own.every((extent, i) => extent === null || extent === theirs[i]) &&
    theirs.length > 0;
  if (!fits) {
    const hint =
      known.length === wanted.length && sizeOf(known) === sizeOf(data)
        ? '; as many values, but in another array: build the model for the shape of the data'
        : '';
    throw new RangeError(`it takes inputs of shape ${shown(wanted)}, the data have ${shown(data)}${hint}`);
  }
  return wanted.map((extent, i) => extent ?? theirs[i] ?? 1);
}
