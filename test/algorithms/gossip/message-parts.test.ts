/** Partitioned and sampled messages: what goes in them, what is merged, and the ages of parts. */
import { expect } from 'chai';
import { messageParts } from '../../../algorithms/gossip/message-parts.js';
import { stream } from '../../../numerics/index.js';
import { gossiper, hostOf } from './host.js';
import { halfway, pulledTo } from './points.js';

const none = () => {
  throw new Error('whole models need no draw');
};

describe('parts of models in messages', () => {
  it('are the whole model without a draw', () => {
    const whole = messageParts({ kind: 'whole' });
    expect(whole.partOf(whole.choose(none), 10)).to.equal(undefined);
  });

  it('are S parts that cover the model, equal within one', () => {
    const parts = messageParts({ kind: 'partitioned', parts: 4 });
    expect(parts.ages).to.equal(4);
    expect([0, 1, 2, 3].map((part) => parts.partOf({ part }, 10))).to.deep.equal([
      { start: 0, end: 2 },
      { start: 2, end: 5 },
      { start: 5, end: 7 },
      { start: 7, end: 10 },
    ]);
  });

  it('are drawn uniformly', () => {
    const parts = messageParts({ kind: 'partitioned', parts: 3 });
    const counts = [0, 0, 0];
    for (let i = 0; i < 900; i++) counts[parts.choose(stream(1, i)).part]++;
    for (const count of counts) expect(count).to.be.within(250, 350);
  });

  it('are distinct coordinates, the same wherever they are derived from the header', () => {
    const sampled = () => messageParts({ kind: 'sampled', fraction: 0.3 });
    const header = sampled().choose(stream(1, 'a'));
    const part = sampled().partOf(header, 20);
    expect(part).to.deep.equal(sampled().partOf(header, 20));
    expect(part).not.to.deep.equal(sampled().partOf(sampled().choose(stream(1, 'b')), 20));
    if (part === undefined || !('coordinates' in part)) throw new Error('a sample has coordinates');
    expect(new Set(part.coordinates)).to.have.lengthOf(6);
  });

  it('always have a coordinate', () => {
    expect(
      messageParts({ kind: 'sampled', fraction: 0.001 }).partOf({ sample: 1 }, 20),
    ).to.have.nested.property('coordinates.length', 1);
  });
});

describe('gossip with parts of models', () => {
  const gossip = (message: object, options: object = {}) =>
    gossiper({ kind: 'gossip', order: 'update-merge', message, ...halfway, ...options }, false);
  const target = [8, 8, 8, 8];
  const setting = pulledTo([target, [0, 0, 0, 0]], { kind: 'path' });

  it('merges only the part that came', () => {
    const host = hostOf(gossip({ kind: 'partitioned', parts: 4 }), setting).wake(0);
    const [{ header, vectors }] = host.sent;
    expect([...(vectors.get('weights') ?? [])]).to.deep.equal([4]);
    expect([...host.weights(1)]).to.deep.equal([0, 1, 2, 3].map((part) => (part === header.part ? 2 : 0)));
  });

  it('keeps an age for each part, and a step adds to all of them', () => {
    const host = hostOf(gossip({ kind: 'partitioned', parts: 4 }), setting)
      .wake(0)
      .wake(0)
      .wake(1);
    const ages = [0, 0, 0, 0];
    for (const { header } of host.sent.slice(0, 2))
      ages[header.part] = Math.max(ages[header.part], header.age);
    expect(host.nodes[1].control)
      .to.have.property('ages')
      .that.deep.equals(ages.map((age) => age + 1));
    const [, , answer] = host.sent;
    expect(answer.header.age).to.equal(ages[answer.header.part] + 1);
  });

  it('weighs parts by their own ages', () => {
    // Both parts of node 1 are at 0 and of age 0: the part that comes, of age 1, replaces its own.
    const merge = { merge: 'age-weighted' };
    const host = hostOf(gossip({ kind: 'partitioned', parts: 2 }, merge), setting).wake(0);
    const [{ header }] = host.sent;
    expect([...host.weights(1)]).to.deep.equal(header.part === 0 ? [4, 4, 0, 0] : [0, 0, 4, 4]);
  });

  it('adopts only the part that came, with order update', () => {
    const message = { kind: 'partitioned', parts: 2 };
    const host = hostOf(gossip(message, { order: 'update' }), {
      ...setting,
      weights: new Float32Array(4).fill(4),
    });
    host.wake(1);
    // Node 0 adopts half of the same model, which changes nothing, and trains.
    expect([...host.weights(0)]).to.deep.equal([6, 6, 6, 6]);
    host.wake(0);
    const part = host.sent[1].header.part;
    expect([...host.weights(1)]).to.deep.equal([0, 0, 1, 1].map((half) => (half === part ? 3 : 2)));
  });

  it('sends a seed and no coordinates, and averages the sample', () => {
    const host = hostOf(gossip({ kind: 'sampled', fraction: 0.5 }), setting).wake(0);
    const [{ header, vectors }] = host.sent;
    expect(header).to.have.all.keys('samples', 'age', 'sample');
    expect(vectors.get('weights')).to.have.lengthOf(2);
    expect([...host.weights(1)].sort()).to.deep.equal([0, 0, 2, 2]);
  });

  it('merges several parts of one round each with those of its kind', () => {
    const values = Array.from({ length: 6 }, (_, node) => [node, node, node, node]);
    const host = hostOf(
      gossiper({
        kind: 'gossip',
        fanout: 'all',
        order: 'update-merge',
        message: { kind: 'partitioned', parts: 2 },
        ...halfway,
      }),
      pulledTo(values, { kind: 'complete' }, { weights: values.map((value) => Float32Array.from(value)) }),
    ).rounds(1);
    const came = host.sent.filter(({ to }) => to === 0);
    [0, 1].forEach((part) => {
      const models = [0, ...came.filter(({ header }) => header.part === part).map(({ from }) => from)];
      const mean = models.reduce((sum, value) => sum + value, 0) / models.length;
      for (const i of [2 * part, 2 * part + 1]) expect(host.weights(0)[i]).to.be.closeTo(mean, 1e-6);
    });
  });
});
