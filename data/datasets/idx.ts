/** A user's own images in IDX files. */
import { z } from 'zod';
import { openFile } from '../dataset-files.js';
import { defineDataset } from './entry.js';
import { readIdxDataset } from './idx-images.js';
import { imageOptions } from './images.js';

const file = (content: string) =>
  z
    .string()
    .min(1)
    .describe(`IDX file of ${content}, as it is or gzipped (.gz); a path, or a name in the data home`);

export const idx = defineDataset({
  kind: 'idx',
  summary: 'Your own images in IDX files of unsigned bytes, the format of MNIST.',
  options: {
    trainImages: file('training images: count × height × width, or with channels as a fourth extent'),
    trainLabels: file('training labels, counted from 0'),
    testImages: file('test images'),
    testLabels: file('test labels'),
    classes: z
      .int()
      .min(2)
      .max(256)
      .optional()
      .describe('number of classes; left out, one more than the largest label'),
    ...imageOptions,
  },
  create: ({ trainImages, trainLabels, testImages, testLabels, classes, normalize }, { files }) =>
    readIdxDataset(
      [trainImages, trainLabels, testImages, testLabels].map((path) => openFile(files, path)),
      { name: 'idx', classes, normalize },
    ),
});
