/** Permuting, spreading and taking back units: the function stays, or its entries are where they belong. */
import { expect } from 'chai';
import fc from 'fast-check';
import { buildModel } from '../../learning/index.js';
import { applyPermutations, gatherUnits, reconstruct, spreadUnits } from '../../matching/permute.js';
import { signatures } from '../../matching/signatures.js';
import { widthsOf } from '../../matching/unit-axes.js';
import { unitRows, writeUnitRows } from '../../matching/unit-rows.js';
import { distance, perceptron, permuted, randomPermutations } from './networks.js';

/** 2 inputs, 2 hidden units, 2 classes; unit u has incoming weights (10 + u, 20 + u) and bias 30 + u. */
const small = {
  model: buildModel({
    input: [2],
    layers: [
      { kind: 'dense', units: 2, activation: 'relu' },
      { kind: 'dense', units: 2, activation: 'none' },
    ],
  }),
  weights: Float32Array.of(10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61),
};

describe('permuting units', () => {
  it('moves rows and columns where they belong', () => {
    const spread = spreadUnits(small, 0, [2, 0], 3);
    expect(widthsOf(spread.model)).to.deep.equal([3, 2]);
    expect([...spread.weights]).to.deep.equal([
      ...[11, 0, 10, 21, 0, 20, 31, 0, 30],
      ...[50, 51, 0, 0, 40, 41, 60, 61],
    ]);
    expect([...gatherUnits(spread, 0, [2, 0]).weights]).to.deep.equal([...small.weights]);
  });

  it('keeps the function, at any depth and any widths', () => {
    const widths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(widths, fc.nat(), (layers, seed) => {
        const network = perceptron(3, layers, seed);
        expect(distance(permuted(network, seed), network)).to.be.below(1e-12);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('keeps the function in a wider network, and is undone by the assignments', () => {
    const network = perceptron(4, [5, 3, 2], 7);
    const assignments = [
      [6, 0, 3, 1, 4],
      [2, 4, 0],
    ];
    const wide = assignments.reduce((wider, to, layer) => spreadUnits(wider, layer, to, 7), network);
    expect(widthsOf(wide.model)).to.deep.equal([7, 7, 2]);
    expect(distance(wide, network)).to.be.below(1e-12);
    const back = reconstruct(wide, assignments);
    expect(back.model).to.deep.equal(network.model);
    expect(back.weights).to.deep.equal(network.weights);
  });

  it('refuses what is no permutation with a sentence', () => {
    const { model, weights } = perceptron(3, [3, 4, 2], 1);
    const [first, second] = randomPermutations(model, 1);
    expect(() => applyPermutations(model, weights, [first])).to.throw(
      RangeError,
      'layer 2 has 4 units, its permutation 0 positions',
    );
    expect(() => applyPermutations(model, weights, [first, first])).to.throw(/layer 2 has 4 units/);
    expect(() => applyPermutations(model, weights, [[0, 1, 1], second])).to.throw(
      RangeError,
      'unit 2 of layer 1 is sent to position 1',
    );
    expect(() => applyPermutations(model, weights, [[0, 1, 3], second])).to.throw(/position 3/);
    expect(() => gatherUnits({ model, weights }, 2, [1, 0])).to.throw(/layer 3 has no hidden units/);
  });
});

describe('signatures', () => {
  it('are incoming weights, bias and, where asked for, outgoing weights', () => {
    expect(signatures(small, 0)).to.deep.equal({
      rows: [Float64Array.of(10, 20, 30), Float64Array.of(11, 21, 31)],
      biases: [2],
      belief: new Float64Array(0),
    });
    expect(signatures(small, 0, [0.25, 0.75])).to.deep.equal({
      rows: [Float64Array.of(10, 20, 30, 40, 41), Float64Array.of(11, 21, 31, 50, 51)],
      biases: [2],
      belief: Float64Array.of(0.25, 0.75),
    });
  });

  it('are written back to where they came from', () => {
    const network = perceptron(3, [4, 5, 2], 2);
    const copy = { ...network, weights: new Float32Array(network.weights.length) };
    for (const layer of [0, 1]) writeUnitRows(copy, layer, 'own', signatures(network, layer).rows);
    const last = network.model.manifest.tensors[4].offset;
    expect(copy.weights.subarray(0, last)).to.deep.equal(network.weights.subarray(0, last));
    writeUnitRows(copy, 1, 'next', unitRows(network, 1, 'next'));
    writeUnitRows(copy, 2, 'both', unitRows(network, 2, 'both'));
    expect(copy.weights).to.deep.equal(network.weights);
  });
});
