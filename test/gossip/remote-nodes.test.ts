/** Nodes of one population in two hosts whose clocks are apart: the simulator does by their trace what they did. */
import { expect } from 'chai';
import { createExecutor } from '../../execution/host/index.js';
import { GossipHost, RoundTotals, Slabs, type PlacedModel } from '../../gossip/index.js';
import { sha256 } from '../../numerics/index.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { traceOf, type RoundEvent, type NodeTrace } from '../../records/index.js';
import { GossipReplay } from '../../simulator/gossip-replay.js';

const ROUNDS = 6;
/** So many rounds is one host ahead of the other. */
const AHEAD = 3;
const recipe = parseRecipe(
  JSON.stringify({
    data: { dataset: { kind: 'synthetic', clients: 6, dimension: 9 }, partition: 'natural' },
    model: 'logistic',
    topology: 'complete',
    algorithm: { kind: 'gossip', batchSize: 10, optimizer: { learningRate: 0.1 } },
    schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } },
    evaluate: { every: ROUNDS, nodes: 2, examples: 20 },
    rounds: ROUNDS,
  }),
);

describe('gossip nodes in two hosts', () => {
  it('read nothing in a round before the one that it was sent in, however far one is ahead: so a replay can follow', async () => {
    const federation = buildFederation(recipe);
    const { algorithm } = federation;
    if (algorithm.family !== 'gossip') throw new TypeError('not a gossip algorithm');
    const bench = () => {
      const executor = createExecutor(federation, { threads: 1 });
      const slabs = new Slabs(0, 1, (slab) => {
        executor.open(slab);
      });
      return [executor, slabs] as const;
    };
    const shared = bench();
    const arrive: GossipHost['arrive'][] = [];
    const [ahead, behind] = [
      [0, 1, 2],
      [3, 4, 5],
    ].map((here, side) => {
      const host = new GossipHost(federation, algorithm, ...shared, undefined, {
        here,
        post: (to, delivery, time) => {
          arrive[1 - side](to, delivery, time);
        },
      });
      arrive[side] = host.arrive.bind(host);
      return host;
    });
    const told = Array.from({ length: ROUNDS }, () => ({
      totals: new RoundTotals(),
      trace: [] as NodeTrace[],
    }));
    const goOn = async (host: GossipHost) => {
      await host.nextRound();
      const { totals, trace } = told[host.round - 1];
      totals.include(host.totals.parts);
      trace.push(...(host.traceRecorder?.trace ?? []));
    };
    for (let round = 1; round <= AHEAD; round++) await goOn(ahead);
    for (let round = 1; round <= ROUNDS; round++) {
      await goOn(behind);
      if (ahead.round < ROUNDS) await goOn(ahead);
    }
    const events = told.map(({ totals, trace }, i): RoundEvent => ({ ...totals.event(i + 1, 0), trace }));
    const isRead = ({ node, happened }: NodeTrace) =>
      node > 2 && happened.some((happening) => typeof happening !== 'string' && happening[0] < 3);
    // In most rounds the one behind reads what the other sent: most of that had come long before.
    expect(events.filter(({ trace }) => trace?.some(isRead))).to.have.lengthOf.above(ROUNDS / 2);

    const replay = new GossipReplay(federation, algorithm, ...bench(), undefined, traceOf(events));
    for (let round = 1; round <= ROUNDS; round++) await replay.nextRound();
    const digests = (models: readonly PlacedModel[]) => models.map(({ weights }) => sha256(weights));
    expect(digests(replay.models())).to.deep.equal(digests([...ahead.models(), ...behind.models()]));
  });
});
