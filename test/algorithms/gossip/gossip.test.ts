/** Gossip's skeleton by hand: protocols, orders of merging and training, ages; nobody waits for what does not come. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Community } from '../../../algorithms/index.js';
import type { Topology } from '../../../topologies/index.js';
import { points } from '../quadratic.js';
import { gossiper, hostOf, type Setting } from './host.js';
import { community, constants, halfway, pulledTo, topologyOf, weightsOf } from './points.js';

const gossip = (options: object, synchronous = true) =>
  gossiper({ kind: 'gossip', fanout: 'all', ...halfway, ...options }, synchronous);

const at = (value: number) => [value, value];
/** Three on a ring, whose models have the mean 4. */
const ring = pulledTo([at(8), at(2), at(0)], { kind: 'ring' }, { weights: constants(4, 2, 6) });
const first = (host: { nodes: readonly unknown[]; weights(node: number): Float32Array }) =>
  host.nodes.map((_, node) => host.weights(node)[0]);

/** Nodes without examples: they only mix. */
const mixing = (topology: Topology, ...values: readonly number[]): Setting => ({
  ...pulledTo(values.map(at), { kind: 'complete' }, { weights: constants(...values) }),
  topology,
  shards: values.map(() => points()),
});

describe('gossip: orders', () => {
  it('merge-update trains what was merged', () => {
    expect(first(hostOf(gossip({}), ring).rounds(1))).to.deep.equal([6, 3, 2]);
  });

  it('update-merge merges what was trained', () => {
    // Trained: 6, 2, 3; the mean is 11/3.
    for (const weight of first(hostOf(gossip({ order: 'update-merge' }), ring).rounds(1)))
      expect(weight).to.be.closeTo(11 / 3, 1e-6);
  });

  it('update trains what came instead of the own model', () => {
    const two = pulledTo([at(8), at(2)], { kind: 'path' }, { weights: constants(4, 6) });
    expect(first(hostOf(gossip({ order: 'update' }), two).rounds(1))).to.deep.equal([7, 3]);
  });

  it('update takes one of several at random', () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 20; seed++)
      seen.add(first(hostOf(gossip({ order: 'update' }), { ...ring, seed }).rounds(1))[0]);
    expect([...seen].sort()).to.deep.equal([5, 7]);
  });

  it('trains in a round in which nothing came', () => {
    const silent = { ...ring, loses: () => true };
    for (const order of ['merge-update', 'update-merge', 'update'])
      expect(first(hostOf(gossip({ order }), silent).rounds(1)), order).to.deep.equal([6, 2, 3]);
  });

  it("takes the own model's share from the option, where it is given", () => {
    const two = mixing(topologyOf({ kind: 'path' }, 2), 4, 8);
    expect(first(hostOf(gossip({ share: 0.25 }), two).rounds(1))).to.deep.equal([7, 5]);
  });
});

describe('gossip: ages', () => {
  const ages = (host: ReturnType<typeof hostOf>) => host.sent.map(({ header }) => header.age);

  it('count updates: steps, or batches of all epochs', () => {
    const setting = pulledTo([at(0), at(0)], { kind: 'path' });
    const shards = [points(...Array.from({ length: 5 }, () => at(1))), points(at(1))];
    const training = { order: 'update-merge', batchSize: 2, amount: { epochs: 2 } };
    expect(ages(hostOf(gossip(training), { ...setting, shards }).rounds(1))).to.deep.equal([6, 2]);
  });

  it('are those of the most trained model after a merge', () => {
    // Node 0 trains twice while node 1 sleeps, then node 1 merges and trains at each message.
    const setting = pulledTo([at(0), at(0)], { kind: 'path' });
    const host = hostOf(gossip({ order: 'update-merge' }, false), setting)
      .wake(0)
      .wake(0)
      .wake(1);
    expect(ages(host)).to.deep.equal([1, 2, 3]);
  });

  it('weigh models where the merge rule says so', () => {
    // Node 0, at 0 with age 3, gets the model 8 of age 1.
    const setting = pulledTo([at(0), at(8)], { kind: 'path' }, { weights: constants(0, 8) });
    const host = hostOf(gossip({ order: 'update-merge', merge: 'age-weighted' }, false), {
      ...setting,
      loses: (from) => from === 0,
    });
    host.wake(0).wake(0).wake(0).wake(1);
    expect(host.weights(0)[0]).to.equal((3 * 0 + 1 * 8) / 4);
  });
});

describe('gossip: protocols in rounds', () => {
  const topologies = [
    topologyOf({ kind: 'regular', degree: 4 }, 10),
    topologyOf({ kind: 'complete' }, 10),
    topologyOf({ kind: 'star' }, 10),
    topologyOf({ kind: 'epidemic', variant: 'local' }, 10),
    topologyOf({ kind: 'random-matching' }, 10),
  ];
  const values = Array.from({ length: 10 }, (_, node) => node);

  it('foresee exactly the messages that come, on any topology', () => {
    // The test host throws where a node expects others than those that come.
    fc.assert(
      fc.property(
        fc.constantFrom(...topologies),
        fc.constantFrom('push', 'pull', 'push-pull'),
        fc.constantFrom(1, 2, 3, 'all'),
        fc.integer({ min: 0, max: 1e6 }),
        (topology, protocol, fanout, seed) => {
          hostOf(gossip({ protocol, fanout }), { ...mixing(topology, ...values), seed }).rounds(3);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('push sends to so many distinct neighbours, and others in other rounds', () => {
    const { sent } = hostOf(gossip({ fanout: 2 }), mixing(topologies[0], ...values)).rounds(8);
    const targets = Array.from({ length: 8 }, (_, round) =>
      sent.filter((message) => message.from === 3 && message.round === round).map(({ to }) => to),
    );
    for (const chosen of targets) expect(new Set(chosen)).to.have.lengthOf(2);
    expect(new Set(targets.flat())).to.have.lengthOf(4);
  });

  it('pull has every node hear from so many', () => {
    const { sent } = hostOf(gossip({ protocol: 'pull', fanout: 2 }), mixing(topologies[0], ...values)).rounds(
      1,
    );
    for (const node of values) expect(sent.filter(({ to }) => to === node)).to.have.lengthOf(2);
  });

  it('push-pull exchanges both ways, once a pair', () => {
    const { sent } = hostOf(
      gossip({ protocol: 'push-pull', fanout: 1 }),
      mixing(topologies[0], ...values),
    ).rounds(1);
    const pairs = sent.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(pairs)).to.have.lengthOf(pairs.length);
    for (const { from, to } of sent) expect(pairs).to.include(`${to} ${from}`);
  });
});

describe('gossip: protocols without rounds', () => {
  const pair = mixing(topologyOf({ kind: 'path' }, 2), 2, 6);

  it('push merges at the receiver only', () => {
    expect(first(hostOf(gossip({}, false), pair).wake(0))).to.deep.equal([2, 4]);
  });

  it('pull asks with a message without vectors and merges the answer', () => {
    const host = hostOf(gossip({ protocol: 'pull' }, false), pair).wake(0);
    expect(first(host)).to.deep.equal([4, 6]);
    expect(host.sent.map(({ vectors }) => vectors.size)).to.deep.equal([0, 1]);
  });

  it('push-pull leaves both with the average', () => {
    expect(first(hostOf(gossip({ protocol: 'push-pull' }, false), pair).wake(0))).to.deep.equal([4, 4]);
  });

  it('push-pull keeps the sum over all nodes and brings them to the mean', () => {
    const topology = topologyOf({ kind: 'ring' }, 8);
    const host = hostOf(
      gossip({ protocol: 'push-pull', order: 'update-merge', fanout: 1 }, false),
      mixing(topology, 8, 0, 0, 0, 0, 0, 0, 0),
    );
    for (let wake = 0; wake < 400; wake++) {
      host.wake((5 * wake) % 8);
      expect(first(host).reduce((sum, weight) => sum + weight, 0)).to.be.closeTo(8, 1e-4);
    }
    for (const weight of first(host)) expect(weight).to.be.closeTo(1, 0.01);
  });

  it('trains whenever a model comes, with order merge-update; else when it wakes', () => {
    const setting = pulledTo([at(8), at(8)], { kind: 'path' });
    expect(first(hostOf(gossip({}, false), setting).wake(0))).to.deep.equal([0, 4]);
    expect(first(hostOf(gossip({ order: 'update-merge' }, false), setting).wake(0))).to.deep.equal([4, 2]);
  });
});

describe('gossip: refusals', () => {
  const refusal = (options: object, synchronous: boolean, more: Partial<Community> = {}) =>
    gossip({ fanout: 1, ...options }, synchronous).refuse?.(community({ synchronous, ...more }));
  const tokenAccount = { kind: 'generalized', capacity: 4, reactivity: 2 };

  it('say what token accounts need', () => {
    expect(refusal({ tokenAccount }, true)).to.include('asynchronous');
    expect(refusal({ tokenAccount, protocol: 'pull' }, false)).to.include('protocol push');
    expect(refusal({ tokenAccount: { ...tokenAccount, reactivity: 5 } }, false)).to.include('capacity 4');
    expect(refusal({ tokenAccount }, false)).to.equal(undefined);
    expect(refusal({}, true)).to.equal(undefined);
  });

  it('say that a token is for one message', () => {
    for (const fanout of [2, 'all']) {
      for (const one of [tokenAccount, { kind: 'simple', capacity: 3 }, { kind: 'reactive' }])
        expect(refusal({ tokenAccount: one, fanout }, false)).to.include('use fanout: 1');
      expect(refusal({ fanout }, false)).to.equal(undefined);
    }
  });

  it('say where a purely reactive token account dies out, where it grows without end, and where time would stand still', () => {
    const reactive = (options: object, more: Partial<Community> = {}) =>
      refusal({ tokenAccount: { kind: 'reactive', ...options } }, false, more);
    expect(reactive({})).to.equal(undefined);
    expect(reactive({ useful: 'newer' })).to.include('none is newer; use useful: always, or a token account');
    expect(reactive({ count: 1 })).to.equal(undefined);
    expect(reactive({ count: 2 })).to.include('count: 2 sends 2 messages for each that comes');
    expect(reactive({}, { unreliable: true })).to.include('dies out where messages are lost');
    expect(reactive({}, { instant: true })).to.include('set network.latency');
  });

  it('say where there are more parts than weights', () => {
    const parts = (count: number) => refusal({ message: { kind: 'partitioned', parts: count } }, true);
    expect(parts(100)).to.equal(undefined);
    expect(parts(101)).to.include('101 parts of a model of 100 weights').and.include('at most 100 parts');
  });

  it('know nothing of two amounts of training', () => {
    expect(() => gossip({ amount: { epochs: 1, steps: 1 } })).to.throw(/amount/);
  });
});

describe('isolated', () => {
  it('sends nothing and trains once a period', () => {
    const host = hostOf(gossiper({ kind: 'isolated', ...halfway }), ring).rounds(2);
    expect(host.sent).to.deep.equal([]);
    expect(weightsOf(host).map(([weight]) => weight)).to.deep.equal([7, 2, 1.5]);
  });
});
