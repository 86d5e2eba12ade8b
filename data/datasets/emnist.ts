/** EMNIST: handwritten digits and letters in six splits (Cohen et al. 2017, arXiv 1702.05373). */
import { z } from 'zod';
import { emnistSplits } from '../catalogue.js';
import { locateDataset } from '../host/locate.js';
import { defineDataset } from './entry.js';
import { readIdxDataset } from './idx-images.js';
import { imageOptions } from './images.js';

const digits = Array.from('0123456789');
const capitals = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const smallLetters = Array.from('abcdefghijklmnopqrstuvwxyz');
/** The small letters that do not look like their capitals; the other pairs are merged. */
const ownSmallLetters = Array.from('abdefghnqrt');

const classNames: Readonly<Record<(typeof emnistSplits)[number], readonly string[]>> = {
  balanced: [...digits, ...capitals, ...ownSmallLetters],
  byclass: [...digits, ...capitals, ...smallLetters],
  bymerge: [...digits, ...capitals, ...ownSmallLetters],
  digits,
  letters: capitals,
  mnist: digits,
};

export const emnist = defineDataset({
  kind: 'emnist',
  summary: 'EMNIST: images of handwritten digits and letters, 28 × 28, in splits of 10 to 62 classes.',
  options: {
    split: z
      .enum(emnistSplits)
      .default('balanced')
      .describe(
        'balanced and bymerge: 47 classes; byclass: 62; letters: 26, capital or small alike; digits and mnist: 10',
      ),
    ...imageOptions,
  },
  create: ({ split, normalise }, { home }) =>
    readIdxDataset(locateDataset('emnist', home, split), {
      name: `emnist-${split}`,
      classes: classNames[split].length,
      classNames: classNames[split],
      // The files of this split count from 1, those of the others from 0.
      firstLabel: split === 'letters' ? 1 : 0,
      // NIST's conversion writes images by columns; turned, they stand upright as MNIST's do.
      transposed: true,
      normalise,
    }),
});
