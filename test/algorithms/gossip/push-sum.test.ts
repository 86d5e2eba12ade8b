/** Push-sum: on directed graphs every z goes to the mean of all x, and the masses sum to N. */
import { expect } from 'chai';
import type { Topology } from '../../../topologies/index.js';
import { EdgeList, staticTopology } from '../../../topologies/index.js';
import { points } from '../quadratic.js';
import { gossiper, hostOf, numberOf, type Host, type Setting } from './host.js';
import { constants, halfway, pulledTo, refusal, topologyOf } from './points.js';

/** Strongly connected, directed, with unequal degrees: 0 → 1 → 2 → 3 → 0 and 0 → 2. */
function lopsided(): Topology {
  const edges = new EdgeList();
  for (const [from, to] of [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 0],
    [0, 2],
  ])
    edges.add(from, to);
  return staticTopology(edges.toGraph(4, true));
}

const mixing: Setting = {
  ...pulledTo(
    [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    { kind: 'complete' },
    { weights: constants(1, 3, 5, 11) },
  ),
  topology: lopsided(),
  shards: [points(), points(), points(), points()],
};
const pushSum = (synchronous = true) => gossiper({ kind: 'push-sum', ...halfway }, synchronous);
const masses = (host: Host) => host.nodes.map((node) => numberOf(node, 'mass'));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const first = (host: Host) => host.nodes.map((_, node) => host.weights(node)[0]);

describe('push-sum', () => {
  it('by hand: one round', () => {
    // Shares: node 0 divides by 3, the others by 2. x₂ = 5/2 + 1/3 + 3/2 = 13/3, ω₂ = 1/2 + 1/3 + 1/2 = 4/3.
    const host = hostOf(pushSum(), mixing).rounds(1);
    expect(masses(host)[2]).to.be.closeTo(4 / 3, 1e-12);
    expect(host.weights(2)[0]).to.be.closeTo(13 / 4, 1e-6);
    // x₁ = 3/2 + 1/3, ω₁ = 1/2 + 1/3.
    expect(host.weights(1)[0]).to.be.closeTo(11 / 5, 1e-6);
  });

  it('divides by the shares of the mixing matrix: column-stochastic with keep', () => {
    // Node 0 keeps 0.8 and sends 0.1 to each of two; the others keep 0.8 and send 0.2.
    const keep = { ...mixing, mixing: { kind: 'column-stochastic', selfWeight: 0.8 } };
    const host = hostOf(pushSum(), keep).rounds(1);
    // x₂ = 0.8 · 5 + 0.1 · 1 + 0.2 · 3 = 4.7, ω₂ = 0.8 + 0.1 + 0.2 = 1.1.
    expect(masses(host)[2]).to.be.closeTo(1.1, 1e-12);
    expect(host.weights(2)[0]).to.be.closeTo(4.7 / 1.1, 1e-6);
    for (const z of first(host.rounds(200))) expect(z).to.be.closeTo(5, 1e-4);
  });

  it('brings every z to the mean of all x; the masses sum to N always', () => {
    const host = hostOf(pushSum(), mixing);
    for (let round = 0; round < 60; round++) {
      host.rounds(1);
      expect(sum(masses(host))).to.be.closeTo(4, 1e-9);
      expect(sum(masses(host).map((mass, node) => mass * first(host)[node]))).to.be.closeTo(20, 1e-4);
    }
    for (const z of first(host)) expect(z).to.be.closeTo(5, 1e-4);
    expect(Math.max(...masses(host)) - Math.min(...masses(host))).to.be.greaterThan(0.1);
  });

  it('does so without rounds, too', () => {
    const host = hostOf(pushSum(false), mixing);
    for (let wake = 0; wake < 300; wake++) {
      host.wake((3 * wake + (wake >> 2)) % 4);
      expect(sum(masses(host))).to.be.closeTo(4, 1e-9);
    }
    for (const z of first(host)) expect(z).to.be.closeTo(5, 1e-3);
  });

  it('is exact after log₂ N rounds on the one-peer exponential graph', () => {
    const values = [7, 1, 3, 5, 0, 2, 8, 6];
    const host = hostOf(pushSum(), {
      ...mixing,
      topology: topologyOf({ kind: 'one-peer-exponential' }, 8),
      weights: constants(...values),
      shards: values.map(() => points()),
    }).rounds(3);
    for (const z of first(host)) expect(z).to.equal(4);
  });

  it('takes the step at x: mean x moves by the mean gradient at z', () => {
    const targets = [
      [8, 8],
      [0, 0],
      [4, 4],
      [4, 4],
    ];
    const setting = {
      ...pulledTo(targets, { kind: 'complete' }, { weights: constants(1, 3, 5, 11) }),
      topology: lopsided(),
    };
    const host = hostOf(pushSum(), setting).rounds(3);
    for (let round = 0; round < 3; round++) {
      const [before, z] = [masses(host), first(host)];
      const x = sum(before.map((mass, node) => mass * z[node]));
      const step = sum(targets.map(([target], node) => 0.5 * (target - z[node])));
      host.rounds(1);
      expect(sum(masses(host).map((mass, node) => mass * first(host)[node]))).to.be.closeTo(x + step, 1e-4);
    }
  });

  it('refuses links that lose messages', () => {
    expect(refusal({ kind: 'push-sum' }, { unreliable: true })).to.include('total mass');
    expect(refusal({ kind: 'push-sum' })).to.equal(undefined);
  });
});
