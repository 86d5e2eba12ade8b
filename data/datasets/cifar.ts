/** CIFAR-10 and CIFAR-100 in their binary versions. */
import { z } from 'zod';
import { verifiedSha256, type DataFile } from '../dataset-files.js';
import { decodeCifar, type CifarLabels } from '../formats/cifar.js';
import { defineDataset } from './entry.js';
import { checkLabels, imageDataset, imageOptions, type Images } from './images.js';

const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

export const cifar10 = defineDataset({
  kind: 'cifar-10',
  summary: 'CIFAR-10: 50,000 training and 10,000 test colour images, 32 × 32 × 3, 10 classes.',
  options: imageOptions,
  create({ normalize }, { files }) {
    const batches = files.ofDataset('cifar-10');
    const classes = cifar10Classes.length;
    const layout = { bytes: 1, at: 0 };
    const train = readBatches(batches.slice(0, -1), layout, classes);
    const test = readBatches(batches.slice(-1), layout, classes);
    const checksums = { ...train.checksums, ...test.checksums };
    const metadata = { name: 'cifar-10', classes, classNames: cifar10Classes, checksums };
    return imageDataset(metadata, train, test, normalize);
  },
});

export const cifar100 = defineDataset({
  kind: 'cifar-100',
  summary:
    'CIFAR-100: 50,000 training and 10,000 test colour images, 32 × 32 × 3, 100 classes in 20 superclasses.',
  options: {
    labels: z
      .enum(['fine', 'coarse'])
      .default('fine')
      .describe('fine: the 100 classes; coarse: their 20 superclasses'),
    ...imageOptions,
  },
  create({ labels, normalize }, { files }) {
    const [trainFile, testFile] = files.ofDataset('cifar-100');
    const classes = labels === 'fine' ? 100 : 20;
    const layout = { bytes: 2, at: labels === 'fine' ? 1 : 0 };
    const train = readBatches([trainFile], layout, classes);
    const test = readBatches([testFile], layout, classes);
    const checksums = { ...train.checksums, ...test.checksums };
    return imageDataset({ name: 'cifar-100', classes, checksums }, train, test, normalize);
  },
});

/** The images of one part, which may be in several files. */
function readBatches(
  files: readonly DataFile[],
  layout: CifarLabels,
  classes: number,
): Images & { checksums: Record<string, string> } {
  const batches = files.map((file) => ({ file, content: file.read() }));
  const { pixels, labels } = decodeCifar(
    batches.map(({ file: { path }, content: { bytes } }) => ({ path, content: bytes })),
    layout,
  );
  checkLabels(labels, classes, files.map(({ path }) => path).join("', '"));
  const checksums = Object.fromEntries(
    batches.map(({ file, content }) => [file.name, verifiedSha256(file, content)] as const),
  );
  return { shape: [32, 32, 3], pixels, labels, checksums };
}
