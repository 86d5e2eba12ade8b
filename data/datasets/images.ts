/** Image datasets: the option `normalize`, and example sets of images. */
import { z } from 'zod';
import type { InputFormat } from '../../learning/index.js';
import type { Dataset } from '../dataset.js';
import type { SharedBytes, SharedInt32 } from '../shared-arrays.js';

export const imageOptions = {
  normalize: z
    .enum(['unit', 'signed', 'standard'])
    .default('unit')
    .describe(
      'how a pixel 0–255 becomes an input: unit is pixel / 255, signed spreads it over −1 to 1, standard ' +
        'subtracts the mean of all training pixels and divides by their standard deviation',
    ),
};

export type Normalize = z.output<typeof imageOptions.normalize>;

/** Images of one part, training or test. */
export interface Images {
  /** Height, width and channels. */
  readonly shape: readonly number[];
  readonly pixels: SharedBytes;
  readonly labels: SharedInt32;
  readonly owner?: SharedInt32;
}

/** A dataset of images, normalised by the pixels of the training part. */
export function imageDataset(
  metadata: Omit<Dataset, 'train' | 'test'>,
  train: Images,
  test: Images,
  normalize: Normalize,
): Dataset {
  const input = imageFormat(train.shape, normalize, train.pixels);
  const set = ({ pixels, labels, owner }: Images) => ({
    count: labels.length,
    input,
    inputs: pixels,
    labels,
    ...(owner && { owner }),
  });
  return { ...metadata, train: set(train), test: set(test) };
}

function imageFormat(shape: readonly number[], normalize: Normalize, pixels: Uint8Array): InputFormat {
  const format = (scale: number, shift: number): InputFormat => ({
    shape,
    type: 'uint8',
    scale: Math.fround(scale),
    shift: Math.fround(shift),
  });
  switch (normalize) {
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

/** Mean and standard deviation of bytes; the sums are integers and therefore exact. */
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

/** @throws Error that names the file and the first example whose label is not below `classes` */
export function checkLabels(labels: Int32Array, classes: number, path: string): void {
  const index = labels.findIndex((label) => label < 0 || label >= classes);
  if (index < 0) return;
  throw new Error(
    `'${path}': example ${index} has the label ${labels[index]}; with ${classes} classes labels are 0 to ${classes - 1}`,
  );
}
