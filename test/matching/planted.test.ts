/** Planted permutations of convolutional and recurrent networks: the function stays, and matching finds it again. */
import { expect } from 'chai';
import { initialWeights, models, buildModel, wasmEngine, type ModelSpec } from '../../learning/index.js';
import { averageInner } from '../../matching/averages.js';
import { matchedAverage } from '../../matching/one-shot.js';
import { completeMatchingOptions } from '../../matching/options.js';
import { fusedAverage } from '../../matching/ot-fusion.js';
import { reconstruct, spreadUnits, type Network } from '../../matching/permute.js';
import { widthsOf } from '../../matching/unit-axes.js';
import { stream } from '../../numerics/index.js';
import { randomExamples } from '../learning/wasm/cases.js';
import { permuted, randomPermutations } from './networks.js';

const engine = wasmEngine();
const tokens = 9;
const specs: Record<string, ModelSpec> = {
  'LeNet-5': models.create({ kind: 'lenet5' }, { input: [28, 28, 1], classes: 10 }),
  'stacked LSTMs': models.create(
    { kind: 'char-lstm', embedding: 4, units: 7, depth: 2, predict: 'last' },
    { input: [6], classes: tokens },
  ),
  'LSTMs that predict each token': models.create(
    { kind: 'char-lstm', embedding: 4, units: 7, depth: 2 },
    { input: [6], classes: tokens },
  ),
};

describe('planted permutations', () => {
  for (const [name, spec] of Object.entries(specs)) {
    const model = buildModel(spec);
    const draw = stream(2, 'biases');
    // Nothing is zero by chance.
    const network = { model, weights: initialWeights(model, 1).map((w) => w + 0.02 * (draw() - 0.5)) };
    const isText = name.includes('LSTM');
    const inputs = spec.input.reduce((a, b) => a * b, 1);
    const examples = randomExamples(
      5,
      inputs,
      isText ? tokens : 10,
      3,
      isText ? { tokens } : { type: 'uint8' },
    );
    const logits = (of: Network) => engine.predict(of.model, of.weights, examples);
    const same = (a: Network, b: Network, tolerance: number) => {
      const other = logits(b);
      logits(a).forEach((logit, i) => expect(logit).to.be.closeTo(other[i], tolerance));
    };

    it(`keep the function of ${name}, and spreading units too`, () => {
      const other = permuted(network, 4);
      expect(other.weights).not.to.deep.equal(network.weights);
      same(other, network, 1e-5);
      const places = randomPermutations(model, 5);
      const wide = places.reduce<Network>(
        (wider, to, layer) => spreadUnits(wider, layer, to, to.length + 2),
        network,
      );
      expect(widthsOf(wide.model)).to.deep.equal(
        widthsOf(model).map((w, l, all) => w + (l + 1 < all.length ? 2 : 0)),
      );
      same(wide, network, 1e-5);
      expect(reconstruct(wide, places).weights).to.deep.equal(network.weights);
    });

    it(`of ${name} are found again by matched averaging: without growth, with the same function`, () => {
      const copies = [0, 1, 2].map((seed) => permuted(network, seed));
      // Weights are small against the usual prior, which would rather make them one unit than many.
      const options = completeMatchingOptions({ sigma: 1e-4, sigma0: 1, gamma: 1e-3 });
      const result = matchedAverage(copies, options, stream(1, 'sweeps'));
      expect(result.report.growth.every((growth) => growth === 1)).to.be.true;
      same(result, network, 1e-5);
    });
  }

  it('of LeNet-5 are found again by transport', () => {
    const model = buildModel(specs['LeNet-5']);
    const network = { model, weights: initialWeights(model, 1) };
    const { weights } = fusedAverage([network, permuted(network, 3)]);
    weights.forEach((w, i) => expect(w).to.be.closeTo(network.weights[i], 1e-6));
  });

  it('between units are averaged over the networks that have both', () => {
    const wide = buildModel(
      models.create(
        { kind: 'char-lstm', embedding: 4, units: 3, depth: 1, predict: 'last' },
        { input: [6], classes: 9 },
      ),
    );
    const filled = (value: number): Network => ({
      model: wide,
      weights: new Float32Array(wide.manifest.length).fill(value),
    });
    const into = filled(0);
    averageInner(into, [filled(1), filled(3)], 1, [
      [0, 1],
      [1, 2],
    ]);
    const recurrent = wide.manifest.tensors.find(({ name }) => name.endsWith('recurrent'));
    const at = (from: number, to: number) => into.weights[(recurrent?.offset ?? 0) + from * 12 + 3 + to];
    expect([at(0, 0), at(0, 1), at(1, 1), at(1, 2), at(2, 2), at(0, 2)]).to.deep.equal([1, 1, 2, 3, 3, 0]);
  });

  it('of recurrent layers are refused by transport', () => {
    const model = buildModel(specs['stacked LSTMs']);
    const network = { model, weights: initialWeights(model, 1) };
    expect(() => fusedAverage([network, network])).to.throw('connections among its own units');
  });
});
