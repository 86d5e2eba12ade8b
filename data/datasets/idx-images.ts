/** Image datasets in IDX files, the format of MNIST and its successors: images and labels in separate files. */
import type { Dataset } from '../dataset.js';
import { verifiedSha256, type DataFile } from '../dataset-files.js';
import { decodeIdx } from '../formats/idx.js';
import { sharedInt32 } from '../shared-arrays.js';
import { checkLabels, imageDataset, type Images, type Normalize } from './images.js';

export interface IdxDatasetOptions {
  readonly name: string;
  readonly normalize: Normalize;
  /** By default one more than the largest label. */
  readonly classes?: number | undefined;
  readonly classNames?: readonly string[];
  /** The number that stands for label 0 in the files. */
  readonly firstLabel?: number;
  /** Whether the files store images column by column. */
  readonly transposed?: boolean;
}

/**
 * Reads a dataset from four files: training images, training labels, test images, test labels.
 * @throws Error if a file is damaged or two files do not match
 */
export function readIdxDataset(files: readonly DataFile[], options: IdxDatasetOptions): Dataset {
  const { name, normalize, classNames } = options;
  const [trainImages, trainLabels, testImages, testLabels] = files;
  const train = readIdxPair(trainImages, trainLabels, options);
  const test = readIdxPair(testImages, testLabels, options);
  if (String(train.shape) !== String(test.shape)) {
    const [a, b] = [train, test].map(({ shape }) => shape.join(' × '));
    throw new Error(`'${trainImages.path}' has images of ${a}, '${testImages.path}' of ${b}`);
  }
  const classes = options.classes ?? 1 + Math.max(largest(train.labels), largest(test.labels));
  if (classes < 2) {
    throw new Error(`'${trainLabels.path}' has only the label 0; a dataset needs two classes at least`);
  }
  checkLabels(train.labels, classes, trainLabels.path);
  checkLabels(test.labels, classes, testLabels.path);
  const checksums = { ...train.checksums, ...test.checksums };
  return imageDataset(
    { name, classes, checksums, ...(classNames && { classNames }) },
    train,
    test,
    normalize,
  );
}

/** The images and labels of one part. @throws Error if there are none or the files do not match */
export function readIdxPair(
  imageFile: DataFile,
  labelFile: DataFile,
  { firstLabel = 0, transposed = false }: Pick<IdxDatasetOptions, 'firstLabel' | 'transposed'> = {},
): Images & Pick<Dataset, 'checksums'> {
  const [imageContent, labelContent] = [imageFile.read(), labelFile.read()];
  const images = decodeIdx(imageContent.bytes, imageFile.path);
  const [count, ...extents] = images.shape;
  const labels = decodeIdx(labelContent.bytes, labelFile.path, 1);
  if (extents.length !== 2 && extents.length !== 3) {
    throw new Error(
      `'${imageFile.path}' has ${images.shape.length} dimensions; images have 3, or 4 with channels`,
    );
  }
  if (labels.shape[0] !== count) {
    throw new Error(`'${imageFile.path}' has ${count} images, '${labelFile.path}' ${labels.shape[0]} labels`);
  }
  if (count === 0) throw new Error(`'${imageFile.path}' has no images`);
  if (extents.includes(0)) throw new Error(`'${imageFile.path}' has images of ${extents.join(' × ')} pixels`);
  if (transposed && extents[0] !== extents[1]) {
    throw new Error(`'${imageFile.path}' has images of ${extents.join(' × ')}, which are not square`);
  }
  const checksums = {
    [imageFile.name]: verifiedSha256(imageFile, imageContent),
    [labelFile.name]: verifiedSha256(labelFile, labelContent),
  };
  if (transposed) for (let i = 0; i < count; i++) transpose(images.values, i * extents[0] ** 2, extents[0]);
  const zeroBased = sharedInt32(count);
  for (let i = 0; i < count; i++) zeroBased[i] = labels.values[i] - firstLabel;
  const shape = extents.length === 2 ? [...extents, 1] : extents;
  return { shape, pixels: images.values, labels: zeroBased, checksums };
}

const largest = (labels: Int32Array) => labels.reduce((most, label) => Math.max(most, label), -1);

/** Transposes the square image at `start` in place. */
function transpose(pixels: Uint8Array, start: number, side: number): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < row; column++) {
      const [a, b] = [start + row * side + column, start + column * side + row];
      const swapped = pixels[a];
      pixels[a] = pixels[b];
      pixels[b] = swapped;
    }
  }
}
