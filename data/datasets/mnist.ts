/** MNIST: the default dataset, installed with the package. */
import type { Dataset } from '../dataset.js';
import { catalogued, type CataloguedName } from '../catalogue.js';
import { locate } from '../locate.js';
import { defineDataset } from './entry.js';
import { imageFormat, imageOptions, imageSet, readIdxPair, type Normalise } from './images.js';

export const mnist = defineDataset({
  kind: 'mnist',
  summary: 'MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 × 28, 10 classes.',
  options: imageOptions,
  create: ({ normalise }, { home }) => idxDataset('mnist', normalise, home),
});

/** A dataset whose four catalogued files are IDX: training images and labels, test images and labels. */
export function idxDataset(name: CataloguedName, normalise: Normalise, home: string): Dataset {
  const { files } = catalogued(name);
  const paths = locate(
    name,
    files.map((file) => file.name),
    home,
  );
  const part = (at: 0 | 2) =>
    readIdxPair({
      images: paths[at],
      labels: paths[at + 1],
      imagesSha256: files[at].sha256,
      labelsSha256: files[at + 1].sha256,
    });
  const [train, test] = [part(0), part(2)];
  const input = imageFormat(train.shape, normalise, train.pixels);
  return {
    name,
    classes: 10,
    train: imageSet(train, input),
    test: imageSet(test, input),
    checksums: { ...train.checksums, ...test.checksums },
  };
}
