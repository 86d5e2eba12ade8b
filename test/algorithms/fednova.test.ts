/** FedNova by hand, its ‖a‖₁ against closed forms and impulse responses, and what it is for. */
import { expect } from 'chai';
import fc from 'fast-check';
import { coefficientSum, type Accumulation } from '../../algorithms/accumulation.js';
import { straggler, trainedWeights } from './host.js';
import { create, only, path, twoPoints } from './two-points.js';

const plain: Accumulation = { momentum: 0, nesterov: false, pull: 0, relativeRate: () => 1 };

/** Client 0 does all its epochs, client 1 only the first. */
const straggling = {
  ...twoPoints,
  localAmount: straggler(1),
};

describe('FedNova', () => {
  it('averages directions and scales them by the mean number of steps', () => {
    // Two epochs at η = ½: Δ₀ = (3, 0) in 2 steps; client 1 straggles: Δ₁ = (0, 4) in 1 step. p = ¼, ¾:
    // mean direction (¼·1.5, ¾·4), τ_eff = ¼·2 + ¾·1 = 1.25.
    expect(path(create('fednova', { amount: { epochs: 2 } }), straggling, 1)).to.deep.equal([
      [0.46875, 3.75],
    ]);
  });

  it('counts coefficients, or steps, under momentum', () => {
    // ρ = ½, two steps: a = (1 + ½) + 1. Δ₀: v = −4, w = 2; v = −2 − 2, w = 4. So 4, or 2·4/2.5.
    const options = { amount: { epochs: 2 }, optimizer: { learningRate: 0.5, momentum: 0.5 } };
    expect(path(create('fednova', options), only(0), 1)[0][0]).to.be.closeTo(4, 1e-6);
    const bySteps = create('fednova', { ...options, effectiveSteps: 'steps' });
    expect(path(bySteps, only(0), 1)[0][0]).to.be.closeTo(3.2, 1e-6);
  });

  const schedules = [
    { kind: 'exponential', decay: 0.5 },
    { kind: 'exponential', decay: 0.5, per: 'step' },
    { kind: 'step', factor: 0.1, every: 2, per: 'step' },
    { kind: 'linear', over: 4, floor: 0.1, warmup: 2 },
    { kind: 'cosine', over: 3, per: 'step' },
    { kind: 'cosine', over: 2 },
  ];
  for (const schedule of schedules) {
    it(`follows ${JSON.stringify(schedule)}: steps, coefficients and FedAvg agree for plain SGD`, () => {
      // As many steps at every client, and at the end of some schedules a rate of 0.
      const options = { amount: { epochs: 3 }, optimizer: { learningRate: 0.5, schedule } };
      const expected = path(create('fedavg', options), twoPoints, 4).flat();
      for (const effectiveSteps of ['steps', 'coefficients']) {
        const found = path(create('fednova', { ...options, effectiveSteps }), twoPoints, 4).flat();
        found.forEach((weight, i) => expect(weight, effectiveSteps).to.be.closeTo(expected[i], 1e-5));
      }
    });

    it(`follows ${JSON.stringify(schedule)}: steps and coefficients agree where clients straggle`, () => {
      const options = { amount: { epochs: 3 }, optimizer: { learningRate: 0.5, schedule } };
      const [steps, coefficients] = ['steps', 'coefficients'].map((effectiveSteps) =>
        path(create('fednova', { ...options, effectiveSteps }), straggling, 4).flat(),
      );
      expect(steps).to.deep.equal(coefficients);
    });
  }

  it('counts the coefficients of a proximal term', () => {
    // η = ½, μ = 1, two steps: a = (1 − ½)·1 + 1. Δ₀: 2, where (2 − 4) + 1·2 = 0; 2·2/1.5 by steps.
    const options = { amount: { epochs: 2 }, mu: 1, effectiveSteps: 'steps' };
    expect(path(create('fednova', options), only(0), 1)[0][0]).to.be.closeTo(8 / 3, 1e-6);
  });

  it('has momentum at the server on top of that', () => {
    // Client 0 alone, one step: Δ̄ = 2, then ½·2 + 1.
    expect(path(create('fednova', { serverMomentum: 0.5 }), only(0), 2)).to.deep.equal([
      [2, 0],
      [4, 0],
    ]);
  });

  it('ends at the optimum of the whole where FedAvg ends nearer to who works more', () => {
    // The optimum is ¼·(4, 0) + ¾·(0, 8) = (1, 6). FedAvg's fixed point has client 0 at some
    // 8/(8 + 3·1) instead of 1/(1 + 3); FedNova's is off by the curvature of the clients' paths only.
    const options = { amount: { epochs: 8 }, optimizer: { learningRate: 0.01 } };
    const distance = (kind: string) => {
      const [x, y] = trainedWeights(create(kind, options), straggling, 800);
      return Math.hypot(x - 1, y - 6);
    };
    expect(distance('fedavg')).to.be.greaterThan(3);
    expect(distance('fednova')).to.be.lessThan(0.1);
  });
});

describe("FedNova's ‖a‖₁", () => {
  const steps = fc.integer({ min: 1, max: 60 });

  it('has the closed forms of the paper', () => {
    fc.assert(
      fc.property(steps, fc.double({ min: 0.01, max: 0.95, noNaN: true }), (tau, x) => {
        expect(coefficientSum(plain, tau)).to.equal(tau);
        const momentum = (tau - (x * (1 - x ** tau)) / (1 - x)) / (1 - x);
        expect(coefficientSum({ ...plain, momentum: x }, tau) / momentum).to.be.closeTo(1, 1e-10);
        const proximal = (1 - (1 - x) ** tau) / x;
        expect(coefficientSum({ ...plain, pull: x }, tau) / proximal).to.be.closeTo(1, 1e-10);
      }),
    );
  });

  it('is the sum of the relative rates where these decay', () => {
    expect(coefficientSum({ ...plain, relativeRate: (step) => 1 / (step + 1) }, 3)).to.be.closeTo(
      11 / 6,
      1e-12,
    );
  });

  it('is the sum over the steps of how far a lone gradient of one carries the weights', () => {
    const settings = fc.record({
      momentum: fc.double({ min: 0, max: 0.9, noNaN: true }),
      nesterov: fc.boolean(),
      pull: fc.double({ min: 0, max: 0.001, noNaN: true }),
      decay: fc.double({ min: 0.9, max: 1, noNaN: true }),
    });
    const carried = (at: number, tau: number, { momentum, nesterov, pull, decay }: Settings) => {
      let moved = 0;
      let velocity = 0;
      for (let step = 0; step < tau; step++) {
        const gradient = (step === at ? 1 : 0) - pull * moved;
        velocity = momentum * velocity + gradient;
        moved += decay ** step * (nesterov ? gradient + momentum * velocity : velocity);
      }
      return moved;
    };
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 20 }), ({ decay, ...rest }, tau) => {
        let sum = 0;
        for (let at = 0; at < tau; at++) sum += Math.abs(carried(at, tau, { decay, ...rest }));
        const accumulated = coefficientSum({ ...rest, relativeRate: (step) => decay ** step }, tau);
        expect(accumulated / sum).to.be.closeTo(1, 1e-10);
      }),
    );
  });
});

type Settings = Omit<Accumulation, 'relativeRate'> & { readonly decay: number };
