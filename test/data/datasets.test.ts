/** What every dataset keeps to, and what every entry of the registry says. */
import { expect } from 'chai';
import { z } from 'zod';
import { syntheticDataset } from '../../data/datasets/synthetic.js';
import { datasets, inputBytes, labelsOf, openExamples, type Dataset } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { idxFile } from './image-files.js';
import { input, temporaryFolder } from './stored.js';

describe('every dataset', () => {
  const home = temporaryFolder();
  const make =
    (kind: string, options: object = {}) =>
    () =>
      datasets.create({ kind, ...options }, { seed: 1, files: diskFiles({ home: home.path }) });
  const synthetic = {
    ...{ seed: 1, alpha: 1, beta: 1, iid: false, dimension: 3, classes: 4 },
    ...{ clients: 3, samplesPerClient: 9, testFraction: 0.2, testClients: 2 },
  };
  beforeEach(() => {
    home.write('x', idxFile([2, 2, 1], [1, 2, 3, 4]));
    home.write('y', idxFile([2], [1, 0]));
    home.write('table.csv', 'a,who,label\n1,p,u\n2,q,v\n3,q,u\n4,p,v\n');
    home.write('texts/one.txt', 'some text, and a little more of it');
  });

  const cases: Record<string, () => Dataset> = {
    mnist: make('mnist', { limit: 5 }),
    idx: make('idx', { trainImages: 'x', trainLabels: 'y', testImages: 'x', testLabels: 'y' }),
    csv: make('csv', { file: 'table.csv', owner: 'who' }),
    text: make('text', { folder: 'texts', window: 4 }),
    sotu: make('sotu', { limit: 1000 }),
    'synthetic, kept': () => syntheticDataset(synthetic),
    'synthetic, generated': () => syntheticDataset(synthetic, 0),
    'synthetic, generated and cut': make('synthetic', { limit: 30 }),
  };
  for (const [name, create] of Object.entries(cases)) {
    it(`${name}: labels are classes, owners are named, threads get it whole`, () => {
      const dataset = create();
      const sent = structuredClone(dataset);
      expect(dataset.classNames?.length ?? dataset.classes).to.equal(dataset.classes);
      for (const part of ['train', 'test'] as const) {
        const set = dataset[part];
        expect(set.count).to.be.greaterThan(0);
        const labels = labelsOf(set);
        expect(labels.length).to.equal(set.count);
        expect(labels.every((label) => label >= 0 && label < dataset.classes)).to.equal(true);
        expect(labels.buffer).to.be.instanceOf(SharedArrayBuffer);
        expect(openExamples(sent[part]).label(set.count - 1)).to.equal(labels[set.count - 1]);
        const last = input(set, set.count - 1);
        expect(last.length).to.equal(inputBytes(set.input));
        expect(input(sent[part], set.count - 1)).to.deep.equal(last);
        expect(set.owner?.length ?? set.count).to.equal(set.count);
        const lowest = part === 'train' ? 0 : -1;
        const owners = dataset.owners?.length ?? 0;
        expect(set.owner?.every((owner) => owner >= lowest && owner < owners) ?? true).to.equal(true);
      }
    });
  }

  for (const { kind, summary, options } of datasets.entries) {
    it(`${kind} says what it is and what each option does`, () => {
      expect(summary).to.match(/^[A-Z].*\.$/);
      const { properties } = z.toJSONSchema(options, { io: 'input' });
      expect(properties).to.include.keys('limit');
      for (const [name, option] of Object.entries(properties ?? {})) {
        expect(option, name).to.have.property('description').that.is.a('string');
      }
    });
  }

  it('names the nearest where a kind or an option is unknown', () => {
    expect(make('mnits')).to.throw(/unknown dataset 'mnits'; did you mean 'mnist'/);
    expect(make('mnist', { limt: 5 })).to.throw(/unknown field 'limt'/);
    expect(make('mnist', { limit: 0 })).to.throw(/limit/);
  });
});
