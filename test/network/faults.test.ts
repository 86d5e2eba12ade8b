import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Coordinator, CoordinatorStart } from '../../server/index.js';
import type { Worker, WorkerStart } from '../../client/index.js';
import type { GossipCoordinator, GossipStart } from '../../server/index.js';
import { history, type HistoryOptions } from '../../simulator/index.js';
import { faultScenarios, scenarioOf, type FaultScenarios } from '../support/fault-scenarios.js';

const SEEDS = 1000;
/** A mistake has to be found within so many histories. */
const FOUND_WITHIN = 300;

const mutants: URL[] = [];

/** A compiled module of ours with a mistake in it, beside the real one so that its imports are found. */
async function mutant(path: string, right: string, wrong: string): Promise<Record<string, unknown>> {
  return (await import(mutate(path, right, wrong).href)) as Record<string, unknown>;
}

function mutate(path: string, right: string, wrong: string): URL {
  const file = new URL(`../../${path}.js`, import.meta.url);
  const source = readFileSync(file, 'utf8');
  expect(source, `${path} has no longer what the mistake is made in`).to.include(right);
  const mutated = new URL(`../../${path}.mutant-${mutants.length}.js`, import.meta.url);
  mutants.push(mutated);
  writeFileSync(mutated, source.replace(right, wrong));
  return mutated;
}

/** A coordinator one of whose parts has a mistake in it. */
async function mutantWith(part: string, right: string, wrong: string): Promise<typeof Coordinator> {
  const file = mutate(part, right, wrong);
  const name = `./${file.pathname.split('/').at(-1) ?? ''}`;
  const { Coordinator: Mutant } = await mutant(
    'server/coordinator',
    `./${part.replace('server/', '')}.js`,
    name,
  );
  return Mutant as typeof Coordinator;
}

describe('a federation under faults', function () {
  this.timeout(600_000);
  let scenarios: FaultScenarios;
  after(() => {
    for (const file of mutants) rmSync(file, { force: true });
  });
  before(async () => {
    scenarios = await faultScenarios();
  });

  it(`ends as though nothing had been, in ${SEEDS} histories`, async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const violation = await history(scenarioOf(scenarios, seed), seed);
      expect(violation, `npm run fuzz:faults -- --from ${seed} --seeds 1`).to.equal(undefined);
    }
  });

  it('sends what nodes say directly and by the coordinator', async () => {
    const ways = { bytesDirect: 0, bytesRelayed: 0 };
    for (const seed of [9, 19, 29, 39, 49, 59, 69, 79]) {
      await history(scenarioOf(scenarios, seed), seed, {
        onEnd(_, result) {
          for (const event of result?.events ?? []) {
            if (event.type !== 'exchange') continue;
            ways.bytesDirect += event.bytesDirect ?? 0;
            ways.bytesRelayed += event.bytesRelayed ?? 0;
          }
        },
      });
    }
    expect(Math.min(ways.bytesDirect, ways.bytesRelayed)).to.be.above(0);
  });

  it('has the same history for the same seed', async () => {
    const times: number[][] = [];
    for (let run = 0; run < 2; run++) {
      await history(scenarioOf(scenarios, 7), 7, { onEnd: ({ now, events }) => times.push([now, events]) });
    }
    expect(times[0]).to.deep.equal(times[1]);
  });

  describe('finds mistakes', () => {
    async function isFound(options: HistoryOptions, among = scenarios): Promise<boolean> {
      for (let seed = 0; seed < FOUND_WITHIN; seed++) {
        if ((await history(scenarioOf(among, seed), seed, options)) !== undefined) return true;
      }
      return false;
    }

    it('of a host that tells what is not durable yet', async () => {
      expect(await isFound({ mistake: 'told before durable' })).to.equal(true);
    });

    it('of a host that forgets a timer', async () => {
      expect(await isFound({ mistake: 'a forgotten timer' })).to.equal(true);
    });

    it('of a coordinator that counts an update each time that it comes', async () => {
      const Mutant = await mutantWith(
        'server/judge',
        "return { kind: 'counted' };",
        `{
            const longest = Infinity, samples = federation.partition.size(client);
            const encoding = federation.recipe.network.codec?.kind ?? 'float32';
            const answer = checkUpdate(update, { lengths: undefined, samples, longest, encoding, normBound: undefined });
            return { kind: 'counts', answer };
          }`,
      );
      const coordinator = (start: CoordinatorStart) => new Mutant(start);
      expect(await isFound({ coordinator })).to.equal(true);
    });

    it('of a coordinator that keeps clients for a worker that was lost before it kept who it is', async () => {
      const Mutant = await mutantWith('server/connections', 'this.#claims.release(worker);', ';');
      const coordinator = (start: CoordinatorStart) => new Mutant(start);
      expect(await isFound({ coordinator })).to.equal(true);
    });

    const isFoundInGossip = async (options: HistoryOptions, scenario = scenarios.gossip) => {
      for (let seed = 0; seed < FOUND_WITHIN; seed++) {
        if ((await history(scenario, seed, options)) !== undefined) return true;
      }
      return false;
    };

    /** Workers whose desk has a mistake. */
    const workersWith = async (desk: URL) => {
      const name = `./gossip/${desk.pathname.split('/').at(-1) ?? ''}`;
      const { Worker: Mutant } = await mutant('client/worker', './gossip/desk.js', name);
      return (start: WorkerStart) => new (Mutant as typeof Worker)(start);
    };

    it('of a worker that does not send again what was lost on its way to another', async () => {
      const desk = mutate('client/gossip/desk', 'this.#outbox(worker).again()', '[]');
      expect(await isFoundInGossip({ worker: await workersWith(desk) })).to.equal(true);
    });

    it('of a worker that takes what comes twice for two messages', async () => {
      const desk = mutate('client/gossip/desk', 'if (number === come + 1)', 'if (number <= come + 1)');
      expect(await isFoundInGossip({ worker: await workersWith(desk) })).to.equal(true);
    });

    it('of a coordinator that tells of the population each time that nodes come to a round', async () => {
      const findings = mutate('server/gossip/findings', 'round > this.#examined &&', '');
      const name = `./${findings.pathname.split('/').at(-1) ?? ''}`;
      const { GossipCoordinator: Mutant } = await mutant('server/gossip/coordinator', './findings.js', name);
      const gossip = (start: GossipStart) => new (Mutant as typeof GossipCoordinator)(start);
      expect(await isFoundInGossip({ gossip })).to.equal(true);
    });

    it('of a coordinator that goes by what nodes did before they returned and did something else', async () => {
      const course = mutate('server/gossip/course', 'if (told > round)', 'if (false)');
      const name = `./${course.pathname.split('/').at(-1) ?? ''}`;
      const { GossipCoordinator: Mutant } = await mutant('server/gossip/coordinator', './course.js', name);
      const gossip = (start: GossipStart) => new (Mutant as typeof GossipCoordinator)(start);
      expect(await isFoundInGossip({ gossip }, scenarios.asynchronous)).to.equal(true);
    });

    it('of a coordinator that does not say what counted while a worker was away', async () => {
      const { Coordinator: Mutant } = await mutant(
        'server/coordinator',
        "this.#send(session, { kind: 'committed', exchange, durable: this.#counted.durable, commits });",
        '',
      );
      const coordinator = (start: CoordinatorStart) => new (Mutant as typeof Coordinator)(start);
      expect(
        await isFound({ coordinator }, { ...scenarios, federated: scenarios.federated.slice(0, 1) }),
      ).to.equal(true);
    });
  });
});
