/** A small dataset of each kind that is read from files, as files of a data home. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { idxFile } from '../data/image-files.js';

export interface DataFiles {
  readonly dataset: Readonly<Record<string, unknown>>;
  readonly model: unknown;
  /** By path within the data home. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

const table = (rows: readonly string[]) => ['x,y,label', ...rows, ''].join('\n');
const images = (count: number) =>
  idxFile(
    [count, 2, 2],
    Array.from({ length: 4 * count }, (_, i) => i % 251),
  );
const labels = (count: number) =>
  idxFile(
    [count],
    Array.from({ length: count }, (_, i) => i % 2),
  );
const four = (names: readonly string[]) => {
  const contents = [images(8), labels(8), images(4), labels(4)];
  return Object.fromEntries(names.map((name, i) => [name, contents[i]]));
};
const leaf = (x: unknown, y: unknown) =>
  JSON.stringify({
    users: ['u', 'v'],
    user_data: { u: { x: [x, x], y: [y, y] }, v: { x: [x], y: [y] } },
  });
const grey = new Array<number>(784).fill(0.2);
const line = 'Q'.padEnd(80, 'e');
const charModel = { kind: 'char-lstm', units: 4, depth: 1 };
const emnist = ['train-images-idx3', 'train-labels-idx1', 'test-images-idx3', 'test-labels-idx1'];
const idxNames = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];

export const dataFiles: Readonly<Record<string, DataFiles>> = {
  csv: {
    dataset: { kind: 'csv', file: 'train.csv', testFile: 'test.csv' },
    model: 'logistic',
    files: {
      'train.csv': table(['1,5,a', '2,1,b', '3,1,a', '4,2,b', '0,1,a', '1,1,b']),
      'test.csv': table(['1,5,a', '2,1,b']),
    },
  },
  idx: {
    dataset: { kind: 'idx', ...Object.fromEntries(idxNames.map((name) => [name, name])) },
    model: 'logistic',
    files: four(idxNames),
  },
  emnist: {
    dataset: { kind: 'emnist', split: 'digits' },
    model: 'logistic',
    files: four(emnist.map((part) => `emnist/emnist-digits-${part}-ubyte`)),
  },
  text: {
    dataset: { kind: 'text', folder: 'texts', window: 5 },
    model: charModel,
    files: { 'texts/a.txt': 'Q'.repeat(40), 'texts/b.txt': '5R'.repeat(40) },
  },
  shakespeare: {
    dataset: { kind: 'shakespeare' },
    model: charModel,
    files: { 'shakespeare/train/a.json': leaf(line, 'e'), 'shakespeare/test/a.json': leaf(line, 'e') },
  },
  femnist: {
    dataset: { kind: 'femnist' },
    model: 'logistic',
    files: { 'femnist/train/a.json': leaf(grey, 5), 'femnist/test/a.json': leaf(grey, 5) },
  },
};

/** Another content of the same length that is as readable. */
export function altered(content: string | Uint8Array): string | Uint8Array {
  if (typeof content === 'string') return content.replace(/[5Q]/, (found) => (found === 'Q' ? 'R' : '4'));
  const changed = content.slice();
  changed[changed.length - 1] ^= 1;
  return changed;
}

/** Writes the files into a data home; `changed` has another content. */
export function writeDataHome(home: string, { files }: DataFiles, changed?: string): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), name === changed ? altered(content) : content);
  }
}
