/** EMNIST: handwritten digits and letters in six splits (Cohen et al. 2017, arXiv 1702.05373). */
import { z } from 'zod';
import { emnistSplits } from '../catalogue.js';
import { defineDataset } from './entry.js';
import { readIdxDataset } from './idx-images.js';
import { imageOptions } from './images.js';

const digits = Array.from('0123456789');
const capitals = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const smallLetters = Array.from('abcdefghijklmnopqrstuvwxyz');
/** Small letters that look unlike their capitals; the other pairs are one class. */
const distinctSmallLetters = Array.from('abdefghnqrt');

const classNames: Readonly<Record<(typeof emnistSplits)[number], readonly string[]>> = {
  balanced: [...digits, ...capitals, ...distinctSmallLetters],
  byclass: [...digits, ...capitals, ...smallLetters],
  bymerge: [...digits, ...capitals, ...distinctSmallLetters],
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
  create: ({ split, normalize }, { files }) =>
    readIdxDataset(files.ofDataset('emnist', split), {
      name: `emnist-${split}`,
      classes: classNames[split].length,
      classNames: classNames[split],
      // The labels of `letters` count from 1, of all other splits from 0.
      firstLabel: split === 'letters' ? 1 : 0,
      // NIST writes images column by column; transposed, they are upright as MNIST's are.
      transposed: true,
      normalize,
    }),
});
