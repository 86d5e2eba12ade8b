/** Image datasets in IDX files, the form of MNIST and its successors: images and labels in separate files. */
import type { Dataset } from '../dataset.js';
import { readShared, verified } from '../host/read-file.js';
import { decodeIdx } from '../formats/idx.js';
import type { LocatedFile } from '../host/locate.js';
import { checkLabels, imageDataset, type Images, type Normalise } from './images.js';

export interface IdxDatasetOptions {
  readonly name: string;
  readonly normalise: Normalise;
  /** Left out, it is one more than the largest label. */
  readonly classes?: number | undefined;
  readonly classNames?: readonly string[];
  /** The number in the files that is label 0. */
  readonly firstLabel?: number;
  /** Whether the files hold the images column by column. */
  readonly transposed?: boolean;
}

/**
 * The dataset in four files: training images, training labels, test images, test labels.
 * @throws Error where a file is not what it should be, or two do not belong together
 */
export function readIdxDataset(files: readonly LocatedFile[], options: IdxDatasetOptions): Dataset {
  const { name, normalise, classNames } = options;
  const [trainImages, trainLabels, testImages, testLabels] = files;
  const train = readIdxPair(trainImages, trainLabels, options);
  const test = readIdxPair(testImages, testLabels, options);
  if (String(train.shape) !== String(test.shape)) {
    const [a, b] = [train, test].map(({ shape }) => shape.join(' × '));
    throw new Error(`'${trainImages.path}' has images of ${a}, '${testImages.path}' of ${b}`);
  }
  const classes = options.classes ?? 1 + Math.max(largest(train.labels), largest(test.labels));
  if (classes < 2) {
    throw new Error(`'${trainLabels.path}' has the label 0 only; a label takes two values at least`);
  }
  checkLabels(train.labels, classes, trainLabels.path);
  checkLabels(test.labels, classes, testLabels.path);
  const checksums = { ...train.checksums, ...test.checksums };
  return imageDataset(
    { name, classes, checksums, ...(classNames && { classNames }) },
    train,
    test,
    normalise,
  );
}

/** The images and labels of one part. @throws Error where there are none, or the files do not belong together */
export function readIdxPair(
  imageFile: LocatedFile,
  labelFile: LocatedFile,
  { firstLabel = 0, transposed = false }: Pick<IdxDatasetOptions, 'firstLabel' | 'transposed'> = {},
): Images & Pick<Dataset, 'checksums'> {
  const [imageBytes, labelBytes] = [readShared(imageFile.path), readShared(labelFile.path)];
  const images = decodeIdx(imageBytes, imageFile.path);
  const [count, ...extents] = images.shape;
  const labels = decodeIdx(labelBytes, labelFile.path, 1);
  if (extents.length !== 2 && extents.length !== 3) {
    throw new Error(
      `'${imageFile.path}' has ${images.shape.length} extents; images have 3, or 4 with channels`,
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
    [imageFile.name]: verified(imageFile.path, imageBytes, imageFile.sha256),
    [labelFile.name]: verified(labelFile.path, labelBytes, labelFile.sha256),
  };
  if (transposed) for (let i = 0; i < count; i++) transpose(images.values, i * extents[0] ** 2, extents[0]);
  const widened = new Int32Array(new SharedArrayBuffer(4 * count));
  for (let i = 0; i < count; i++) widened[i] = labels.values[i] - firstLabel;
  const shape = extents.length === 2 ? [...extents, 1] : extents;
  return { shape, pixels: images.values, labels: widened, checksums };
}

const largest = (labels: Int32Array) => labels.reduce((most, label) => Math.max(most, label), -1);

/** Transposes the square image that begins at `start`, in place. */
function transpose(pixels: Uint8Array, start: number, side: number): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < row; column++) {
      const [a, b] = [start + row * side + column, start + column * side + row];
      const kept = pixels[a];
      pixels[a] = pixels[b];
      pixels[b] = kept;
    }
  }
}
