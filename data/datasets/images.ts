/** Image datasets in common: how pixels become inputs, and the pair of IDX files that most come in. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { StoredExamples, InputFormat } from '../dataset.js';
import { readShared, verified, type SharedBytes } from '../files.js';
import { decodeIdx } from '../formats/idx.js';

export const imageOptions = {
  normalise: z
    .enum(['unit', 'signed', 'standard'])
    .default('unit')
    .describe(
      'how a pixel 0–255 becomes an input: unit is pixel / 255, signed spreads it over −1 to 1, standard ' +
        'subtracts the mean of all training pixels and divides by their standard deviation',
    ),
};

export type Normalise = z.output<typeof imageOptions.normalise>;

/** The input format of images of the given shape; `pixels` are the training set's. */
export function imageFormat(shape: readonly number[], normalise: Normalise, pixels: Uint8Array): InputFormat {
  const format = (scale: number, shift: number): InputFormat => ({
    shape,
    type: 'uint8',
    scale: Math.fround(scale),
    shift: Math.fround(shift),
  });
  switch (normalise) {
    case 'unit':
      return format(1 / 255, 0);
    case 'signed':
      return format(2 / 255, -1);
    case 'standard': {
      const { mean, deviation } = moments(pixels);
      return format(1 / deviation, -mean / deviation);
    }
  }
}

/** Mean and standard deviation of bytes; the sums are whole numbers, so they are exact. */
function moments(pixels: Uint8Array): { mean: number; deviation: number } {
  const counts = new Float64Array(256);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]]++;
  let sum = 0;
  let squares = 0;
  for (let value = 0; value < 256; value++) {
    sum += value * counts[value];
    squares += value * value * counts[value];
  }
  const mean = sum / pixels.length;
  const deviation = Math.sqrt(squares / pixels.length - mean * mean);
  return { mean, deviation: deviation > 0 ? deviation : 1 };
}

/** Labels of one byte each, as the arrays of an example set hold them. */
export function widenLabels(bytes: Uint8Array): Int32Array<SharedArrayBuffer> {
  const labels = new Int32Array(new SharedArrayBuffer(4 * bytes.length));
  labels.set(bytes);
  return labels;
}

/** @throws Error that names the file and the first example whose label is not below `classes` */
export function checkLabels(labels: Int32Array, classes: number, path: string): void {
  const index = labels.findIndex((label) => label < 0 || label >= classes);
  if (index < 0) return;
  throw new Error(
    `'${path}': example ${index} has label ${labels[index]}, the labels of ${classes} classes end at ${classes - 1}`,
  );
}

/** Where the images and labels of one part (training or test) lie, with the checksums they should have. */
export interface IdxPair {
  readonly images: string;
  readonly labels: string;
  readonly imagesSha256?: string | undefined;
  readonly labelsSha256?: string | undefined;
}

export interface IdxExamples {
  /** Height, width and channels. */
  readonly shape: readonly number[];
  readonly pixels: SharedBytes;
  readonly labels: Int32Array<SharedArrayBuffer>;
  /** By the files' names (unpacked), which are the same on every machine. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Reads a pair of IDX files.
 * @throws Error where a file is not what it should be, or the two do not belong together
 */
export function readIdxPair(pair: IdxPair): IdxExamples {
  const imageBytes = readShared(pair.images);
  const labelBytes = readShared(pair.labels);
  const images = decodeIdx(imageBytes, pair.images);
  const labels = decodeIdx(labelBytes, pair.labels, 1);
  const [count, ...extents] = images.shape;
  if (extents.length !== 2 && extents.length !== 3) {
    throw new Error(
      `'${pair.images}' has ${images.shape.length} extents; images have 3 (or 4, with channels)`,
    );
  }
  if (labels.shape[0] !== count) {
    throw new Error(`'${pair.images}' has ${count} images, '${pair.labels}' ${labels.shape[0]} labels`);
  }
  return {
    shape: extents.length === 2 ? [...extents, 1] : extents,
    pixels: images.values,
    labels: widenLabels(labels.values),
    checksums: {
      [basename(pair.images, '.gz')]: verified(pair.images, imageBytes, pair.imagesSha256),
      [basename(pair.labels, '.gz')]: verified(pair.labels, labelBytes, pair.labelsSha256),
    },
  };
}

/** An example set of images. */
export function imageSet(
  { pixels, labels }: Pick<IdxExamples, 'pixels' | 'labels'>,
  input: InputFormat,
): StoredExamples {
  return { count: labels.length, input, inputs: pixels, labels };
}
