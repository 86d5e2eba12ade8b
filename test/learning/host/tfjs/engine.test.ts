/** The engine on TensorFlow.js: its backends, its memory, and whole runs on it. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { loadEngine } from '../../../../learning/host/index.js';
import { buildModel, engineSchema, type Model } from '../../../../learning/index.js';
import { parseRecipe } from '../../../../recipe/index.js';
import { simulate } from '../../../../simulator/index.js';
import { smallRecipe } from '../../../support/small-recipe.js';
import { perceptron, randomExamples, request } from '../../wasm/cases.js';

const model = perceptron(5, 3);
const examples = randomExamples(8, 5, 3, 1);

describe('engine: tfjs', () => {
  it('keeps no tensor of a step: memory is flat over 10,000 steps', async () => {
    const engine = await loadEngine({ kind: 'tfjs', backend: 'cpu' });
    const train = (steps: number) =>
      engine.train(request(model, examples, { amount: { steps }, batchSize: 2, rate: () => 0.01, clip: 1 }));
    train(10);
    const { numTensors, numBytes } = tf.memory();
    train(10_000);
    expect(tf.memory()).to.include({ numTensors, numBytes });
    engine.evaluate(model, request(model, examples).weights, examples);
    engine.predict(model, request(model, examples).weights, examples);
    engine.gradient(model, request(model, examples).weights, examples);
    expect(tf.memory()).to.include({ numTensors, numBytes });
  });

  it('keeps the networks of few models only', async () => {
    const engine = await loadEngine({ kind: 'tfjs', backend: 'cpu' });
    const of = (hidden: number) => {
      const other = perceptron(5, hidden, 3);
      engine.gradient(other, request(other, examples).weights, examples);
      return tf.memory().numTensors;
    };
    const counts = [1, 2, 3, 4, 5, 6, 7, 8].map(of);
    expect(counts.at(-1)).to.equal(counts.at(-4));
  });

  it('trains on the wasm backend as on the cpu backend, and goes back', async () => {
    const wanted = request(model, examples, { amount: { steps: 10 } });
    const [cpu, wasm, again] = [
      (await loadEngine({ kind: 'tfjs', backend: 'cpu' })).train(wanted),
      (await loadEngine({ kind: 'tfjs', backend: 'wasm' })).train(wanted),
      (await loadEngine({ kind: 'tfjs', backend: 'cpu' })).train(wanted),
    ];
    wasm.weights.forEach((w, i) => expect(w).to.be.closeTo(cpu.weights[i], 1e-6));
    expect(again.weights).to.deep.equal(cpu.weights);
  });

  it('drops values by the chance of a step or of a pass for a gradient', async () => {
    const engine = await loadEngine({ kind: 'tfjs', backend: 'wasm' });
    const [drop, plain] = [0.5, 0].map((rate) =>
      buildModel({
        input: [5],
        layers: [
          { kind: 'dense', units: 40, activation: 'relu' },
          { kind: 'dropout', rate },
          { kind: 'dense', units: 3, activation: 'none' },
        ],
      }),
    );
    const train = (of: Model, seed: number) =>
      engine.train(request(of, examples, { amount: { steps: 6 }, chance: (step) => [seed, step] })).weights;
    expect(train(drop, 1)).to.deep.equal(train(drop, 1));
    expect(train(drop, 1)).not.to.deep.equal(train(drop, 2));
    expect(train(plain, 1)).to.deep.equal(train(plain, 2));
    const { weights } = request(drop, examples);
    const pass = (of: Model, seed: number) => engine.gradient(of, weights, examples, [seed, 0]);
    expect(pass(drop, 1)).to.deep.equal(pass(drop, 1));
    expect(pass(drop, 1)).not.to.deep.equal(pass(drop, 2));
    expect(pass(plain, 1)).to.deep.equal(pass(plain, 2));
    expect(() => engine.gradient(drop, weights, examples)).to.throw(RangeError, 'no stream for it');
    expect(() => engine.train(request(drop, examples))).to.throw(RangeError, 'no stream for it');
  });

  it('says which versions and backend it is', async () => {
    const { kind, kernelHash } = await loadEngine({ kind: 'tfjs', backend: 'wasm' });
    expect({ kind, kernelHash }).to.deep.equal({ kind: 'tfjs', kernelHash: `${tf.version_core} wasm` });
  });

  it('refuses tfjs-node on a Node.js that it does not know, and where it is not installed', async () => {
    const major = Number(process.versions.node.split('.')[0]);
    const outcome = await loadEngine({ kind: 'tfjs', backend: 'node' }).then(
      ({ kernelHash }) => kernelHash,
      (error: unknown) => String(error),
    );
    if (major >= 23)
      expect(outcome).to.include(`@tensorflow/tfjs-node does not work on Node.js ${major}: use Node.js 22`);
    else expect(outcome).to.match(/ node$|npm install @tensorflow\/tfjs-node@4$/);
  });

  it('runs a whole recipe, and its record says so', async () => {
    const engine = { kind: 'tfjs', backend: 'wasm' };
    const recipe = (fields: object) =>
      parseRecipe(smallRecipe({ rounds: 2, evaluate: { every: 2 }, ...fields }));
    const [tfjs, wasm] = [
      await simulate(recipe({ engine }), { threads: 2 }),
      await simulate(recipe({}), { threads: 1 }),
    ];
    expect(tfjs.record.engine).to.deep.equal({ kind: 'tfjs', kernelHash: `${tf.version_core} wasm` });
    expect(tfjs.record.accuracy).to.be.closeTo(wasm.record.accuracy, 0.003);
    expect(tfjs.record.loss).to.be.closeTo(wasm.record.loss ?? NaN, 1e-3);
    expect(tfjs.record.recipeHash).not.to.equal(wasm.record.recipeHash);
  });
});

describe('the engine of a recipe', () => {
  it('is wasm, or TensorFlow.js with a backend', () => {
    expect(engineSchema.parse('wasm')).to.equal('wasm');
    expect(engineSchema.parse({ kind: 'wasm' })).to.equal('wasm');
    expect(engineSchema.parse('tfjs')).to.deep.equal({ kind: 'tfjs' });
    expect(engineSchema.parse({ kind: 'tfjs', backend: 'cpu' })).to.deep.equal({
      kind: 'tfjs',
      backend: 'cpu',
    });
    expect(() => engineSchema.parse('wasn')).to.throw("unknown engine 'wasn'; did you mean 'wasm'?");
    expect(() => engineSchema.parse({ kind: 'tfjs', backend: 'gpu' })).to.throw(
      'backend: Invalid option: expected one of',
    );
    expect(() => engineSchema.parse({ kind: 'tfjs', backends: 'cpu' })).to.throw("did you mean 'backend'?");
  });
});
