/** FedDyn by hand, and the property that it is for. */
import { expect } from 'chai';
import { runRounds, straggler, trainedWeights, type Setting } from './host.js';
import { points } from './quadratic.js';
import { create, twoPoints } from './two-points.js';

describe('FedDyn', () => {
  it('corrects clients by g_k and the server by h', () => {
    // α = 1, one step at η = ½. Round 1: θ = (2, 0) and (0, 4); h = −½ (2, 4); w = (1, 2) − h/1;
    // g₀ = −(2, 0), g₁ = −(0, 4).
    // Round 2, client 0 alone: gradient (2 − 4, 4) − g₀ = (0, 4), θ = (2, 2), Δ = (0, −2);
    // h = (−1, −2) − ½ (0, −2); w = (2, 2) + (1, 1). Round 3: gradient (−1, 3) − g₀ with
    // g₀ = (−2, 0) − (0, −2): (1, 1), θ = (2.5, 2.5), Δ = −(½, ½); h = (−1, −1) + ¼; w = 2.5 + ¾.
    const setting: Setting = { ...twoPoints, answers: (client, round) => round === 0 || client === 0 };
    const { trace } = runRounds(create('feddyn', { alpha: 1 }), setting, 3);
    expect(trace[0].state).to.deep.include({ weights: Float32Array.of(2, 4) });
    expect(trace[1].state).to.deep.include({ weights: Float32Array.of(3, 3) });
    expect(trace[2].state).to.deep.include({
      weights: Float32Array.of(3.25, 3.25),
      own: { h: Float32Array.of(-0.75, -0.75), clients: 2 },
    });
  });

  it('clips gradients where asked to', () => {
    // A gradient of norm 4 clipped to 1, then one step at η = ½: θ = ½, h = −½·½·α, w = ½ + ¼.
    const algorithm = create('feddyn', { alpha: 1, clip: 1 });
    const { state } = runRounds(algorithm, { ...twoPoints, available: () => [0] }, 1);
    expect(state).to.deep.include({ weights: Float32Array.of(0.75, 0) });
  });

  it('ends at the optimum of the mean loss although clients do unequal work', () => {
    // Uniform weights: the optimum is ((4 + 0)/2, (0 + 8)/2); FedAvg over equal shards ends elsewhere.
    const setting: Setting = {
      ...twoPoints,
      shards: [points([4, 0]), points([0, 8])],
      localAmount: straggler(1),
    };
    const options = { amount: { epochs: 8 }, optimizer: { learningRate: 0.05 } };
    const distance = (kind: string, extra: object = {}) => {
      const [x, y] = trainedWeights(create(kind, { ...options, ...extra }), setting, 400);
      return Math.hypot(x - 2, y - 4);
    };
    expect(distance('fedavg')).to.be.greaterThan(1);
    expect(distance('feddyn', { alpha: 0.5 })).to.be.lessThan(1e-4);
  });
});
