/** FedProx by hand. */
import { expect } from 'chai';
import { runRounds, straggler } from './host.js';
import { create, only, path, twoPoints } from './two-points.js';

describe('FedProx', () => {
  it('holds clients back by μ (w − w_t)', () => {
    // Client 0, η = ½, μ = 1: 0 → 2, where the gradient (2 − 4) + 1·(2 − 0) is zero. Client 1: 0 → 4 → 4.
    expect(path(create('fedprox', { mu: 1, amount: { epochs: 2 } }), twoPoints, 1)).to.deep.equal([[0.5, 3]]);
  });

  it('keeps what stragglers did', () => {
    // Client 1 does one epoch at μ = ½: 4. Client 0 does two: 2, then 2 − ½ (−2 + ½·2) = 2.5.
    const straggling = {
      ...twoPoints,
      localAmount: straggler(1),
    };
    expect(path(create('fedprox', { mu: 0.5, amount: { epochs: 2 } }), straggling, 1)).to.deep.equal([
      [0.625, 3],
    ]);
  });

  const strengths = (options: object, rounds: number) => {
    const algorithm = create('fedprox', { mu: 0.15, adaptive: true, ...options });
    return runRounds(algorithm, only(0), rounds).trace.map(({ state }) => algorithm.report?.(state).mu);
  };

  it('raises μ in each round in which the loss rose', () => {
    // At η = 2.5 each step goes from w − x to −1.5 (w − x). The first round has no loss before it.
    const [first, second, third] = strengths({ optimizer: { learningRate: 2.5 } }, 3);
    expect(first).to.equal(0.15);
    expect(second).to.be.closeTo(0.25, 1e-12);
    expect(third).to.be.closeTo(0.35, 1e-12);
  });

  it('lowers μ, to zero at least, when the loss fell five times on end', () => {
    const mus = strengths({}, 11);
    expect(mus.slice(0, 5)).to.deep.equal([0.15, 0.15, 0.15, 0.15, 0.15]);
    expect(mus[5]).to.be.closeTo(0.05, 1e-12);
    expect(mus[9]).to.be.closeTo(0.05, 1e-12);
    expect(mus[10]).to.equal(0);
  });

  it('leaves μ alone unless it is adaptive', () => {
    expect(strengths({ adaptive: false }, 6)).to.deep.equal([0.15, 0.15, 0.15, 0.15, 0.15, 0.15]);
  });
});
