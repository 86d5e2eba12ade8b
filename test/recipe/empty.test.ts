/** Nothing to evaluate on is refused before a run, wherever the examples would have come from. */
import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { listPartition, openPartition, sharePartition } from '../../data/index.js';
import { buildFederation, parseRecipe, type Federation } from '../../recipe/index.js';
import { refuseEmptyEvaluation } from '../../recipe/refuse-empty.js';
import { evaluateWeights } from '../../simulator/index.js';
import { idxFile } from '../data/image-files.js';
import { temporaryFolder } from '../support/folder.js';
import { trained } from '../support/small-recipe.js';

const fedavg = { ...trained({ kind: 'fedavg', fraction: 1 }), batchSize: 1 };
const gossip = { ...trained({ kind: 'gossip' }), batchSize: 1 };

describe('nothing to evaluate on', () => {
  const folder = temporaryFolder();
  const table = folder.write('four.csv', 'x,who,label\n1,a,0\n2,b,1\n3,c,0\n4,d,1\n');
  const csv = { kind: 'csv', file: table, testFile: table, owner: 'who' };
  const build = (data: object, evaluate: object = {}, more: object = {}) =>
    buildFederation(
      parseRecipe(
        stringify({
          ...{ seed: 1, rounds: 1, model: { kind: 'mlp', hidden: [2] }, algorithm: fedavg },
          ...{ data: { partition: 'natural', ...data }, evaluate, ...more },
        }),
      ),
    );

  it('in files is refused with the file', () => {
    const images = folder.write('x', idxFile([2, 1, 1], [1, 2]));
    const labels = folder.write('y', idxFile([2], [0, 1]));
    const none = folder.write('none-x', idxFile([0, 1, 1], []));
    const noLabels = folder.write('none-y', idxFile([0], []));
    const idx = { kind: 'idx', trainImages: images, trainLabels: labels };
    const iid = { kind: 'iid', clients: 1 };
    expect(() =>
      build({ dataset: { ...idx, testImages: none, testLabels: noLabels }, partition: iid }),
    ).to.throw(/none-x' has no images/);
    const header = folder.write('header.csv', 'x,who,label\n');
    expect(() => build({ dataset: { ...csv, testFile: header } })).to.throw(/header\.csv' has no rows/);
  });

  it('in texts is refused where no test part has a window', () => {
    mkdirSync(folder.path('texts'));
    folder.write('texts/a.txt', 'abcdefghijklmnopqrst');
    const text = { kind: 'text', folder: folder.path('texts'), window: 4 };
    const more = { model: { kind: 'char-lstm', units: 2, depth: 1 } };
    expect(() => build({ dataset: { ...text, testFraction: 0.2 } }, {}, more)).to.throw(
      /the test set of text has no examples; no text has the 5 tokens in its test part that one window takes/,
    );
    expect(build({ dataset: { ...text, testFraction: 0.25 } }, {}, more).heldOut('test').count).to.equal(1);
  });

  it('in the validation part is refused where every client has too few examples', async () => {
    const data = { dataset: csv, validation: { fraction: 0.2 } };
    const sentence =
      "data.validation holds nothing out: fraction 0.2 of a client's examples rounds to none, the largest client has 1; " +
      'use a larger fraction, or data.validation.from: train';
    expect(() => build(data, { on: ['validation'] })).to.throw(sentence);
    const whole = { ...data, validation: { fraction: 0.2, from: 'train' } };
    expect(() =>
      build({ ...whole, partition: { kind: 'iid', clients: 2 } }, { on: ['validation'] }),
    ).not.to.throw();
    expect(() => build({ dataset: csv }, { on: ['validation'] })).to.throw(/needs data\.validation/);
    const { recipe } = build(data);
    const found = evaluateWeights(recipe, 'nowhere.safetensors', 'validation').catch(String);
    expect(await found).to.include(sentence);
  });

  it('in any set of any data set is refused where the recipe evaluates on it', () => {
    const federation = build({ dataset: csv, validation: { fraction: 0.25, from: 'train' } });
    const without: Record<string, Partial<Federation>> = {
      test: { dataset: { ...federation.dataset, test: { ...federation.dataset.test, count: 0 } } },
      validation: { validation: new Uint32Array(0) },
      clients: { partition: openPartition(sharePartition(listPartition([[0, 1], [], [2]]))) },
    };
    for (const empty of Object.keys(without)) {
      for (const on of ['test', 'validation', 'clients'] as const) {
        const recipe = { ...federation.recipe, evaluate: { ...federation.recipe.evaluate, on: [on] } };
        const refusal = refuseEmptyEvaluation({ ...federation, ...without[empty], recipe });
        expect(refusal !== undefined, `${empty} is empty, evaluated on ${on}`).to.equal(on === empty);
      }
    }
  });

  it('is an empty list, but for gossip, which tests its nodes', () => {
    expect(() => build({ dataset: csv }, { on: [] })).to.throw(/evaluate\.on lists nothing/);
    expect(() => build({ dataset: csv }, { on: ['test', 'test'] })).to.throw(/a set is there twice/);
    const network = { algorithm: gossip, topology: 'ring' };
    const federation = build({ dataset: csv }, { on: [] }, network);
    const test = { ...federation.dataset.test, count: 0 };
    expect(refuseEmptyEvaluation({ ...federation, dataset: { ...federation.dataset, test } })).to.include(
      'the test set of csv has no examples',
    );
  });
});
