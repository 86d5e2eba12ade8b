/** Gradient tracking: no bias where the nodes' optima differ, which D-PSGD has; y's mean is the mean gradient. */
import { expect } from 'chai';
import type { Amount } from '../../../learning/index.js';
import { gossiper, hostOf, type Host } from './host.js';
import { points } from '../quadratic.js';
import { pulledTo, refusal } from './points.js';

const targets = [
  [12, 0],
  [0, 0],
  [0, 6],
  [-6, 0],
  [0, 0],
  [0, 12],
];
const optimum = [1, 3];
const setting = pulledTo(targets, { kind: 'ring' });
const tracking = gossiper({ kind: 'gradient-tracking', batchSize: 'all', learningRate: 0.2 });
const dPsgd = gossiper({ kind: 'd-psgd', batchSize: 'all', optimizer: { learningRate: 0.2 } });

/** The largest distance of any node's weight from the optimum of the mean loss. */
const error = (host: Host) =>
  Math.max(
    ...host.nodes.flatMap((_, node) => optimum.map((best, i) => Math.abs(host.weights(node)[i] - best))),
  );

describe('gradient-tracking', () => {
  it('brings every node to the optimum of the mean loss; D-PSGD comes to rest beside it', () => {
    expect(error(hostOf(tracking, setting).rounds(150))).to.be.lessThan(1e-4);
    const beside = error(hostOf(dPsgd, setting).rounds(150));
    expect(beside).to.be.greaterThan(0.5);
    expect(error(hostOf(dPsgd, setting).rounds(300))).to.be.closeTo(beside, 1e-4);
  });

  it('by hand: two nodes', () => {
    // y⁰ = g⁰ = −(4, 0) and −(0, 8); x ← ½ Σ (x − ½ y) = (1, 2) at both; g¹ = (−3, 2) and (1, −6).
    const two = pulledTo(
      [
        [4, 0],
        [0, 8],
      ],
      { kind: 'complete' },
    );
    const half = gossiper({ kind: 'gradient-tracking', batchSize: 'all', learningRate: 0.5 });
    const host = hostOf(half, two).rounds(1);
    for (const node of [0, 1]) expect([...host.weights(node)]).to.deep.equal([1, 2]);
    // y¹ = ½ (y⁰ + y⁰′) + g¹ − g⁰ = (−2, −4) + (−3, 2) + (4, 0).
    expect([...(host.nodes[0].vectors.get('direction') ?? [])]).to.deep.equal([-1, -2]);
  });

  it('keeps the sum of all y at the sum of all gradients', () => {
    const host = hostOf(tracking, setting);
    for (let round = 0; round < 10; round++) {
      host.rounds(1);
      const sum = (name: string, i: number) =>
        host.nodes.reduce((total, { vectors }) => total + (vectors.get(name)?.[i] ?? NaN), 0);
      for (const i of [0, 1]) expect(sum('direction', i)).to.be.closeTo(sum('gradient', i), 1e-4);
    }
  });

  it('with local steps too: nodes of different numbers of steps come to the same optimum', () => {
    const local = (amount: Amount, batchSize: number | 'all') =>
      gossiper({ kind: 'gradient-tracking', batchSize, amount, learningRate: 0.05 });
    expect(error(hostOf(local({ steps: 4 }, 'all'), setting).rounds(150))).to.be.lessThan(1e-4);
    // The first node has its example three times, so three steps an epoch.
    const shards = targets.map((target, node) =>
      points(...(node === 0 ? [target, target, target] : [target])),
    );
    const uneven = pulledTo(targets, { kind: 'ring' }, { shards });
    expect(error(hostOf(local({ epochs: 1 }, 1), uneven).rounds(300))).to.be.lessThan(1e-4);
  });

  it('by hand: a node takes the second of two local steps along its gradient after the first', () => {
    // y = −(4, 0), x = (2, 0); y = −(4, 0) + (−2, 0) + (4, 0), x = (3, 0).
    const target = [4, 0];
    const alike = pulledTo([target, target], { kind: 'complete' });
    const two = gossiper({
      kind: 'gradient-tracking',
      batchSize: 'all',
      amount: { steps: 2 },
      learningRate: 0.5,
    });
    expect([...hostOf(two, alike).rounds(1).weights(0)]).to.deep.equal([3, 0]);
  });

  it('refuses links that lose messages', () => {
    const kind = 'gradient-tracking';
    expect(refusal({ kind }, { unreliable: true })).to.include('every message');
    expect(refusal({ kind })).to.equal(undefined);
  });
});
