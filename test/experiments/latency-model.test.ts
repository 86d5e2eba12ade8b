/** The two Monte-Carlo tables of NoLoCo's network model (its section 5.3), and closed forms where there are any. */
import { expect } from 'chai';
import {
  allReduceRatio,
  blockingTimes,
  messageTimes,
  outerStepTimes,
  pairTime,
  treeAllReduceTime,
} from '../../experiments/latency-model.js';

describe('the latency model', () => {
  it('takes 2 log₂ N message times for a tree and 2 for a pair where all messages take the same', () => {
    const message = messageTimes(0, 1);
    for (const [nodes, levels] of [
      [2, 1],
      [16, 4],
      [1024, 10],
    ]) {
      expect(treeAllReduceTime(nodes, message)).to.be.closeTo(2 * levels, 1e-9);
    }
    expect(pairTime(message)).to.be.closeTo(2, 1e-9);
    expect(() => treeAllReduceTime(6, message)).to.throw('power of two');
  });

  it('has messages of mean 1, and pairs that wait as the paper says: (1 + erf(σ/2)) exp(μ + σ²/2)', () => {
    const message = messageTimes(1, 2);
    const count = 200_000;
    let [single, pair] = [0, 0];
    for (let i = 0; i < count; i++) {
      single += message();
      pair += pairTime(message);
    }
    expect(single / count).to.be.closeTo(1, 0.01);
    // σ² = ln 2, erf(σ/2) = erf(0.41628) = 0.44394
    expect(pair / count).to.be.closeTo(2 * 1.44394, 0.03);
  });

  const table: Record<number, readonly (readonly [nodes: number, ratio: number])[]> = {
    0: [
      [4, 2],
      [16, 4],
      [64, 6],
      [256, 8],
      [1024, 10],
    ],
    0.5: [
      [4, 2.1],
      [16, 4.5],
      [64, 7.1],
      [256, 9.8],
      [1024, 12.4],
    ],
    1: [
      [4, 2.3],
      [16, 5.1],
      [64, 8.7],
      [256, 12.6],
      [1024, 17.1],
    ],
    1.5: [
      [16, 5.7],
      [64, 10.3],
      [256, 16.3],
      [1024, 23.2],
    ],
    // Rarer, longer messages: only what a Monte Carlo of some thousand draws knows to 5 %.
    2: [
      [4, 2.4],
      [16, 6.6],
    ],
    2.5: [
      [16, 6.8],
      [64, 13.6],
      [256, 25],
      [1024, 38.8],
    ],
  };
  for (const [spread, row] of Object.entries(table)) {
    it(`has the ratio of tree all-reduce and pair, for a spread of ${spread}`, () => {
      for (const [nodes, ratio] of row) {
        const ours = allReduceRatio(nodes, Number(spread), Math.ceil(100_000 / nodes), 1);
        expect(ours / ratio).to.be.closeTo(1, 0.05);
      }
    });
  }

  const blocking: Record<number, readonly (readonly [innerSteps: number, ratio: number])[]> = {
    4: [
      [10, 1.06],
      [25, 1.03],
      [50, 1.03],
      [100, 1.02],
    ],
    16: [
      [10, 1.2],
      [25, 1.14],
      [50, 1.1],
      [100, 1.08],
    ],
    64: [
      [10, 1.39],
      [25, 1.24],
      [50, 1.15],
      [100, 1.11],
    ],
    256: [
      [10, 1.54],
      [25, 1.33],
      [50, 1.21],
      [100, 1.16],
    ],
    1024: [
      [10, 1.72],
      [25, 1.43],
    ],
  };
  for (const [replicas, row] of Object.entries(blocking)) {
    it(`has the ratio of waiting for all and for a partner: ${replicas} replicas`, () => {
      for (const [innerSteps, ratio] of row) {
        const times = blockingTimes({ replicas: Number(replicas), innerSteps, outerSteps: 100, seed: 1 });
        expect(times.all / times.pairs / ratio).to.be.closeTo(1, 0.05);
        expect(times.idlePairs).to.be.greaterThan(0).and.lessThan(times.idleAll);
      }
    });
  }
});

describe('the times of outer steps', () => {
  const pace = { replicas: 16, innerSteps: 50, outerSteps: 40, seed: 1, spread: 0 };

  it('differ by 2 τ log₂ N and τ from those without messages, where all messages take the same', () => {
    const times = (waiting: 'all' | 'pairs', message: number) =>
      outerStepTimes(waiting, { ...pace, message });
    const [none, some] = [0, 10].map((message) => times('all', message));
    for (const [step, time] of some.entries()) expect(time - none[step]).to.be.closeTo(80 * (step + 1), 1e-9);
    const [alone, exchanging] = [0, 10].map((message) => times('pairs', message));
    // One message an outer step is waited for, but by the replica that is behind its partner by more than it takes.
    const each = (exchanging[39] - alone[39]) / 40;
    expect(each).to.be.within(7, 10);
  });

  it('are those of waiting for all and for a partner, where messages take no time', () => {
    const { all, pairs } = blockingTimes({ ...pace });
    const scale = Math.exp(1.25);
    expect(outerStepTimes('all', { ...pace, message: 0 })[39]).to.be.closeTo(all / scale, 1e-6);
    expect(outerStepTimes('pairs', { ...pace, message: 0 })[39]).to.be.closeTo(pairs / scale, 1e-6);
  });
});
