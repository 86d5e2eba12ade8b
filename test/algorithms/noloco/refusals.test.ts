/** What NoLoCo and its baselines refuse before anything starts, in sentences. */
import { expect } from 'chai';
import { publishedInterval, stableInterval } from '../../../algorithms/noloco/stability.js';
import type { Choice } from '../../../registry/index.js';
import { gossiper } from '../gossip/host.js';
import { community, refusal as refusalIn, topologyOf } from '../gossip/points.js';

const refusal = (algorithm: Choice, nodes = 8, topology: Choice = { kind: 'complete' }, more: object = {}) =>
  refusalIn(algorithm, { nodes, topology: topologyOf(topology, nodes), ...more });

/** All ways to divide what is left into groups, one element out where it does not divide evenly. */
function divisions(left: readonly number[], size: number): number[][][] {
  if (left.length < size) return [[]];
  const [first, ...rest] = left;
  const mates = (from: readonly number[], count: number): number[][] =>
    count === 0
      ? [[]]
      : from.flatMap((mate, i) => mates(from.slice(i + 1), count - 1).map((others) => [mate, ...others]));
  const grouped = mates(rest, size - 1).flatMap((others) => {
    const group = [first, ...others];
    return divisions(
      left.filter((one) => !group.includes(one)),
      size,
    ).map((groups) => [group, ...groups]);
  });
  const isOut = left.length % size > 0;
  return isOut ? [...grouped, ...divisions(rest, size)] : grouped;
}

/**
 * By how much the mean square of the distance to consensus grows in a step, in the long run: the second moments of all
 * replicas' φ and δ, averaged over every division into groups of as many as can be.
 */
function growth(alpha: number, gamma: number, size: number, replicas: number): number {
  const most = Math.floor(replicas / size);
  const steps = divisions([...Array(replicas).keys()], size)
    .filter((groups) => groups.length === most)
    .map((groups) => stepMatrix(groups, alpha, gamma, replicas));
  const start = Array.from({ length: 2 * replicas }, (_, i) => Math.sin(1 + i * i));
  const mean = start.slice(0, replicas).reduce((sum, value) => sum + value / replicas, 0);
  const u = start.map((value, i) => (i < replicas ? value - mean : 0));
  let moments = u.map((a) => u.map((b) => a * b));
  let rate = 0;
  for (let step = 0; step < 150; step++) {
    const moved = steps.map((matrix) => product(product(matrix, moments), transposed(matrix)));
    const next = moments.map((row, i) =>
      row.map((_, j) => moved.reduce((sum, one) => sum + one[i][j] / moved.length, 0)),
    );
    const trace = next.reduce((sum, row, i) => sum + row[i], 0);
    rate = trace / moments.reduce((sum, row, i) => sum + row[i], 0);
    moments = next.map((row) => row.map((value) => value / trace));
  }
  return rate;
}

/** δ ← αδ − γ(φ − mean of the group's φ), φ ← φ + δ, of (φ, δ). */
function stepMatrix(groups: readonly number[][], alpha: number, gamma: number, replicas: number): number[][] {
  const group = (i: number) => groups.find((one) => one.includes(i)) ?? [i];
  const pull = (i: number, j: number) =>
    gamma * (Number(i === j) - (group(i).includes(j) ? 1 / group(i).length : 0));
  const rows = [...Array(replicas).keys()];
  const delta = rows.map((i) => [...rows.map((j) => -pull(i, j)), ...rows.map((j) => (i === j ? alpha : 0))]);
  return [...delta.map((row, i) => row.map((value, j) => value + Number(i === j))), ...delta];
}

const transposed = (matrix: readonly number[][]) => matrix.map((_, i) => matrix.map((row) => row[i]));
const product = (a: readonly number[][], b: readonly number[][]) =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));

const noloco = (options: object = {}) => ({ kind: 'noloco', ...options });

describe("noloco's stability", () => {
  it('has the published interval and the exact one', () => {
    const table = [
      [0, 2, 0, 1.414],
      [0.3, 1.82, 0.3, 1.446],
      [0.5, 1.5, 0.5, 1.5],
      [0.7, 1.02, 0.7, 1.578],
      [0.9, 0.38, 0.9, 1.676],
    ];
    for (const [alpha, most, from, to] of table) {
      // Of very many replicas, as the paper's.
      expect(stableInterval(alpha, 2, 1e12).to).to.be.closeTo(most, 1e-9);
      expect(publishedInterval(alpha, 2).from).to.be.closeTo(from, 5e-4);
      expect(publishedInterval(alpha, 2).to).to.be.closeTo(to, 5e-4);
    }
    // One group of all: heavy-ball on the distance from the mean.
    expect(stableInterval(0.5, 8, 8).to).to.be.closeTo(2 * 1.5, 1e-9);
  });

  it('ends where the mean square of the distance to consensus begins to grow, whatever the number of replicas', () => {
    for (const [replicas, size] of [
      [4, 2],
      [5, 2],
      [6, 3],
    ]) {
      for (const alpha of [0, 0.5, 0.9]) {
        const { to } = stableInterval(alpha, size, replicas);
        expect(growth(alpha, 0.98 * to, size, replicas), `${replicas} in ${size}, ${alpha}`).to.be.below(1);
        expect(growth(alpha, 1.02 * to, size, replicas), `${replicas} in ${size}, ${alpha}`).to.be.above(1);
      }
    }
  });

  it('is checked, with both intervals in the sentence', () => {
    expect(refusal(noloco())).to.equal(undefined);
    expect(refusal(noloco({ gamma: 1.49 }))).to.equal(undefined);
    for (const gamma of [-0.1, 0, 1.62, 2]) {
      const sentence = refusal(noloco({ gamma }));
      expect(sentence).to.include('(0, 1.615) only');
      expect(sentence).to.include('(0.5, 1.5))');
      expect(sentence).to.include(`gamma is ${gamma}`);
    }
    expect(refusal(noloco({ alpha: 0.9 })))
      .to.include('(0, 0.436) only')
      .and.include('(0.9, 1.676)');
  });

  it('is not, where that is wanted or the group is everybody', () => {
    expect(refusal(noloco({ gamma: 2, allowUnstable: true }))).to.equal(undefined);
    expect(refusal(noloco({ gamma: 2, groupSize: 8 }))).to.equal(undefined);
    expect(refusal(noloco({ gamma: 2 }), 2)).to.equal(undefined);
    expect(refusal(noloco({ gamma: 2.4, groupSize: 4 }))).to.include('allowUnstable');
  });

  it('is warned of where it is allowed, or outside the published interval alone', () => {
    const warning = (options: object) =>
      gossiper(noloco(options)).warn?.(
        community({ nodes: 8, topology: topologyOf({ kind: 'complete' }, 8) }),
      );
    expect(warning({ gamma: 0.7 })).to.equal(undefined);
    expect(warning({ gamma: 2, allowUnstable: true }))
      .to.include('(0, 1.615) only')
      .and.include('gamma is 2');
    expect(warning({ gamma: 0.2 })).to.include('(0.5, 1.5))');
    expect(warning({ gamma: 2, groupSize: 8 })).to.equal(undefined);
  });
});

describe('noloco and its baselines', () => {
  it('refuse groups that do not divide the replicas or have no edges', () => {
    expect(refusal(noloco({ groupSize: 3 }), 8)).to.include('8 replicas cannot be divided into groups of 3');
    expect(refusal(noloco({ groupSize: 3 }), 9, { kind: 'ring' })).to.include('topology: complete');
    expect(refusal(noloco(), 9, { kind: 'ring' })).to.equal(undefined);
  });

  it('refuse what they cannot run on', () => {
    expect(refusal(noloco(), 8, { kind: 'exponential' })).to.include('undirected');
    for (const kind of ['diloco', 'local-sgd', 'data-parallel']) {
      expect(refusal({ kind })).to.equal(undefined);
      expect(refusal({ kind }, 8, { kind: 'ring' }))
        .to.include(kind)
        .and.include('topology: complete');
      expect(refusal({ kind }, 8, { kind: 'complete' }, { unreliable: true })).to.include(kind);
    }
  });
});
