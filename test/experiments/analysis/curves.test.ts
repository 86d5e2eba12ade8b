import { expect } from 'chai';
import {
  areaUnder,
  commonSpan,
  curveOf,
  firstReaching,
  type Curve,
} from '../../../experiments/analysis/curve.js';
import { progressOf } from '../../../experiments/analysis/progress.js';
import { reachOf } from '../../../experiments/analysis/reach.js';
import { federated, gossip } from '../made-up-runs.js';

const curve = (...points: readonly (readonly [round: number, accuracy: number])[]): Curve =>
  points.map(([round, accuracy]) => ({
    round,
    accuracy,
    loss: 1,
    bytes: 10 * round,
    steps: round,
    time: undefined,
  }));

describe('curves of accuracy', () => {
  const rising = curve([0, 0], [10, 0.5], [20, 0.4], [30, 1]);

  it('reach a target at the first evaluation that met it', () => {
    expect(firstReaching(rising, 0.5)?.round).to.equal(10);
    expect(firstReaching(rising, 0.51)?.round).to.equal(30);
    expect(firstReaching(curve([1, 0.2]), 0.5)).to.equal(undefined);
  });

  it('have an area of trapezoids over the width', () => {
    // (2.5 + 4.5 + 7) ÷ 30
    expect(areaUnder(rising, 0, 30)).to.be.closeTo(14 / 30, 1e-15);
    // from 0.25 at round 5 over 0.5 to 0.45 at round 15: (1.875 + 2.375) ÷ 10
    expect(areaUnder(rising, 5, 15)).to.be.closeTo(0.425, 1e-15);
    expect(areaUnder(rising, 10, 10)).to.equal(0.5);
    expect(areaUnder(rising, 0, 31)).to.be.NaN;
    expect(areaUnder(rising.slice(1), 0, 20)).to.be.NaN;
  });

  it('are compared over the rounds that all of them span', () => {
    expect(commonSpan([rising, curve([1, 0], [12, 1])])).to.deep.equal([1, 12]);
    expect(commonSpan([rising, curve([40, 0])])).to.equal(undefined);
    expect(commonSpan([rising, []])).to.equal(undefined);
  });

  it('know bytes and virtual time where the events say them', () => {
    const [start, first] = curveOf(progressOf(federated.events));
    expect(start).to.include({ round: 0, bytes: 0, time: undefined });
    expect(first.bytes).to.equal(2 * 7968400);
    expect(curveOf(progressOf(gossip.events))[4]).to.include({ round: 5, bytes: 5 * 25498880, time: 5 });
    expect(curveOf(progressOf(federated.events), 'validation')).to.have.lengthOf(20);
  });
});

describe('what it took to reach a target', () => {
  const took = (...values: number[]) => values.map((value) => ({ took: value }));

  it('has a mean where every run reached', () => {
    const { all, beyond } = reachOf(took(10, 20, 30));
    expect(all?.mean).to.equal(20);
    expect(beyond).to.equal(undefined);
  });

  it('has no mean but a median where one did not, which is beyond all that did', () => {
    expect(reachOf([{ endedAt: 200 }, ...took(60, 45)])).to.deep.equal({
      runs: 3,
      reached: 2,
      median: 60,
      beyond: 200,
    });
  });

  it('has no median where too few reached, or where a run ended before', () => {
    expect(reachOf([{ endedAt: 200 }, { endedAt: 150 }, ...took(60)])).to.deep.equal({
      runs: 3,
      reached: 1,
      beyond: 150,
    });
    expect(reachOf([{ endedAt: 50 }, ...took(60, 45)])).not.to.have.property('median');
    expect(reachOf([{ endedAt: 50 }])).to.deep.equal({ runs: 1, reached: 0, beyond: 50 });
    expect(reachOf([])).to.deep.equal({ runs: 0, reached: 0 });
  });
});
