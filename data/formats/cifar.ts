/**
 * CIFAR's binary versions (Krizhevsky 2009): records of one or two label bytes and 3072 pixels, a plane of 1024
 * for each of red, green and blue.
 */
import { sharedBytes, type SharedBytes } from '../host/read-file.js';

const PLANE = 32 * 32;

/** How a record's labels lie: how many bytes they are, and which of them counts. */
export interface CifarLabels {
  readonly bytes: number;
  readonly at: number;
}

export interface CifarImages {
  /** Images one after another, each by rows, pixels as red, green, blue. */
  readonly pixels: SharedBytes;
  readonly labels: Int32Array<SharedArrayBuffer>;
}

/**
 * The records of one or more files, one after another.
 * @throws Error that names the file where it is not a whole number of records
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
  const labels = new Int32Array(new SharedArrayBuffer(4 * count));
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
