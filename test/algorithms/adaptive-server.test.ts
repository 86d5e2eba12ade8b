/** FedAdagrad, FedAdam and FedYogi by hand: client 0 alone, one step at η = ½, so that Δ̄ = ½ (4 − w). */
import { expect } from 'chai';
import { create, only, path } from './two-points.js';

/** The first coordinate after each of two rounds; the second has no gradient and must stay 0. */
function firstCoordinates(kind: string, options: object): number[] {
  const weights = path(create(kind, { tau: 1, ...options }), only(0), 2);
  expect(weights.map(([, second]) => second)).to.deep.equal([0, 0]);
  return weights.map(([first]) => first);
}

describe('FedAdagrad', () => {
  it('divides by the root of the sum of squares', () => {
    // v = 0 + 4, w = 3·2/(2 + 1). Then Δ̄ = 1, v = 5.
    const [first, second] = firstCoordinates('fedadagrad', { initialV: 0, serverLearningRate: 3 });
    expect(first).to.equal(2);
    expect(second).to.be.closeTo(2 + 3 / (Math.sqrt(5) + 1), 1e-6);
  });

  it('starts from v = τ²', () => {
    // τ = 2: v = 4 + 4.
    const [first] = firstCoordinates('fedadagrad', { tau: 2, serverLearningRate: 1 });
    expect(first).to.be.closeTo(2 / (Math.sqrt(8) + 2), 1e-6);
  });
});

describe('FedAdam', () => {
  const options = { beta1: 0.5, beta2: 0.75, initialV: 0, serverLearningRate: 4 };

  it('divides the mean step by the root of the mean square', () => {
    // Δ̄ = 2: m = 1, v = 1, w = 4·1/(1 + 1). Δ̄ = 1: m = ½ + ½, v = ¾ + ¼, w = 2 + 2.
    expect(firstCoordinates('fedadam', options)).to.deep.equal([2, 4]);
  });

  it('corrects the bias of both where asked to', () => {
    // √(1 − ¾)/(1 − ½) = 1; then √(1 − 9/16)/(1 − ¼).
    const [first, second] = firstCoordinates('fedadam', { ...options, biasCorrection: true });
    expect(first).to.equal(2);
    expect(second).to.be.closeTo(2 + (2 * Math.sqrt(7 / 16)) / 0.75, 1e-6);
  });
});

describe('FedYogi', () => {
  it('moves v by the size of the square, towards it', () => {
    // Δ̄ = 2: v = 10 − ¼·4 = 9, m = 1, w = 4·1/(3 + 1). Δ̄ = 1.5: v = 9 − ¼·2.25, m = ½ + ¾.
    const options = { beta1: 0.5, beta2: 0.75, initialV: 10, serverLearningRate: 4 };
    const [first, second] = firstCoordinates('fedyogi', options);
    expect(first).to.equal(1);
    expect(second).to.be.closeTo(1 + (4 * 1.25) / (Math.sqrt(8.4375) + 1), 1e-6);
  });

  it('raises v where the square is larger', () => {
    // Δ̄ = 2: v = 0 + ¼·4, m = 1, w = 1·1/(1 + 1).
    const options = { beta1: 0.5, beta2: 0.75, initialV: 0, serverLearningRate: 1 };
    expect(firstCoordinates('fedyogi', options)[0]).to.equal(0.5);
  });
});
