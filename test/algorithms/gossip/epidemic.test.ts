/** Epidemic learning: the mean of own and received models, each of the same weight, whoever many came. */
import { expect } from 'chai';
import { points } from '../quadratic.js';
import { gossiper, hostOf } from './host.js';
import { constants, halfway, pulledTo, topologyOf } from './points.js';

const values = [0, 1, 2, 4, 8, 16, 32, 64];
const mixing = (topology: object) => ({
  ...pulledTo(
    values.map(() => [0, 0]),
    { kind: 'complete' },
    { weights: constants(...values) },
  ),
  topology: topologyOf({ kind: 'complete', ...topology }, values.length),
  shards: values.map(() => points()),
});

describe('epidemic', () => {
  for (const [name, options, topology] of [
    ['EL-Local: s others of a complete graph', { fanout: 3 }, {}],
    ['EL-Local: receivers drawn by the topology', {}, { kind: 'epidemic', variant: 'local', degree: 3 }],
    ['EL-Oracle: a random regular graph every round', {}, { kind: 'epidemic', degree: 3 }],
  ] as const) {
    it(`${name}: x ← (x + Σ received) / (1 + #received)`, () => {
      const host = hostOf(gossiper({ kind: 'epidemic', ...options }), mixing(topology)).rounds(1);
      values.forEach((own, node) => {
        const came = host.sent.filter(({ to }) => to === node).map(({ from }) => values[from]);
        const mean = [own, ...came].reduce((sum, value) => sum + value, 0) / (1 + came.length);
        expect(host.weights(node)[0]).to.be.closeTo(mean, 1e-5);
        expect(host.sent.filter(({ from }) => from === node)).to.have.lengthOf(3);
      });
      const partners = () => host.sent.slice(-24).map(({ from, to }) => [from, to]);
      const before = partners();
      host.rounds(1);
      expect(partners()).not.to.deep.equal(before);
    });
  }

  it('trains before it sends', () => {
    const host = hostOf(
      gossiper({ kind: 'epidemic', ...halfway }),
      pulledTo(
        [
          [4, 4],
          [8, 8],
        ],
        { kind: 'complete' },
      ),
    ).rounds(1);
    for (const node of [0, 1]) expect([...host.weights(node)]).to.deep.equal([3, 3]);
  });
});
