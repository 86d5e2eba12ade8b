/** D-PSGD by hand, and against all-reduce SGD on the complete graph. */
import { expect } from 'chai';
import { gossiper, hostOf } from './host.js';
import { constants, halfway, pulledTo, weightsOf } from './points.js';

const ring = { kind: 'ring' };
const complete = { kind: 'complete' };
const targets = [
  [8, 0],
  [0, 4],
  [0, 0],
  [4, 4],
];

describe('d-psgd', () => {
  it('mixes the models that were sent and adds the step from the old one', () => {
    // On a ring of three, W = 1/3 throughout: every mean is 4. The step is ½ (target − old).
    const setting = pulledTo(
      [
        [9, 9],
        [3, 3],
        [0, 0],
      ],
      ring,
      { weights: constants(3, 3, 6) },
    );
    const host = hostOf(gossiper({ kind: 'd-psgd', ...halfway }), setting).rounds(1);
    expect(weightsOf(host).flat()).to.deep.equal([7, 7, 4, 4, 1, 1]);
  });

  it('or trains first, and mixes what came of it', () => {
    // After the step: 6, 3, 3.
    const setting = pulledTo(
      [
        [9, 9],
        [3, 3],
        [0, 0],
      ],
      ring,
      { weights: constants(3, 3, 6) },
    );
    const algorithm = gossiper({ kind: 'd-psgd', order: 'adapt-then-combine', ...halfway });
    for (const weight of weightsOf(hostOf(algorithm, setting).rounds(1)).flat())
      expect(weight).to.be.closeTo(4, 1e-6);
  });

  for (const order of ['combine-then-adapt', 'adapt-then-combine']) {
    it(`is all-reduce SGD on the complete graph of models that agree: ${order}`, () => {
      const host = hostOf(gossiper({ kind: 'd-psgd', order, ...halfway }), pulledTo(targets, complete));
      // The mean of the nodes follows w ← ½ w + ½ (3, 2).
      for (const factor of [0.5, 0.75, 0.875]) {
        host.rounds(1);
        const weights = weightsOf(host);
        [3, 2].forEach((target, i) => {
          const mean = weights.reduce((sum, w) => sum + w[i], 0) / 4;
          expect(mean).to.be.closeTo(factor * target, 1e-6);
          if (order === 'adapt-then-combine') {
            for (const w of weights) expect(w[i]).to.be.closeTo(factor * target, 1e-6);
          }
        });
      }
    });
  }

  it('takes its weights from the mixing matrix', () => {
    // A path of three with Metropolis–Hastings weights 1/3: the ends keep 2/3.
    const setting = pulledTo(
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      { kind: 'path' },
      {
        weights: constants(3, 6, 0),
        mixing: { kind: 'metropolis-hastings' },
      },
    );
    const still = { ...halfway, optimizer: { learningRate: 1e-9 } };
    const host = hostOf(gossiper({ kind: 'd-psgd', ...still }), setting).rounds(1);
    [4, 3, 2].forEach((value, node) => expect(host.weights(node)[0]).to.be.closeTo(value, 1e-5));
  });

  it('gives the share of a message that was lost to the own model', () => {
    const setting = pulledTo(
      [
        [3, 3],
        [3, 3],
        [6, 6],
      ],
      ring,
      {
        weights: constants(3, 3, 6),
        loses: (from, to) => from === 2 && to === 0,
      },
    );
    const host = hostOf(gossiper({ kind: 'd-psgd', ...halfway }), setting).rounds(1);
    expect(weightsOf(host).flat()).to.deep.equal([3, 3, 4, 4, 4, 4]);
  });
});
