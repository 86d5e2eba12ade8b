/** MNIST, which is the default and installed with the package, and Fashion-MNIST, which has its form. */
import { locateDataset } from '../host/locate.js';
import { defineDataset } from './entry.js';
import { readIdxDataset } from './idx-images.js';
import { imageOptions } from './images.js';

export const mnist = defineDataset({
  kind: 'mnist',
  summary: 'MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 × 28, 10 classes.',
  options: imageOptions,
  create: ({ normalise }, { home }) =>
    readIdxDataset(locateDataset('mnist', home), { name: 'mnist', classes: 10, normalise }),
});

export const fashionMnist = defineDataset({
  kind: 'fashion-mnist',
  summary: 'Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28 × 28, 10 classes.',
  options: imageOptions,
  create: ({ normalise }, { home }) =>
    readIdxDataset(locateDataset('fashion-mnist', home), {
      name: 'fashion-mnist',
      classes: 10,
      classNames: clothes,
      normalise,
    }),
});

const clothes = [
  ...['T-shirt/top', 'trouser', 'pullover', 'dress', 'coat'],
  ...['sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
];
