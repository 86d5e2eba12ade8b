/** A run of gossip, round by round, with what is measured of its population of models. */
import type { GossipAlgorithm } from '../../algorithms/index.js';
import { sha256, stream, sampleWithoutReplacement, range } from '../../numerics/index.js';
import type { Federation } from '../../recipe/index.js';
import type { RunEvent } from '../../runs/index.js';
import { createEvaluator, DivergedError, type Executor, type HostedRun } from '../../hosting/index.js';
import type { GossipCheckpoint } from './checkpoint.js';
import { GossipHost } from './host.js';
import { gossipMemory, refuseTooMuchMemory } from './memory.js';
import { meanWeights, measurePopulation } from './population.js';
import { Slabs } from './slabs.js';

export function hostGossip(
  federation: Federation,
  algorithm: GossipAlgorithm,
  executor: Executor,
  start: GossipCheckpoint | undefined,
): HostedRun {
  const { recipe, model, partition } = federation;
  const memory = gossipMemory(federation, algorithm);
  refuseTooMuchMemory(memory);
  const slabs = new Slabs(memory.bytes, executor.threads, (slab) => {
    executor.open(slab);
  });
  const host = new GossipHost(federation, algorithm, executor, slabs, start);
  const evaluate = createEvaluator(federation, executor);

  /** The nodes that are tested after a round: some, at the end all. */
  function panel(round: number, last: boolean): ArrayLike<number> {
    const { nodes } = recipe.evaluate;
    if (last || nodes >= partition.clients) return range(partition.clients);
    return sampleWithoutReplacement(stream(recipe.seed, 'panel', round), partition.clients, nodes);
  }

  async function afterRound(last: boolean): Promise<{ events: RunEvent[]; reached: boolean }> {
    const { round, totals } = host;
    if (totals.diverged) {
      throw new DivergedError(round, undefined, recipe.algorithm, "a node's loss is not finite");
    }
    const events: RunEvent[] = [
      {
        type: 'exchange',
        round,
        loss: totals.loss,
        answered: totals.woken,
        missing: totals.missing,
        bytesDown: 0,
        bytesUp: host.bytesSentThisRound,
        report: { merges: totals.merges, clamped: totals.clamped, ...totals.counts },
      },
    ];
    if (!last && round % recipe.evaluate.every !== 0) return { events, reached: false };
    const population = await measurePopulation(federation, executor, host.models(), panel(round, last), last);
    events.push({
      type: 'population',
      round,
      ...population.figures,
      ...(totals.correction !== undefined && { correction: totals.correction }),
      bytesSent: host.bytesSent,
      virtualTime: host.time,
    });
    const { events: evaluations, reached } = await evaluate(round, { model, weights: population.mean });
    return { events: [...events, ...evaluations], reached };
  }

  return {
    get rounds() {
      return host.round;
    },
    async *advance() {
      for (;;) {
        await host.nextRound();
        const last = host.round >= recipe.rounds;
        const { events, reached } = await afterRound(last);
        yield {
          events,
          ...(last ? { ended: 'rounds' as const } : reached ? { ended: 'target' as const } : {}),
        };
        if (last || reached) return;
      }
    },
    checkpoint: () => (memory.isCheckpointed ? host.checkpoint() : undefined),
    outcome() {
      const all = host.models().map(({ weights }) => weights);
      return { model, weights: meanWeights(all), weightsSha256: sha256(all.map(sha256).join('')) };
    },
  };
}
