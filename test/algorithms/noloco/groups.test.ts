/** Who exchanges with whom: an odd replica sits out in turn, pairs keep to the topology's edges. */
import { expect } from 'chai';
import { gossiper, hostOf, type Host } from '../gossip/host.js';
import { halfway, pulledTo, weightsOf } from '../gossip/points.js';
import type { Choice } from '../../../registry/index.js';

const noloco = (options: object = {}) => gossiper({ kind: 'noloco', ...halfway, ...options });

function started(nodes: number, topology: Choice): Host {
  const targets = Array.from({ length: nodes }, (_, node) => [node, 0]);
  return hostOf(noloco(), pulledTo(targets, topology));
}

/** To whom each replica sent in a round: itself where it was alone. */
function partnersIn(host: Host, round: number, nodes: number): number[] {
  const partner = Array.from({ length: nodes }, (_, node) => node);
  for (const { from, to, round: of } of host.sent) if (of === round) partner[from] = to;
  return partner;
}

describe("noloco's groups", () => {
  it('are pairs of all replicas on the complete topology, drawn anew', () => {
    const host = started(8, { kind: 'complete' }).rounds(40);
    const met = new Set<string>();
    for (let round = 0; round < 40; round++) {
      partnersIn(host, round, 8).forEach((other, node, all) => {
        expect(other).not.to.equal(node);
        expect(all[other]).to.equal(node);
        met.add(`${node}–${other}`);
      });
    }
    expect(met.size).to.equal(8 * 7);
  });

  it('leave each of an odd number out in turn, who steps alone', () => {
    const host = started(5, { kind: 'complete' });
    const out: number[] = [];
    for (let round = 0; round < 10; round++) {
      const before = host.nodes.map(({ vectors }) => ({
        weights: vectors.get('weights')?.[0] ?? NaN,
        momentum: vectors.get('momentum')?.[0] ?? NaN,
      }));
      host.rounds(1);
      const alone = partnersIn(host, round, 5).flatMap((other, node) => (other === node ? [node] : []));
      expect(alone).to.have.length(1);
      const [node] = alone;
      out.push(node);
      // Δ = (target − φ) / 2
      const { weights, momentum } = before[node];
      const expected = weights + 0.5 * momentum + 0.7 * ((node - weights) / 2);
      expect(weightsOf(host)[node][0]).to.be.closeTo(expected, 1e-5);
    }
    expect(out.slice(0, 5).sort()).to.deep.equal([0, 1, 2, 3, 4]);
    expect(out.slice(5).sort()).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('are maximal matchings of the edges of a ring', () => {
    const host = started(7, { kind: 'ring' }).rounds(30);
    const sizes = new Set<number>();
    for (let round = 0; round < 30; round++) {
      const partner = partnersIn(host, round, 7);
      partner.forEach((other, node) => {
        expect([0, 1, 6]).to.include((other - node + 7) % 7);
        expect(partner[other]).to.equal(node);
        const next = (node + 1) % 7;
        expect(partner[node] === node && partner[next] === next).to.equal(false);
      });
      sizes.add(partner.filter((other, node) => other > node).length);
    }
    expect([...sizes].sort()).to.deep.equal([2, 3].filter((size) => sizes.has(size)));
    expect(sizes.has(3)).to.equal(true);
  });
});
