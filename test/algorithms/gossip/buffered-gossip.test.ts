/** The buffer protocol: when nodes merge, and that the merge is the variance-corrected one with β = ½. */
import { expect } from 'chai';
import { gossiper, hostOf } from './host.js';
import { constants, halfway, pulledTo } from './points.js';

const buffered = (options: object = {}) =>
  gossiper({ kind: 'buffered-gossip', ...halfway, ...options }, false);
const ring = { kind: 'ring' };
const at = (value: number) => [value, value];

describe('buffered-gossip', () => {
  it('merges once degree × R models have come, whoever sent them', () => {
    // Node 1 hears from nodes 0 and 2. Trained by halves, node 0 sends 4, then 6.
    const setting = pulledTo([at(8), at(0), at(0), at(0)], ring);
    const host = hostOf(buffered({ merge: 'mean' }), setting).wake(0);
    expect(host.weights(1)[0]).to.equal(0);
    host.wake(0);
    expect(host.weights(1)[0]).to.equal(0.5 * 0 + 0.5 * ((4 + 6) / 2));
    expect(host.nodes[1].inbox).to.have.lengthOf(0);
    expect(host.weights(2)[0]).to.equal(0);
    expect(host.weights(0)[0]).to.equal(6);
  });

  it('waits R times as long', () => {
    const setting = pulledTo([at(8), at(0), at(0), at(0)], ring);
    const host = hostOf(buffered({ repeats: 2 }), setting)
      .wake(0)
      .wake(0)
      .wake(0);
    expect(host.nodes[1].inbox).to.have.lengthOf(3);
    host.wake(0);
    expect(host.nodes[1].inbox).to.have.lengthOf(0);
    expect(host.weights(1)[0]).to.be.greaterThan(0);
  });

  it('pushes to all neighbours at every wake, after training, with its age', () => {
    const host = hostOf(buffered(), pulledTo([at(8), at(0), at(0), at(0)], ring))
      .wake(0)
      .wake(0);
    expect(host.sent.map(({ from, to, header }) => [from, to, header.age, header.samples])).to.deep.equal([
      [0, 1, 1, 1],
      [0, 3, 1, 1],
      [0, 1, 2, 1],
      [0, 3, 2, 1],
    ]);
  });

  it('keeps the variance of what came: the golden vector of the correction, own share ½', () => {
    const models = [
      [1, 2, 3, 4],
      [0, 0, 1, -1],
      [4, -2, 0, 2],
    ].map((row) => Float32Array.from([...row, 0]));
    // Five weights: a kernel of four and its bias, which is not corrected.
    const targets = models.map((model) => [...model]);
    const host = hostOf(buffered(), pulledTo(targets, ring, { weights: models }))
      .wake(0)
      .wake(2);
    const golden = [2.16123939, -2.12622524, 2.16123939, 1.30374646, 0];
    golden.forEach((value, i) => expect(host.weights(1)[i]).to.be.closeTo(value, 1e-6));
  });

  it('is the authors’ setting by default', () => {
    const wake = gossiper({ kind: 'buffered-gossip' }, false).wake(
      { age: 0 },
      hostOf(buffered(), pulledTo([at(1), at(1), at(1)], ring)).view(0),
    );
    expect(wake.effects[0]).to.deep.include({ kind: 'train', batchSize: 64, amount: { steps: 1 } });
    expect(wake.effects[0]).to.have.nested.property('optimizer.momentum', 0.9);
  });

  it('merges constants to their blend', () => {
    const setting = pulledTo([at(2), at(4), at(6)], ring, { weights: constants(2, 4, 6) });
    const host = hostOf(buffered(), setting).wake(0).wake(2);
    expect([...host.weights(1)]).to.deep.equal([4, 4]);
  });
});
