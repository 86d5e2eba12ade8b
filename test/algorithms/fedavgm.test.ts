/** FedAvgM by hand: client 0 alone, one step at η = ½, so that Δ̄ = ½ (4 − w). */
import { expect } from 'chai';
import { create, only, path } from './two-points.js';

describe('FedAvgM', () => {
  it('lets the server roll on', () => {
    // β = ½. Δ̄ = 2, v = 2, w = 2. Δ̄ = 1, v = 1 + 1, w = 4. Δ̄ = 0, v = 1, w = 5.
    expect(path(create('fedavgm', { serverMomentum: 0.5 }), only(0), 3)).to.deep.equal([
      [2, 0],
      [4, 0],
      [5, 0],
    ]);
  });

  it("steps by Δ̄ + β v in Nesterov's form", () => {
    // Δ̄ = 2, v = 2, w = 2 + 1. Δ̄ = ½, v = 1.5, w = 3 + ½ + ¾.
    const algorithm = create('fedavgm', { serverMomentum: 0.5, serverNesterov: true });
    expect(path(algorithm, only(0), 2)).to.deep.equal([
      [3, 0],
      [4.25, 0],
    ]);
  });

  it('scales by the rate of the server', () => {
    // Δ̄ = 2, w = ¼·2. Δ̄ = 1.75, v = 2.75, w = ½ + ¼·2.75.
    const algorithm = create('fedavgm', { serverMomentum: 0.5, serverLearningRate: 0.25 });
    expect(path(algorithm, only(0), 2)).to.deep.equal([
      [0.5, 0],
      [1.1875, 0],
    ]);
  });

  it('does not roll on in a round that nobody answered', () => {
    const silent = { ...only(0), answers: (_client: number, round: number) => round === 0 };
    expect(path(create('fedavgm'), silent, 2)).to.deep.equal([
      [2, 0],
      [2, 0],
    ]);
  });
});
