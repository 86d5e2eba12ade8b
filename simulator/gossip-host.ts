/** A run of gossip in one process, round by round, with what is measured of its population of models. */
import type { GossipAlgorithm } from '../algorithms/index.js';
import {
  divergedEvaluation,
  divergedNode,
  evaluateHeldOut,
  meetsTarget,
  type HostedRun,
} from '../rounds/index.js';
import { DivergedError } from '../errors/index.js';
import {
  figuresOf,
  GossipHost,
  gossipMemory,
  meanWeights,
  measureNodes,
  nodeEvaluations,
  Slabs,
  surveyOf,
  testNodes,
  type GossipCheckpoint,
  type PlacedModel,
} from '../gossip/index.js';
import { vectorSharer, type Executor } from '../execution/index.js';
import { sha256, SumOverflowError } from '../numerics/index.js';
import type { Federation } from '../recipe/index.js';
import type { EvaluationEvent, RunEvent, Trace } from '../records/index.js';
import { GossipReplay } from './gossip-replay.js';

/** @param trace what happened in a run over a network: where that is not told beforehand, it happens again */
export function hostGossip(
  federation: Federation,
  algorithm: GossipAlgorithm,
  executor: Executor,
  start: GossipCheckpoint | undefined,
  trace?: Trace,
): HostedRun {
  const { recipe, model } = federation;
  const memory = gossipMemory(federation, algorithm);
  const slabs = new Slabs(memory.bytes, executor.threads, (slab) => {
    executor.open(slab);
  });
  const host =
    trace === undefined || recipe.schedule.kind !== 'asynchronous'
      ? new GossipHost(federation, algorithm, executor, slabs, start)
      : new GossipReplay(federation, algorithm, executor, slabs, start, trace);

  function average(models: readonly PlacedModel[]) {
    try {
      return meanWeights(models);
    } catch (error) {
      if (!(error instanceof SumOverflowError)) throw error;
      throw new DivergedError(host.round, undefined, recipe.algorithm, 'the models are not finite');
    }
  }

  /** @param other what is under way in threads, which is to end first where models have diverged */
  async function averageBeside(models: readonly PlacedModel[], other: Promise<unknown>) {
    try {
      return average(models);
    } catch (error) {
      await other;
      throw error;
    }
  }

  async function measurePopulation(round: number, last: boolean) {
    const models = host.evaluatedModels();
    const survey = surveyOf(federation, round, last);
    const of = (nodes: readonly number[]) => nodes.map((node) => models[node]);
    // Begun before the mean is taken, which keeps this thread busy and the others waiting.
    const testing = testNodes(federation, executor, models, survey.tests);
    const centre = vectorSharer()(await averageBeside(of(survey.measured), testing));
    const measuring = measureNodes(executor, of(survey.measured), centre);
    const [tested, measured] = await Promise.all([testing, measuring]);
    const diverged = divergedNode(recipe, round, tested);
    if (diverged) throw diverged;
    return { mean: centre, tested, figures: figuresOf(federation, centre, measured, tested) };
  }

  async function evaluateMean(round: number, weights: Float32Array): Promise<EvaluationEvent[]> {
    const events: EvaluationEvent[] = [];
    for (const on of recipe.evaluate.on) {
      if (on === 'clients') continue;
      const event = await evaluateHeldOut(federation, executor, round, { model, weights }, on);
      const diverged = divergedEvaluation(recipe, round, on, event.loss);
      if (diverged) throw diverged;
      events.push(event);
    }
    return events;
  }

  async function afterRound(last: boolean): Promise<{ events: RunEvent[]; reached: boolean }> {
    const { round, totals } = host;
    if (totals.diverged) {
      throw new DivergedError(round, undefined, recipe.algorithm, "a node's loss is not finite");
    }
    const events: RunEvent[] = [totals.event(round, host.bytesSentThisRound)];
    if (!last && round % recipe.evaluate.every !== 0) return { events, reached: false };
    const population = await measurePopulation(round, last).catch((error: unknown) => {
      if (!(error instanceof SumOverflowError)) throw error;
      throw new DivergedError(round, undefined, recipe.algorithm, "a node's weights are not finite");
    });
    events.push({
      type: 'population',
      round,
      ...population.figures,
      ...(totals.correction !== undefined && { correction: totals.correction }),
      bytesSent: host.bytesSent,
      localSteps: totals.evaluatedSteps,
      virtualTime: host.time,
    });
    const averages = await evaluateMean(round, population.mean);
    const evaluations = nodeEvaluations(recipe, round, population.tested, averages);
    return { events: [...events, ...evaluations], reached: meetsTarget(recipe, evaluations) };
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
          ...(reached ? { ended: 'target' as const } : last ? { ended: 'rounds' as const } : {}),
        };
        if (last || reached) return;
      }
    },
    checkpoint: () => (memory.isCheckpointed ? host.checkpoint() : undefined),
    outcome() {
      const models = host.models();
      const digests = models.map(({ weights }) => sha256(weights));
      return { model, weights: average(models), weightsSha256: sha256(digests.join('')) };
    },
  };
}
