/** Networks merged at once: permuted copies give the network back, and what cannot be merged is refused. */
import { expect } from 'chai';
import {
  alignByTransport,
  completeMatchingOptions,
  fusedAverage,
  matchedAverage,
  matchWeights,
  plainAverage,
  rebasedAverage,
  spreadUnits,
  type Contribution,
  type Merged,
  type Network,
} from '../../matching/index.js';
import { buildModel, view } from '../../learning/index.js';
import { applyPermutations } from '../../matching/permute.js';
import { stream } from '../../numerics/index.js';
import { distance, forward, perceptron, permuted, probes, randomPermutations } from './networks.js';

const draw = () => stream(1, 'merging');
const pfnm = (networks: readonly Contribution[], options: object = {}) =>
  matchedAverage(networks, completeMatchingOptions(options), draw());

const shapes = { 'one hidden layer': [9, 4], 'three hidden layers': [12, 10, 8, 5] };

describe('networks merged at once', () => {
  for (const [name, widths] of Object.entries(shapes)) {
    describe(`ten permuted copies, ${name}`, () => {
      const network = perceptron(20, widths, 3);
      const copies = Array.from({ length: 10 }, (_, seed) => permuted(network, seed));

      for (const matcher of ['pfnm', 'spahm'] as const) {
        it(`are the network again by ${matcher}, every unit found in all ten`, () => {
          // A small variance of observations says that copies are close; units of one network are not.
          const result = pfnm(copies, { matcher, sigma: 0.01 });
          expect(distance(result, network)).to.be.below(1e-5);
          expect(result.report.widths).to.deep.equal(widths);
          expect(result.report.growth).to.deep.equal(widths.slice(0, -1).map(() => 1));
          result.matchings.forEach(({ popularity }, layer) => {
            expect([...popularity]).to.deep.equal(Array<number>(widths[layer]).fill(10));
          });
        });
      }

      it('are the network again by re-basin and by transport', () => {
        expect(distance(rebasedAverage(copies, draw()), network)).to.be.below(1e-5);
        for (const passes of [1, 2])
          expect(distance(fusedAverage(copies, { passes }), network)).to.be.below(1e-5);
      });

      it('are another network by plain averaging', () => {
        expect(distance(plainAverage(copies), network)).to.be.above(0.05);
      });
    });
  }

  it('re-basin finds the permutation again', () => {
    const network = perceptron(20, [12, 10, 8, 5], 3);
    const planted = randomPermutations(network.model, 5);
    const { permutations, weights } = matchWeights(network, permuted(network, 5), draw());
    permutations.forEach((to, layer) => {
      planted[layer].forEach((position, unit) => expect(to[position]).to.equal(unit));
    });
    expect(weights).to.deep.equal(network.weights);
    const again = applyPermutations(network.model, permuted(network, 5).weights, permutations);
    expect(again).to.deep.equal(network.weights);
  });

  it('transport between equal widths is a permutation', () => {
    const network = perceptron(20, [12, 10, 8, 5], 3);
    expect(alignByTransport(network, permuted(network, 5)).weights).to.deep.equal(network.weights);
    const other = perceptron(20, [12, 10, 8, 5], 4);
    expect(distance(alignByTransport(network, other), other)).to.be.below(1e-5);
  });

  it('transport gives a network of twins back: their outgoing weights add up', () => {
    const network = perceptron(6, [5, 4, 3], 2);
    const twins = perceptron(6, [10, 4, 3], 2);
    const [kernel, bias, nextKernel, ...rest] = network.model.manifest.tensors;
    const [wideKernel, wideBias, wideNext, ...wideRest] = twins.model.manifest.tensors;
    wideRest.forEach((tensor, index) => {
      const { offset, size } = rest[index];
      twins.weights.set(network.weights.subarray(offset, offset + size), tensor.offset);
    });
    for (let unit = 0; unit < 10; unit++) {
      const half = unit >> 1;
      for (let i = 0; i < 6; i++) {
        twins.weights[wideKernel.offset + i * 10 + unit] = network.weights[kernel.offset + i * 5 + half];
      }
      twins.weights[wideBias.offset + unit] = network.weights[bias.offset + half];
      for (let k = 0; k < 4; k++) {
        twins.weights[wideNext.offset + unit * 4 + k] = network.weights[nextKernel.offset + half * 4 + k] / 2;
      }
    }
    expect(distance(twins, network)).to.be.below(1e-6);
    const { model, weights } = alignByTransport(network, twins);
    expect(model).to.deep.equal(network.model);
    weights.forEach((x, i) => expect(x).to.be.closeTo(network.weights[i], 1e-7));
    // By the authors' T they are averaged, and half of it is left.
    const halved = alignByTransport(network, twins, 'mean').weights;
    view(halved, nextKernel).forEach((x, i) => {
      expect(x).to.be.closeTo(view(network.weights, nextKernel)[i] / 2, 1e-7);
    });
  });

  // By NumPy 2 and scipy.optimize.linprog, from the equations alone: cost ‖Ŵ_A[a] − W_B[b]‖ with the bias as one more
  // input, P the cheapest plan between uniform measures, W ← Tᵀ Ŵ with T = P · diag(1/ν); on the inputs of the next
  // layer T, or P · diag(1/μ). Of each tensor Σ (i + 1) wᵢ and Σ wᵢ².
  const references = {
    mean: [
      [35.35002, 3.771045],
      [1.496243, 0.171841],
      [68.946588, 3.771809],
      [1.117312, 0.333359],
      [40.482848, 4.49465],
      [1.157136, 0.230256],
      [-28.150325, 3.443091],
      [-0.27111, 0.347177],
    ],
    split: [
      [35.35002, 3.771045],
      [1.496243, 0.171841],
      [97.249814, 6.957506],
      [1.307226, 0.271817],
      [30.545411, 1.885848],
      [1.300562, 0.223398],
      [-35.711776, 5.406877],
      [-0.27111, 0.347177],
    ],
  };
  for (const outgoing of ['mean', 'split'] as const) {
    it(`transport between unequal widths is that of linear programming: outgoing weights by ${outgoing}`, () => {
      const { model, weights } = alignByTransport(
        perceptron(11, [5, 9, 4, 4], 2),
        perceptron(11, [7, 6, 5, 4], 1),
        outgoing,
      );
      model.manifest.tensors.forEach((tensor, index) => {
        const [moment, squares] = references[outgoing][index];
        const values = [...view(weights, tensor)];
        expect(values.reduce((sum, w, i) => sum + (i + 1) * w, 0)).to.be.closeTo(moment, 2e-5);
        expect(values.reduce((sum, w) => sum + w * w, 0)).to.be.closeTo(squares, 1e-5);
      });
    });
  }

  describe('matched averaging', () => {
    const [a, b] = [perceptron(6, [5, 3], 1), perceptron(6, [7, 3], 2)];

    it('of units that all stay apart is the class-weighted sum of logits', () => {
      const counts = [
        [30, 0, 0],
        [10, 20, 0],
      ];
      const parts = [a, b].map((network, index) => ({ ...network, classCounts: counts[index] }));
      const result = pfnm(parts, { gamma: 1e12 });
      expect(result.report).to.deep.equal({ widths: [12, 3], growth: [12 / 7] });
      for (const probe of probes(6)) {
        const [x, y, both] = [forward(a, probe), forward(b, probe), forward(result, probe)];
        expect(both[0]).to.be.closeTo(0.75 * x[0] + 0.25 * y[0], 1e-5);
        expect(both[1]).to.be.closeTo(y[1], 1e-5);
        // Nobody has the last class: equal weights.
        expect(both[2]).to.be.closeTo((x[2] + y[2]) / 2, 1e-5);
      }
    });

    it('takes networks of different widths, a wider copy among them', () => {
      const network = perceptron(20, [9, 8, 4], 6);
      const wide = spreadUnits(permuted(network, 1), 0, [10, 0, 2, 3, 4, 5, 6, 7, 9], 11);
      const result = pfnm([network, wide, permuted(network, 2)], { sigma: 0.01 });
      expect(result.report.widths).to.deep.equal([11, 8, 4]);
      expect(distance(result, network)).to.be.below(1e-5);
    });

    it('shrinks by c / (c + 1) as posterior means with equal variances', () => {
      const copies = [a, permuted(a, 1), permuted(a, 2)];
      const options = { estimate: 'map', biasPriorMean: 0, gamma: 1e-3 };
      const kernel = (network: Network) =>
        [...network.weights.subarray(0, 30)].map(Math.abs).sort((x, y) => x - y);
      const result = pfnm(copies, options);
      kernel(result).forEach((x, i) => expect(x).to.be.closeTo(0.75 * kernel(a)[i], 1e-6));
    });

    it('shrinks the last layer’s biases too, to their prior mean, where outgoing weights shrink', () => {
      const options = { estimate: 'map', gamma: 1e-3 };
      const biases = (network: Network) => [...network.weights.subarray(-3)];
      // 0.1 is the prior mean of a bias; shares of a class sum to 1, so that with σ = σ0 it counts as much as they do.
      biases(pfnm([a, permuted(a, 1)], options)).forEach((bias, k) => {
        expect(bias).to.be.closeTo((0.1 + biases(a)[k]) / 2, 1e-6);
      });
      biases(pfnm([a, permuted(a, 1)], { ...options, estimate: 'popularity-mean' })).forEach((bias, k) => {
        expect(bias).to.be.closeTo(biases(a)[k], 1e-6);
      });
    });

    it('keeps to the bound on growth', () => {
      const result = pfnm([a, b], { gamma: 1e12, maxWidthFactor: 1.2 });
      expect(result.report.widths).to.deep.equal([8, 3]);
    });
  });

  it('averages count by share', () => {
    const result = plainAverage([
      { ...perceptron(3, [2], 1), share: 3 },
      { ...perceptron(3, [2], 2), share: 1 },
    ]);
    const [first, second] = [perceptron(3, [2], 1), perceptron(3, [2], 2)];
    result.weights.forEach((x, i) => {
      expect(x).to.be.closeTo(0.75 * first.weights[i] + 0.25 * second.weights[i], 1e-7);
    });
  });

  it('a network without hidden layers is averaged class by class', () => {
    const parts = [1, 2].map((seed) => ({ ...perceptron(3, [2], seed), classCounts: [seed, 3 - seed] }));
    const { weights, report } = pfnm(parts);
    expect(report).to.deep.equal({ widths: [2], growth: [] });
    expect(weights[0]).to.be.closeTo((parts[0].weights[0] + 2 * parts[1].weights[0]) / 3, 1e-7);
    expect(rebasedAverage(parts, draw()).weights).to.deep.equal(plainAverage(parts).weights);
  });

  describe('refusals', () => {
    const network = perceptron(4, [5, 3], 1);
    const methods: Record<string, (networks: readonly Contribution[]) => Merged> = {
      'plain averaging': plainAverage,
      're-basin': (networks) => rebasedAverage(networks, draw()),
      transport: (networks) => fusedAverage(networks),
      'matched averaging': (networks) => pfnm(networks),
    };
    for (const [name, merge] of Object.entries(methods)) {
      it(`of ${name} name the network and the layer`, () => {
        expect(() => merge([])).to.throw('there are no networks to merge');
        expect(() => merge([network, perceptron(4, [5, 5, 3], 1)])).to.throw(
          'network 1 has 3 layers, network 0 has 2; only networks of one depth can be matched',
        );
        expect(() => merge([network, perceptron(3, [5, 3], 1)])).to.throw(
          'network 1 takes inputs of shape [3], network 0 of [4]',
        );
        expect(() => merge([network, perceptron(4, [5, 2], 1)])).to.throw(
          'network 1 tells 2 classes apart, network 0 3',
        );
        const linear = buildModel({
          input: [4],
          layers: [
            { kind: 'dense', units: 5, activation: 'none' },
            { kind: 'dense', units: 3, activation: 'none' },
          ],
        });
        expect(() => merge([network, { ...network, model: linear }])).to.throw(
          'layer 1 is dense (activation relu) in network 0 and dense (activation none) in network 1',
        );
        expect(() => merge([{ ...network, weights: new Float32Array(7) }])).to.throw(
          'network 0 has 7 weights, its model 43',
        );
      });
    }

    it('of unequal widths say what takes them', () => {
      const wider = perceptron(4, [6, 3], 1);
      for (const name of ['plain averaging', 're-basin']) {
        expect(() => methods[name]([network, wider])).to.throw(
          `${name} needs equal widths, but layer 1 has 5 units in network 0 and 6 in network 1`,
        );
      }
    });

    it('of clients without examples, and of class counts that only some have', () => {
      const full = { ...network, classCounts: [1, 2, 3] };
      expect(() => pfnm([full, { ...network, classCounts: [0, 0, 0] }])).to.throw(
        'network 1 has no examples (its class counts are [0, 0, 0]); leave it out',
      );
      expect(() => pfnm([full, network])).to.throw('network 1 has no class counts, others have');
    });

    it('of shares that cannot be averaged', () => {
      expect(() => plainAverage([{ ...network, share: 0 }])).to.throw(/shares .* some must be positive/);
      expect(() => plainAverage([network, { ...network, share: -0.5 }])).to.throw(/not be negative/);
    });
  });
});
