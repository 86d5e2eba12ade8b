/** An embedding has a vector for every token, or the recipe is refused. */
import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { temporaryFolder } from '../support/folder.js';

describe('an embedding', () => {
  const folder = temporaryFolder();
  mkdirSync(folder.path('texts'));
  folder.write('texts/a.txt', 'abcdefgh'.repeat(8));
  const build = (
    vocabulary: number,
    dataset: object = { kind: 'text', folder: folder.path('texts'), window: 4 },
  ) =>
    buildFederation(
      parseRecipe(
        stringify({
          ...{ seed: 1, rounds: 1, algorithm: 'fedsgd' },
          data: { dataset, partition: { kind: 'iid', clients: 2 } },
          model: {
            kind: 'layers',
            layers: [
              { kind: 'embedding', vocabulary, width: 2 },
              { kind: 'lstm', units: 2, returns: 'last' },
              { kind: 'dense', units: 8 },
            ],
          },
        }),
      ),
    );

  it('smaller than the alphabet is refused before the run', () => {
    expect(() => build(7)).to.throw(
      'model: layer 1 (embedding): its vocabulary is 7 tokens, 0 to 6, but text has tokens up to 7; use vocabulary: 8',
    );
    expect(build(8).model.manifest.length).to.be.greaterThan(0);
  });

  it('takes tokens, not numbers of a table', () => {
    const file = folder.write(
      't.csv',
      `a,b,label\n${Array.from({ length: 8 }, (_, i) => `${i},1,${i}`).join('\n')}`,
    );
    expect(() => build(8, { kind: 'csv', file, testFile: file })).to.throw(/tokens stored as uint8/);
  });
});
