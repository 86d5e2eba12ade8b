/** Models out of a model.json, as TensorFlow.js writes it: read as our layers, or run by TensorFlow.js alone. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { loadEngine, readFromDisk } from '../../../learning/host/index.js';
import {
  buildModel,
  initialWeights,
  models,
  view,
  wasmEngine,
  type Examples,
} from '../../../learning/index.js';
import { parseRecipe } from '../../../recipe/index.js';
import { simulate } from '../../../simulator/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { smallRecipe, trained } from '../../support/small-recipe.js';
import { randomExamples, request } from '../wasm/cases.js';

const { layers } = tfl;
const context = { input: [8, 8, 1], classes: 3, readFile: readFromDisk };

const convolutional = () =>
  tfl.sequential({
    layers: [
      layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        padding: 'same',
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 5, kernelSize: [3, 3], strides: 2, activation: 'tanh' }),
      layers.averagePooling2d({ poolSize: [1, 1] }),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 6, activation: 'linear' }),
      layers.activation({ activation: 'sigmoid' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

/** A residual block with batch normalisation, by the functional way. */
function residual() {
  const input = layers.input({ shape: [8, 8, 1], name: 'my_image' });
  const apply = (layer: InstanceType<typeof layers.Layer>, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor;
  const wide = apply(
    layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'first_conv' }),
    input,
  );
  const normed = apply(layers.batchNormalization({ name: 'norm' }), wide);
  const added = apply(layers.add({ name: 'sum' }), [wide, apply(layers.reLU(), normed)]);
  const pooled = apply(layers.globalAveragePooling2d({}), added);
  return tfl.model({
    inputs: input,
    outputs: apply(layers.softmax(), apply(layers.dense({ units: 3 }), pooled)),
  });
}

/** What model.save writes as model.json. */
async function written(model: tfl.LayersModel): Promise<string> {
  let text = '';
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, format } = artifacts;
      const weightsManifest = [{ paths: ['./weights.bin'], weights: weightSpecs }];
      text = JSON.stringify({ format, modelTopology, weightsManifest });
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      });
    }),
  );
  return text;
}

const images = (count: number): Examples => {
  const examples = randomExamples(count, 64, 3, 4, { type: 'uint8' });
  return { ...examples, input: { ...examples.input, shape: [8, 8, 1] } };
};

describe('a model.json', () => {
  const folder = temporaryFolder();
  const create = (file: string) => buildModel(models.create({ kind: 'keras', file }, context));
  const writeJson = (name: string, content: unknown) => folder.write(name, JSON.stringify(content));
  before(() => tf.setBackend('cpu'));

  it('of layers that we have is a list of them, and gives what TensorFlow.js’s own model gives', async () => {
    const theirs = convolutional();
    const model = create(folder.write('convolutional.json', await written(theirs)));
    expect(model.spec.layers.map(({ kind }) => kind)).to.deep.equal([
      'conv2d',
      'pool',
      'conv2d',
      'pool',
      'flatten',
      'dropout',
      'dense',
      'activation',
      'dense',
    ]);
    const weights = initialWeights(model, 3);
    theirs.setWeights(
      model.manifest.tensors.map((tensor) => tf.tensor(view(weights, tensor), [...tensor.shape])),
    );
    const examples = images(5);
    const stored = new Uint8Array(5 * 64);
    for (let i = 0; i < 5; i++) examples.copyInput(i, stored, 64 * i);
    const inputs = tf.tensor(
      Float32Array.from(stored, (x) => x / 255),
      [5, 8, 8, 1],
    );
    const probabilities = (theirs.predict(inputs) as tf.Tensor).dataSync();
    const logits = tf.tensor(wasmEngine().predict(model, weights, examples), [5, 3]);
    tf.softmax(logits)
      .dataSync()
      .forEach((p, i) => expect(p).to.be.closeTo(probabilities[i], 1e-6));
  });

  it('is read as the converter and as Keras itself write it', async () => {
    const { modelTopology } = JSON.parse(await written(convolutional())) as { modelTopology: object };
    const direct = create(writeJson('keras.json', modelTopology));
    const converted = create(writeJson('converted.json', { modelTopology: { model_config: modelTopology } }));
    expect(converted.spec).to.deep.equal(direct.spec);
    expect(direct.spec.layers).to.have.length(9);
  });

  it('of other layers is trained by TensorFlow.js, running statistics and all', async () => {
    const model = create(folder.write('residual.json', await written(residual())));
    expect(model.spec.layers).to.have.length(1);
    expect(model.manifest.tensors.map(({ name, role }) => [name, role])).to.deep.include.members([
      ['keras1/first_conv/kernel', 'weight'],
      ['keras1/norm/gamma', 'norm.scale'],
      ['keras1/norm/moving_variance', 'norm.var'],
    ]);
    const engine = await loadEngine({ kind: 'tfjs', backend: 'wasm' });
    const examples = images(30);
    const weights = initialWeights(model, 3);
    const wanted = request(model, examples, { weights, amount: { epochs: 20 }, rate: () => 0.2 });
    const result = engine.train(wanted);
    const losses = [weights, result.weights].map((own) => engine.gradient(model, own, examples).loss);
    expect(losses[1]).to.be.lessThan(losses[0] - 0.02);
    const variance = model.manifest.tensors.filter(({ role }) => role === 'norm.var');
    for (const tensor of variance) {
      expect([...view(weights, tensor)]).to.deep.equal([1, 1, 1, 1]);
      for (const v of view(result.weights, tensor)) expect(v).to.be.within(0, 0.99);
    }
    expect(engine.train(wanted).weights).to.deep.equal(result.weights);
  });

  it('of other layers runs in a recipe with engine: tfjs; with wasm the layer is named', async () => {
    const file = folder.write(
      'foreign.json',
      await written(
        tfl.sequential({
          layers: [
            layers.reshape({ inputShape: [784], targetShape: [28, 28], name: 'rows' }),
            layers.conv1d({ filters: 4, kernelSize: 3, name: 'along' }),
            layers.flatten(),
            layers.dense({ units: 10, name: 'out' }),
          ],
        }),
      ),
    );
    const recipe = (engine: unknown) =>
      parseRecipe(
        smallRecipe({
          model: { kind: 'keras', file },
          engine,
          rounds: 2,
          algorithm: trained({ kind: 'fedavg', fraction: 1 }),
        }),
      );
    const { record } = await simulate(recipe({ kind: 'tfjs', backend: 'wasm' }), { threads: 2 });
    expect(record.accuracy).to.be.greaterThan(0.2);
    const refusal = await simulate(recipe('wasm'), { threads: 1 }).catch(String);
    expect(refusal).to.match(
      /model: Reshape '.*' of the model.json is none of the layers .* use engine: tfjs/,
    );
  });

  it('of a text model is a list of layers too', async () => {
    const text = (returnSequences: boolean) =>
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: 20, outputDim: 3, inputLength: 9 }),
          layers.lstm({ units: 4, recurrentActivation: 'sigmoid', returnSequences }),
          layers.dense({ units: 20, activation: 'softmax' }),
        ],
      });
    for (const [returns, sequences] of [
      ['last', false],
      ['sequence', true],
    ] as const) {
      const file = folder.write(`text-${returns}.json`, await written(text(sequences)));
      const { layers: read } = models.create(
        { kind: 'keras', file },
        { input: [9], classes: 20, readFile: readFromDisk },
      );
      expect(read).to.deep.equal([
        { kind: 'embedding', vocabulary: 20, width: 3 },
        { kind: 'lstm', units: 4, returns },
        { kind: 'dense', units: 20, activation: 'none' },
      ]);
    }
  });

  it('that does not fit is refused', async () => {
    const refused = (file: string, sentence: string) => {
      expect(() => create(file)).to.throw(RangeError, sentence);
    };
    const dense = (units: number, activation: 'relu' | 'softmax', inputShape = [64]) =>
      written(tfl.sequential({ layers: [layers.dense({ units, activation, inputShape })] }));
    refused('nowhere.json', 'nowhere.json: there is no such file');
    refused(folder.write('text.json', 'text'), 'is not a model.json of Keras or TensorFlow.js');
    refused(writeJson('graph.json', { format: 'graph-model' }), 'it holds no model of layers');
    refused(folder.write('relu.json', await dense(3, 'relu')), 'ends with "relu"; it needs softmax');
    refused(
      folder.write('wide.json', await dense(3, 'softmax', [50])),
      'takes inputs of shape [50], the data have [8, 8, 1]',
    );
    const { modelTopology } = JSON.parse(await written(residual())) as { modelTopology: object };
    refused(writeJson('bare.json', modelTopology), 'does not say which weights its model has');
  });
});
