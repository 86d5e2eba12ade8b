/** What every gossip algorithm of the registry keeps to, with its default options, in every mode that it accepts. */
import { expect } from 'chai';
import { algorithms, refuseCommunity, schedulesOf, type GossipAlgorithm } from '../../../algorithms/index.js';
import { buildModel, initialWeights, wasmEngine, type Amount } from '../../../learning/index.js';
import { drawInteger, stream } from '../../../numerics/index.js';
import { asExamples, CLASSES, INPUTS, labelled } from '../clusters.js';
import { gossiper, hostOf, type Host, type Setting } from './host.js';
import { community, topologyOf, weightsOf } from './points.js';

const engine = wasmEngine();
const NODES = 8;
const model = buildModel({
  input: [INPUTS],
  layers: [
    { kind: 'dense', units: 6, activation: 'relu' },
    { kind: 'dense', units: CLASSES, activation: 'none' },
  ],
});
const shards = Array.from({ length: NODES }, (_, node) => asExamples(labelled(node, 5 + 4 * (node % 5))));
const regular = topologyOf({ kind: 'regular', degree: 4 }, NODES);
const complete = topologyOf({ kind: 'complete' }, NODES);
const setting: Setting = {
  topology: regular,
  model,
  weights: initialWeights(model, 1),
  engine,
  shards,
};

/** Calls, and complains where the call changed anything that it was given. */
function unchanged<Result>(given: readonly unknown[], call: () => Result): Result {
  const before = structuredClone(given);
  const result = call();
  expect(given).to.deep.equal(before);
  return result;
}

const watched = (algorithm: GossipAlgorithm): GossipAlgorithm => ({
  ...algorithm,
  wake: (control, view) => unchanged([control, view.out], () => algorithm.wake(control, view)),
  receive: (control, messages, view) =>
    unchanged([control, messages, view.in], () => algorithm.receive(control, messages, view)),
});

/** Lets every node wake about so often, in rounds or in any order. */
function run(
  algorithm: GossipAlgorithm,
  synchronous: boolean,
  periods: number,
  with_: Partial<Setting> = {},
): Host {
  const host = hostOf(algorithm, { ...setting, ...with_ });
  if (synchronous) return host.rounds(periods);
  const draw = stream(5, 'wakes');
  for (let wake = 0; wake < periods * NODES; wake++) host.wake(drawInteger(draw, NODES));
  return host;
}

const isGossip = ({ kind }: { kind: string }) =>
  algorithms.create({ kind }, { synchronous: true }).family === 'gossip';

for (const { kind, options } of algorithms.entries.filter(isGossip)) {
  for (const synchronous of [true, false]) {
    const algorithm = gossiper({ kind }, synchronous);
    if (!schedulesOf(algorithm).includes(synchronous ? 'synchronous' : 'asynchronous')) continue;
    // Some take means over all nodes.
    const isFree =
      refuseCommunity(kind, algorithm, community({ synchronous, topology: regular })) === undefined;
    const topology = isFree ? regular : complete;
    const runs = (given: GossipAlgorithm, periods: number, with_: Partial<Setting> = {}) =>
      run(given, synchronous, periods, { topology, ...with_ });
    const mode = synchronous ? 'in synchronous rounds' : 'asynchronously';

    describe(`gossip algorithm ${kind}, ${mode}`, () => {
      it('changes nothing that it is given', () => {
        runs(watched(algorithm), 4);
      });

      it('ends in the same weights from the same seed', () => {
        const weights = () => weightsOf(runs(algorithm, 5));
        expect(weights()).to.deep.equal(weights());
      });

      it('ends in others from another seed', () => {
        const weights = (seed: number) => weightsOf(runs(algorithm, 5, { seed }));
        expect(weights(3)).not.to.deep.equal(weights(4));
      });

      it('decides from its control alone: as a new object, and with control that went through JSON', () => {
        const fresh: GossipAlgorithm = {
          ...algorithm,
          start: (view) => gossiper({ kind }, synchronous).start(view),
          wake: (control, view) =>
            gossiper({ kind }, synchronous).wake(JSON.parse(JSON.stringify(control)), view),
          receive: (control, messages, view) =>
            gossiper({ kind }, synchronous).receive(JSON.parse(JSON.stringify(control)), messages, view),
        };
        expect(weightsOf(runs(fresh, 5))).to.deep.equal(weightsOf(runs(algorithm, 5)));
      });

      it('sends to neighbours only, with headers that survive JSON', () => {
        const host = runs(algorithm, 4);
        for (const { from, to, header } of host.sent) {
          expect(JSON.parse(JSON.stringify(header))).to.deep.equal(header);
          expect(Array.from(host.view(from).out)).to.include(to);
        }
      });

      it('bears nodes without examples', () => {
        const some = shards.map((shard, node) => (node < 2 ? asExamples(labelled(node, 0)) : shard));
        for (const weights of weightsOf(runs(algorithm, 4, { shards: some }))) {
          expect(weights.every(Number.isFinite)).to.equal(true);
        }
      });

      if ('amount' in options.shape) {
        it('counts local training in epochs or in steps, one step a batch', () => {
          const equal = { shards: shards.map((_, node) => asExamples(labelled(node, 15))) };
          const after = (amount: Amount) =>
            weightsOf(runs(gossiper({ kind, amount, batchSize: 10 }, synchronous), 3, equal));
          expect(after({ steps: 4 })).to.deep.equal(after({ epochs: 2 }));
          expect(after({ steps: 3 })).not.to.deep.equal(after({ epochs: 2 }));
        });
      }

      it('learns', () => {
        const loss = (host: Host) =>
          shards.reduce(
            (sum, shard, node) => sum + engine.evaluate(model, host.weights(node), shard).lossSum,
            0,
          );
        const before = loss(hostOf(algorithm, { ...setting, topology }));
        expect(loss(runs(algorithm, 60))).to.be.lessThan(0.6 * before);
      });
    });
  }
}
