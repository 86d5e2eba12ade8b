/** CIFAR-10 and CIFAR-100 in their binary versions. */
import { z } from 'zod';
import { readShared, verified } from '../host/read-file.js';
import { decodeCifar, type CifarLabels } from '../formats/cifar.js';
import { locateDataset, type LocatedFile } from '../host/locate.js';
import { defineDataset } from './entry.js';
import { checkLabels, imageDataset, imageOptions, type Images } from './images.js';

const things = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

export const cifar10 = defineDataset({
  kind: 'cifar-10',
  summary: 'CIFAR-10: 50,000 training and 10,000 test colour images, 32 × 32 × 3, 10 classes.',
  options: imageOptions,
  create({ normalise }, { home }) {
    const files = locateDataset('cifar-10', home);
    const read = reader({ bytes: 1, at: 0 }, things.length);
    const [train, test] = [read(files.slice(0, -1)), read(files.slice(-1))];
    const checksums = { ...train.checksums, ...test.checksums };
    const about = { name: 'cifar-10', classes: things.length, classNames: things, checksums };
    return imageDataset(about, train, test, normalise);
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
  create({ labels, normalise }, { home }) {
    const [trainFile, testFile] = locateDataset('cifar-100', home);
    const classes = labels === 'fine' ? 100 : 20;
    const read = reader({ bytes: 2, at: labels === 'fine' ? 1 : 0 }, classes);
    const [train, test] = [read([trainFile]), read([testFile])];
    const checksums = { ...train.checksums, ...test.checksums };
    return imageDataset({ name: 'cifar-100', classes, checksums }, train, test, normalise);
  },
});

/** What reads the files of one part. */
const reader =
  (layout: CifarLabels, classes: number) =>
  (files: readonly LocatedFile[]): Images & { checksums: Record<string, string> } => {
    const contents = files.map((file) => ({ ...file, content: readShared(file.path) }));
    const { pixels, labels } = decodeCifar(contents, layout);
    checkLabels(labels, classes, files.map(({ path }) => path).join("', '"));
    const checksums = Object.fromEntries(
      contents.map(({ name, path, content }) => [name, verified(path, content)] as const),
    );
    return { shape: [32, 32, 3], pixels, labels, checksums };
  };
