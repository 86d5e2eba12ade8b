/**
 * CIFAR's binary versions (Krizhevsky 2009): records of one or two label bytes and 3072 pixels, in planes of 1024
 * for each of red, green and blue.
 */
import { sharedBytes, sharedInt32, type SharedBytes, type SharedInt32 } from '../shared-arrays.js';

const PLANE = 32 * 32;

/** The label bytes of a record. */
export interface CifarLabels {
  readonly bytes: number;
  /** The byte that is the label. */
  readonly at: number;
}

export interface CifarImages {
  /** Images by rows, each pixel as red, green, blue. */
  readonly pixels: SharedBytes;
  readonly labels: SharedInt32;
}

/**
 * Decodes the records of one or more files.
 * @throws Error that names the file if its length is not a multiple of the record's
 */
export function decodeCifar(
  files: readonly { readonly path: string; readonly content: Uint8Array }[],
  { bytes, at }: CifarLabels,
): CifarImages {
  const record = bytes + 3 * PLANE;
  for (const { path, content } of files) {
    if (content.length > 0 && content.length % record === 0) continue;
    throw new Error(
      `'${path}' is not a whole CIFAR batch: it has ${content.length} bytes, records have ${record} each`,
    );
  }
  const count = files.reduce((sum, { content }) => sum + content.length / record, 0);
  const pixels = sharedBytes(3 * PLANE * count);
  const labels = sharedInt32(count);
  let image = 0;
  for (const { content } of files) {
    for (let start = 0; start < content.length; start += record, image++) {
      labels[image] = content[start + at];
      interleave(content, start + bytes, pixels, image * 3 * PLANE);
    }
  }
  return { pixels, labels };
}

function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const plane = from + channel * PLANE;
    for (let i = 0; i < PLANE; i++) pixels[to + 3 * i + channel] = planes[plane + i];
  }
}
