/** What is no divergence of training is not called one: numbers that a codec cannot carry, data and weights that are not finite. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { checkFiniteInputs, type Dataset } from '../../data/index.js';
import { DivergedError } from '../../errors/index.js';
import { encodeSafetensors } from '../../learning/index.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';

describe('no divergence', () => {
  const folder = temporaryFolder();
  let file: string;
  before(() => {
    const rows = Array.from({ length: 80 }, (_, i) => `${1000 * (i % 7)},${-500 * (i % 5)},${i % 2}`);
    file = folder.write('large.csv', ['x,y,label', ...rows, ''].join('\n'));
  });

  const optimizer = { learningRate: 1000 };
  const federated = { algorithm: { kind: 'fedavg', fraction: 1, amount: { steps: 1 }, optimizer } };
  const gossip = { algorithm: { kind: 'gossip', batchSize: 10, optimizer }, topology: 'ring' };
  const recipe = (fields: object) =>
    parseRecipe(
      JSON.stringify({
        data: { dataset: { kind: 'csv', file, normalize: 'none' }, partition: { kind: 'iid', clients: 4 } },
        model: 'logistic',
        rounds: 1,
        ...fields,
      }),
    );
  const failure = (fields: object): Promise<unknown> =>
    simulate(recipe(fields), { threads: 1 }).then(
      () => 'none',
      (error: unknown) => error,
    );

  for (const [name, fields, where] of [
    ['an update', federated, /^round 1, client \d: network.codec 'float16' carries numbers up to 65504/],
    ['a message of gossip', { ...gossip, rounds: 2 }, /^round \d, node \d: network.codec 'float16' carries/],
  ] as const) {
    it(`is ${name} beyond float16: the codec is named, and int8 carries it`, async () => {
      const error = await failure({ ...fields, network: { codec: 'float16' } });
      expect(error).to.be.instanceOf(Error).and.not.instanceOf(DivergedError);
      const { message } = error as Error;
      expect(message).to.match(where);
      expect(message)
        .to.match(/use int8 or float32$/)
        .and.not.match(/learning rate|diverged/);
      expect(await failure({ ...fields, network: { codec: 'int8' } })).to.equal('none');
    });
  }

  /** A file of the model's weights, all of this value. */
  function weightsOf(name: string, value: number): string {
    const { manifest } = buildFederation(recipe(federated)).model;
    const path = folder.path(name);
    writeFileSync(
      path,
      encodeSafetensors({ values: new Float32Array(manifest.length).fill(value), manifest }),
    );
    return path;
  }

  it('is a model beyond float16 that clients are sent', async () => {
    const init = { file: weightsOf('large.safetensors', 1e5) };
    const error = await failure({ ...federated, init, network: { codec: 'float16' } });
    expect(String(error)).to.match(/round 1, to clients: network.codec 'float16' carries .* is 100000:/);
  });

  it('are weights in a file that are not finite: file, tensor and place are named before the run', async () => {
    for (const value of [NaN, Infinity]) {
      const path = weightsOf('bad.safetensors', value);
      const error = await failure({ ...federated, init: { file: path } });
      expect(error).not.to.be.instanceOf(DivergedError);
      expect(String(error)).to.contain(`${path}: tensor`).and.contain(`is ${value} at place 0`);
    }
  });

  it('are inputs that are not finite: data set, file, example and place are named', () => {
    const { dataset } = buildFederation(recipe(federated));
    checkFiniteInputs(dataset);
    for (const [part, said] of [
      ['train', 'training'],
      ['test', 'test'],
    ] as const) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const numbers = new Float32Array(new SharedArrayBuffer(4 * 6));
        numbers[5] = bad;
        const set = {
          ...{ count: 3, input: dataset.train.input, inputs: new Uint8Array(numbers.buffer) },
          labels: new Int32Array(new SharedArrayBuffer(12)),
        };
        const changed: Dataset = { ...dataset, [part]: set };
        expect(() => {
          checkFiniteInputs(changed);
        }).to.throw(new RegExp(`csv \\(.*large.csv\\): value 1 .* of ${said} example 2 is ${bad}`));
      }
    }
  });

  it('is said where it is one: weights of gossip that overflow in the last step of a round', async () => {
    const wild = { ...gossip.algorithm, batchSize: 'all', optimizer: { learningRate: 1e38 } };
    const error = await failure({ ...gossip, algorithm: wild });
    expect(error).to.be.instanceOf(DivergedError);
    expect(String(error)).to.contain('learningRate 1e+38');
  });
});
