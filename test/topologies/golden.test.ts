import { expect } from 'chai';
import { sha256 } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import { mixingRounds } from '../../topologies/mixing/rounds.js';
import { topologies } from '../../topologies/registry.js';

/**
 * The bits of random graphs (two rounds' neighbours) and of their weights: runs of earlier versions and other
 * machines have to find them again.
 */
const golden: readonly [choice: Choice, nodes: number, digest: string][] = [
  [{ kind: 'regular', degree: 8 }, 50, '9a8935237bbec15b'],
  [{ kind: 'regular', degree: 30 }, 50, 'a02b7823fc9d00df'],
  [{ kind: 'regular', degree: 2 }, 50, 'd1b7c4c4affcdd7d'],
  [{ kind: 'erdos-renyi' }, 100, '6398c45f907e4011'],
  [{ kind: 'watts-strogatz' }, 50, '2890eef299bb3d64'],
  [{ kind: 'barabasi-albert' }, 50, '040fdb22aaa49ba6'],
  [{ kind: 'stochastic-block' }, 60, '9d5dd3088affd62d'],
  [{ kind: 'hierarchical', within: 'regular', groups: 4 }, 40, '069d0a0c0a0fe5c7'],
  [{ kind: 'random-matching' }, 33, '3e2b1b54abb4f60e'],
  [{ kind: 'random-matching', base: 'torus' }, 36, '21ab4df1e1e012af'],
  [{ kind: 'epidemic' }, 50, '2c6fa1ef76c6999f'],
  [{ kind: 'epidemic', variant: 'local' }, 50, 'c13a6f1a90121008'],
  [{ kind: 'churn', base: 'regular', linkFailure: 0.2, nodeFailure: 0.1 }, 50, '92202d603de9aee9'],
];

describe('random topologies', () => {
  for (const [choice, nodes, digest] of golden) {
    it(`are the same for ever: ${JSON.stringify(choice)}`, () => {
      const topology = topologies.create(topologies.field().parse(choice), { nodes, seed: 7 });
      const matrices = mixingRounds(topology);
      const bits = [0, 3].flatMap((round) => {
        const { offsets, targets } = topology.at(round).in;
        return [
          sha256(offsets),
          sha256(targets),
          sha256(matrices(round).weights),
          sha256(matrices(round).self),
        ];
      });
      expect(sha256(bits.join()).slice(0, 16)).to.equal(digest);
    });
  }
});
