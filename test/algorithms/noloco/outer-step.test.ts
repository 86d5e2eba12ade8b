/** NoLoCo's outer step by hand: a golden vector computed apart, its identities, and partners that are lost. */
import { expect } from 'chai';
import { gossiper, hostOf, type Host, type Setting } from '../gossip/host.js';
import { constants, halfway, pulledTo, weightsOf } from '../gossip/points.js';

const complete = { kind: 'complete' };
const noloco = (options: object = {}) => gossiper({ kind: 'noloco', ...halfway, ...options });

/** A point of one number for each replica, and where each starts; a round's training goes half the way. */
const pulled = (targets: readonly number[], starts: readonly number[], more: Partial<Setting> = {}) =>
  pulledTo(
    targets.map((target) => [target]),
    complete,
    { weights: starts.map((start) => Float32Array.of(start)), ...more },
  );

function near(values: readonly (readonly number[])[], expected: readonly number[], within = 1e-6): void {
  expect(values).to.have.length(expected.length);
  expected.forEach((value, i) => expect(values[i][0]).to.be.closeTo(value, within));
}

const momenta = (host: Host) => host.nodes.map(({ vectors }) => [...(vectors.get('momentum') ?? [])]);

describe('noloco, the outer step', () => {
  for (const exchange of ['overlapped', 'combined']) {
    it(`is the golden vector's, ${exchange}`, () => {
      // Targets 0 and 1: θ = (0.5, 2).
      const host = hostOf(noloco({ communication: exchange }), pulled([0, 1], [1, 3]));
      [0.2, -0.4].forEach((momentum, node) =>
        host.nodes[node].vectors.set('momentum', Float32Array.of(momentum)),
      );
      host.rounds(1);
      near(momenta(host), [0.275, -1.425]);
      near(weightsOf(host), [1.275, 1.575]);
    });
  }

  it('is the same with half the bytes, up to rounding', () => {
    const run = (exchange: string) =>
      hostOf(noloco({ communication: exchange }), pulled([3, -1, 4, 1, -5], [9, 2, 6, -5, 3])).rounds(12);
    const [two, one] = [run('overlapped'), run('combined')];
    near(
      weightsOf(one),
      weightsOf(two).map(([weight]) => weight),
      2e-5,
    );
    expect(two.sent.length).to.equal(2 * one.sent.length);
    for (const { vectors } of [...one.sent, ...two.sent]) expect(vectors.size).to.equal(1);
  });

  it('sends φ before it trains and Δ after', () => {
    const algorithm = noloco();
    const { effects } = algorithm.wake(null, hostOf(algorithm, pulled([0, 1], [1, 3])).view(0));
    const order = effects.map((effect) => {
      if (effect.kind === 'send') return effect.vectors[0];
      return effect.kind === 'combine' ? `into ${effect.into}` : effect.kind;
    });
    expect(order).to.deep.equal(['into slow', 'slow', 'train', 'into snapshot', 'into delta', 'delta']);
  });

  it('in a group of all, from equal weights, with α = 0 and β = 1, is the uniform average (D2.7)', () => {
    const setting = pulled([8, -4, 2, 6], [1, 1, 1, 1]);
    const options = { groupSize: 4, alpha: 0, beta: 1 };
    // θ = 4.5, −1.5, 1.5, 3.5
    near(weightsOf(hostOf(noloco(options), setting).rounds(1)), [2, 2, 2, 2]);
    const averaged = hostOf(gossiper({ kind: 'local-sgd', ...halfway }), setting).rounds(5);
    near(
      weightsOf(hostOf(noloco(options), setting).rounds(5)),
      weightsOf(averaged).map(([weight]) => weight),
    );
  });

  it('in a group of all, from equal weights, is heavy-ball DiLoCo', () => {
    const setting = pulled([8, -4, 2, 6], [1, 1, 1, 1]);
    const heavy = { outerOptimizer: 'heavyball', outerLearningRate: 0.7, outerMomentum: 0.5 };
    const diloco = hostOf(gossiper({ kind: 'diloco', ...halfway, ...heavy }), setting).rounds(6);
    near(
      weightsOf(hostOf(noloco({ groupSize: 4 }), setting).rounds(6)),
      weightsOf(diloco).map(([weight]) => weight),
      1e-5,
    );
  });

  it('takes the mean over groups of three', () => {
    const host = hostOf(
      noloco({ groupSize: 3, alpha: 0, beta: 1, gamma: 0.5 }),
      pulled([0, 0, 0, 0, 0, 0], [1, 2, 4, 8, 16, 32]),
    );
    host.rounds(1);
    const start = [1, 2, 4, 8, 16, 32];
    const partners = start.map((_, node) => [
      ...new Set(host.sent.filter(({ from }) => from === node).map(({ to }) => to)),
    ]);
    const expected = start.map((phi, node) => {
      expect(partners[node]).to.have.length(2);
      for (const other of partners[node]) {
        expect([node, ...partners[node]]).to.have.members([other, ...partners[other]]);
      }
      const mean = [node, ...partners[node]].reduce((sum, other) => sum + start[other], 0) / 3;
      // Δ = −φ/2
      return phi - 0.5 * mean - 0.5 * (phi - mean);
    });
    near(weightsOf(host), expected, 1e-5);
  });

  it('goes on alone where a partner is lost, and counts it', () => {
    const setting = pulled([0, 1], [1, 3], { loses: (from) => from === 0 });
    const host = hostOf(noloco(), setting).rounds(1);
    // Alone: φ + βΔ = 3 − 0.7. The other has heard everything: 1 + 0.35 · (−1.5) − 0.7 · (1 − 2).
    near(weightsOf(host), [1.175, 2.3]);
    const view = host.view(1);
    expect(noloco().receive(null, [], view).counts).to.deep.equal({ alone: 1, lostPartners: 1 });
    const half = { from: 0, round: 1, sequence: 0, header: { slow: 1 } };
    expect(noloco().receive(null, [half], view).counts).to.deep.equal({ alone: 1, lostPartners: 1 });
    const rest = { ...half, sequence: 1, header: { delta: 1 } };
    expect(noloco().receive(null, [half, rest], view).counts).to.deep.equal({ alone: 0, lostPartners: 0 });
  });

  it('trains with clipped gradients', () => {
    const host = hostOf(noloco({ clip: 1 }), pulled([0, 0], [8, 8])).rounds(1);
    // The gradient 8 becomes 1: Δ = −½.
    near(weightsOf(host), [7.65, 7.65]);
  });

  it('draws replicas together with γ, and lets them stay apart without', () => {
    const apart = (gamma: number) => {
      const setting = pulledTo(
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        complete,
        {
          weights: constants(0, 4, 8, 12),
        },
      );
      const still = { optimizer: { learningRate: 1e-12 }, allowUnstable: true, gamma };
      const weights = weightsOf(hostOf(noloco(still), setting).rounds(60)).map(([weight]) => weight);
      return Math.max(...weights) - Math.min(...weights);
    };
    expect(apart(0.7)).to.be.lessThan(1e-3);
    expect(apart(0)).to.be.closeTo(12, 1e-4);
  });
});
