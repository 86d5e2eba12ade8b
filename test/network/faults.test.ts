import { expect } from 'chai';
import type { Worker, WorkerStart } from '../../client/index.js';
import type { WorkerStore } from '../../client/host/index.js';
import type { EffectRunner } from '../../execution/host/index.js';
import type { RunDirectory } from '../../records/host/index.js';
import type { GossipCoordinator, GossipStart } from '../../server/index.js';
import { faultRun, type FaultRunOptions } from '../faults/fault-run.js';
import { coordinatorWith, mutant, removeMutants } from '../support/mutants.js';
import { triesAll } from '../support/sampling.js';
import { faultScenarios, scenarioOf, type FaultScenarios } from '../support/fault-scenarios.js';

const SEEDS = triesAll ? 1000 : 200;
/** A mistake has to be found within so many histories. */
const FOUND_WITHIN = 300;

async function gossipWith(path: readonly string[], right: string, wrong: string) {
  const { GossipCoordinator: Mutant } = await mutant([...path, 'server/gossip/coordinator'], right, wrong);
  return (start: GossipStart) => new (Mutant as typeof GossipCoordinator)(start);
}

async function workerWith(path: readonly string[], right: string, wrong: string) {
  const { Worker: Mutant } = await mutant([...path, 'client/worker'], right, wrong);
  return (start: WorkerStart) => new (Mutant as typeof Worker)(start);
}

async function runnerWith(right: string, wrong: string) {
  const { EffectRunner: Mutant } = await mutant(['execution/host/effect-runner'], right, wrong);
  return Mutant as typeof EffectRunner;
}

/** Coordinator and workers whose files are written with a mistake. */
async function filesWith(right: string, wrong: string): Promise<FaultRunOptions> {
  const first = 'records/host/atomic-file';
  const coordinators = await mutant([first, 'records/host/run-directory'], right, wrong);
  const workers = await mutant([first, 'records/host/index', 'client/host/store'], right, wrong);
  return {
    RunDirectory: coordinators.RunDirectory as typeof RunDirectory,
    WorkerStore: workers.WorkerStore as typeof WorkerStore,
  };
}

describe('a federation under faults', function () {
  this.timeout(600_000);
  let scenarios: FaultScenarios;
  after(removeMutants);
  before(async () => {
    scenarios = await faultScenarios();
  });

  it(`ends as though nothing had been, in ${SEEDS} histories`, async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const violation = await faultRun(scenarioOf(scenarios, seed), seed);
      expect(violation, `npm run fuzz:faults -- --from ${seed} --seeds 1`).to.equal(undefined);
    }
  });

  it('ends so in histories in which a replaced machine once ended a run or replayed otherwise', async () => {
    for (const seed of [6099, 15719, 24409]) {
      const violation = await faultRun(scenarioOf(scenarios, seed), seed);
      expect(violation, `seed ${seed}`).to.equal(undefined);
    }
  });

  it('sends what nodes say directly and by the coordinator', async () => {
    const ways = { bytesDirect: 0, bytesRelayed: 0 };
    for (const seed of [9, 19, 29, 39, 49, 59, 69, 79]) {
      await faultRun(scenarioOf(scenarios, seed), seed, {
        onEnd(_, result) {
          for (const event of result?.events ?? []) {
            if (event.type !== 'round') continue;
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
      await faultRun(scenarioOf(scenarios, 7), 7, { onEnd: ({ now, events }) => times.push([now, events]) });
    }
    expect(times[0]).to.deep.equal(times[1]);
  });

  describe('finds mistakes', () => {
    async function isFound(options: FaultRunOptions, among = scenarios): Promise<boolean> {
      for (let seed = 0; seed < FOUND_WITHIN; seed++) {
        if ((await faultRun(scenarioOf(among, seed), seed, options)) !== undefined) return true;
      }
      return false;
    }

    it('of a host that tells what is not durable yet', async () => {
      expect(await isFound({ bug: 'told before durable' })).to.equal(true);
    });

    it('of a host that swallows the error of an effect', async () => {
      expect(await isFound({ EffectRunner: await runnerWith('this.fail(error);', '') })).to.equal(true);
    });

    it('of a process that stays after an effect has failed', async () => {
      expect(await isFound({ EffectRunner: await runnerWith('this.exit(error);', '') })).to.equal(true);
    });

    it('of a failed write that is taken for durable', async () => {
      expect(await isFound(await filesWith('throw naming(path, error);', 'return;'))).to.equal(true);
    });

    it('of a file that takes its name though its content could not be written', async () => {
      const right = 'writeAll(file, bytes, files);';
      expect(await isFound(await filesWith(right, `try { ${right} } catch {}`))).to.equal(true);
    });

    it('of a file that takes its name before its content is durable', async () => {
      expect(await isFound(await filesWith('files.sync(file);', ''))).to.equal(true);
    });

    it('of a new name that is not durable', async () => {
      expect(await isFound(await filesWith('files.sync(handle);', ''))).to.equal(true);
    });

    it('of a host that forgets a timer', async () => {
      expect(await isFound({ bug: 'a forgotten timer' })).to.equal(true);
    });

    it('of a coordinator that counts an update each time that it comes', async () => {
      const coordinator = await coordinatorWith(
        ['server/update-validator', 'server/task-dispatcher'],
        "return { kind: 'counted' };",
        `{
            const answer = checkUpdate(update, {
              lengths: undefined,
              longest: Infinity,
              samples: federation.partition.size(client),
              codecOf: (name) => answerCodec(federation.codec, name),
              manifest: federation.model.manifest,
              normBound: undefined,
              refuse: () => undefined,
              weigh: ({ samples }) => samples,
              terms: 1,
            });
            return { kind: 'counts', answer };
          }`,
      );
      expect(await isFound({ coordinator })).to.equal(true);
    });

    it('of a coordinator that keeps clients for a worker that was lost before it kept who it is', async () => {
      const right = 'this.#assignments.release(worker);';
      const coordinator = await coordinatorWith(['server/connection-manager'], right, ';');
      expect(await isFound({ coordinator })).to.equal(true);
    });

    const isFoundInGossip = async (options: FaultRunOptions, scenario = scenarios.gossip) => {
      for (let seed = 0; seed < FOUND_WITHIN; seed++) {
        if ((await faultRun(scenario, seed, options)) !== undefined) return true;
      }
      return false;
    };

    it('of a worker that does not send again what was lost on its way to another', async () => {
      const worker = await workerWith(['client/gossip/gossip-session'], 'this.#outbox(worker).again()', '[]');
      expect(await isFoundInGossip({ worker })).to.equal(true);
    });

    it('of a worker that takes what comes twice for two messages', async () => {
      const [right, wrong] = ['if (number === come + 1)', 'if (number <= come + 1)'];
      const worker = await workerWith(['client/gossip/gossip-session'], right, wrong);
      expect(await isFoundInGossip({ worker })).to.equal(true);
    });

    it('of a coordinator that tells of the population each time that nodes come to a round', async () => {
      const gossip = await gossipWith(['server/gossip/evaluation-state'], 'round > this.#examined &&', '');
      expect(await isFoundInGossip({ gossip })).to.equal(true);
    });

    it('of a coordinator that goes by what nodes did before they returned and did something else', async () => {
      const gossip = await gossipWith(['server/gossip/round-log'], 'if (told > round)', 'if (false)');
      expect(await isFoundInGossip({ gossip }, scenarios.asynchronous)).to.equal(true);
    });

    it('of a coordinator that does not say what counted while a worker was away', async () => {
      const right =
        "this.#connections.send(session, { kind: 'committed', ...this.#standing(member.clients) });";
      const coordinator = await coordinatorWith([], right, '');
      expect(
        await isFound({ coordinator }, { ...scenarios, federated: scenarios.federated.slice(0, 1) }),
      ).to.equal(true);
    });
  });
});
