/** Models as Keras 3.15's to_json writes them, with the number of weights that Keras counts; forward passes are TensorFlow.js's. */
import { existsSync, readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { readFromDisk } from '../../../learning/host/index.js';
import {
  buildModel,
  initialWeights,
  models,
  view,
  wasmEngine,
  type Examples,
} from '../../../learning/index.js';
import { parseRecipe } from '../../../recipe/index.js';
import { expectRun, simulate } from '../../../simulator/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { smallRecipe, trained } from '../../support/small-recipe.js';
import { randomExamples } from '../wasm/cases.js';

interface Stored {
  readonly name: string;
  readonly weights: number;
  readonly model: { readonly config: { readonly layers: readonly { config: Record<string, unknown> }[] } };
}
const stored = new Map(
  readFileSync('test/learning/keras/keras-3-models.jsonl', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Stored)
    .map((own) => [own.name, own]),
);
const named = (name: string): Stored => {
  const found = stored.get(name);
  if (found === undefined) throw new Error(`there is no model ${name}`);
  return found;
};

const imagesOf = (shape: readonly number[], count: number): Examples => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const examples = randomExamples(count, size, 3, 4, { type: 'float32' });
  return { ...examples, input: { ...examples.input, shape } };
};

describe('a model.json of Keras 3', () => {
  const folder = temporaryFolder();
  const write = (content: unknown) => folder.write('model.json', JSON.stringify(content));
  const create = (content: unknown, input: readonly number[], classes: number) =>
    buildModel(
      models.create({ kind: 'keras', file: write(content) }, { input, classes, readFile: readFromDisk }),
    );
  before(() => tf.setBackend('cpu'));

  it('has as many weights as in Keras: dense layers go over the last axis', () => {
    const dense = create(named('dense').model, [28, 28, 1], 10);
    expect(dense.manifest.length).to.equal(1246).and.to.equal(named('dense').weights);
    expect(create(named('chain').model, [8, 8, 1], 3).manifest.length).to.equal(named('chain').weights);
    expect(create(named('text').model, [9], 20).manifest.length).to.equal(named('text').weights);
    expect(create(named('earlier').model, [8, 8, 1], 3).manifest.length).to.equal(named('earlier').weights);
  });

  it('that is a functional chain is a list of our layers', () => {
    expect(create(named('chain').model, [8, 8, 1], 3).layers.map(({ layer }) => layer.kind)).to.deep.equal([
      'conv2d',
      'pool',
      'flatten',
      'dense',
    ]);
  });

  for (const shape of [
    [5, 6],
    [4, 5, 6],
  ]) {
    it(`gives what TensorFlow.js gives where dense layers take inputs of ${shape.length} axes`, () => {
      const theirs = tfl.sequential({
        layers: [
          tfl.layers.dense({ units: 4, activation: 'tanh', inputShape: shape }),
          tfl.layers.dense({ units: 5, activation: 'relu' }),
          tfl.layers.flatten(),
          tfl.layers.dense({ units: 3 }),
        ],
      });
      const model = create(theirs.toJSON(undefined, false), shape, 3);
      const weights = initialWeights(model, 3);
      const ours = model.manifest.tensors;
      expect(ours.map(({ size }) => size)).to.deep.equal(theirs.weights.map((own) => own.read().size));
      theirs.setWeights(
        theirs.weights.map((own, i) => tf.tensor(view(weights, ours[i]), own.shape.map(Number))),
      );
      const examples = imagesOf(shape, 7);
      const size = shape.reduce((product, extent) => product * extent, 1);
      const values = new Float32Array(7 * size);
      for (let i = 0; i < 7; i++) examples.copyInput(i, new Uint8Array(values.buffer), 4 * size * i);
      const { scale, shift } = examples.input;
      const expected = (
        theirs.predict(
          tf.tensor(
            values.map((x) => x * scale + shift),
            [7, ...shape],
          ),
        ) as tf.Tensor
      ).dataSync();
      const found = wasmEngine().predict(model, weights, examples);
      for (const [i, value] of found.entries()) expect(value).to.be.closeTo(expected[i], 1e-5);
    });
  }

  it('is refused where it has two outputs, or calls a layer with options', () => {
    expect(() => create(named('twoOutputs').model, [8, 8, 1], 3)).to.throw(
      RangeError,
      'output_layers: the model must have one output, it has [["out",0,0],["other",0,0]]',
    );
    const text = JSON.stringify(named('chain').model).replace('"kwargs":{}', '"kwargs":{"training":true}');
    expect(() => create(JSON.parse(text), [8, 8, 1], 3)).to.throw(
      RangeError,
      'is called with training: true',
    );
  });

  it('is refused where its input has another shape than the data, even with as many values', () => {
    const withInput = (...extents: (number | null)[]) => {
      const text = JSON.stringify(named('dense').model).replace(
        '"batch_shape":[null,28,28]',
        `"batch_shape":${JSON.stringify([null, ...extents])}`,
      );
      return () => create(JSON.parse(text), [28, 28, 1], 10);
    };
    expect(withInput(14, 56)).to.throw(
      RangeError,
      'it takes inputs of shape [14, 56], the data have [28, 28, 1]; as many values, but in another array',
    );
    expect(withInput(27, 28)).to.throw(
      RangeError,
      'it takes inputs of shape [27, 28], the data have [28, 28, 1]',
    );
    expect(withInput(28, 28, 1)).to.not.throw();
    expect(withInput(null, 28)).to.not.throw();
    expect(withInput(784)).to.not.throw();
  });

  const refusals: Readonly<Record<string, readonly [from: string, to: string, sentence: string]>> = {
    'a frozen layer': [
      '"trainable":true,"dtype"',
      '"trainable":false,"dtype"',
      'trainable: false is not read',
    ],
    'a custom layer': ['"registered_name":null', '"registered_name":"mine>Input"', "a layer of one's own"],
    'another version of numbers': [
      '"name":"float32"',
      '"name":"mixed_float16"',
      'engines compute in float32',
    ],
    'an initializer': ['GlorotUniform', 'HeNormal', 'kernel_initializer: '],
    'a regularizer': [
      '"bias_regularizer":null',
      '"bias_regularizer":{"class_name":"L2","config":{"l2":0.1}}',
      'bias_regularizer: ',
    ],
    'an unknown field of the model': ['"layers":', '"shards":2,"layers":', 'config.shards: it is not known'],
  };
  for (const [what, [from, to, sentence]] of Object.entries(refusals)) {
    it(`is refused with ${what}`, () => {
      const text = JSON.stringify(named('chain').model);
      expect(text).to.include(from);
      expect(() => create(JSON.parse(text.replace(from, to)), [8, 8, 1], 3)).to.throw(RangeError, sentence);
    });
  }

  /** Branches, which only TensorFlow.js runs, on MNIST; with the weights that TensorFlow.js's converter would list. */
  function branches(list: (name: string) => string = (name) => name) {
    const text = JSON.stringify(named('branches').model).replaceAll('[null,8,8,', '[null,28,28,');
    const norm = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => ({
      name: `batch_normalization_1/${name}`,
      shape: [2],
    }));
    const out = /"name":"(dense_\d+)"/.exec(text)?.[1] ?? '';
    const all = [
      { name: 'a/kernel', shape: [3, 3, 1, 2] },
      { name: 'a/bias', shape: [2] },
      ...norm,
      { name: `${out}/kernel`, shape: [2, 10] },
      { name: `${out}/bias`, shape: [10] },
    ];
    const weights = all.map(({ name, shape }) => ({ name: list(name), shape, dtype: 'float32' }));
    const modelTopology = JSON.parse(text.replace('"units":3', '"units":10')) as unknown;
    return { format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['a.bin'], weights }] };
  }
  const onTensorFlow = (content: unknown) =>
    parseRecipe(
      smallRecipe({
        model: { kind: 'keras', file: write(content) },
        engine: { kind: 'tfjs', backend: 'cpu' },
        rounds: 1,
        algorithm: trained({ kind: 'fedavg', fraction: 0.1, amount: { steps: 1 } }),
        data: { dataset: { kind: 'mnist', limit: 100 }, partition: { kind: 'iid', clients: 10 } },
      }),
    );

  it('runs on engine: tfjs', async () => {
    const { record } = await simulate(onTensorFlow(branches()), { threads: 1 });
    expect(record.rounds).to.equal(1);
  });

  it('that TensorFlow.js cannot make is refused before the run, whose directory is not made', async () => {
    const recipe = onTensorFlow(branches((name) => name.replace('a/kernel', 'a/kernels')));
    const out = folder.path('run');
    const sentence =
      /model: TensorFlow\.js cannot make it: the weights that the model\.json lists are not its model's: it lists a\/kernels/;
    expect(await simulate(recipe, { threads: 1, out }).catch(String)).to.match(sentence);
    expect(await expectRun(recipe).catch(String)).to.match(sentence);
    expect(existsSync(out)).to.equal(false);
  });
});
