/** What a recipe can be expected to cost, from single updates and evaluations measured now. */
import { performance } from 'node:perf_hooks';
import { WEIGHTS, type FederatedAlgorithm, type GossipAlgorithm } from '../algorithms/index.js';
import { evaluatePart, update } from '../execution/index.js';
import { isSnapshot, placesOf, prepareFor, program, Slabs, startNodes, viewer } from '../gossip/index.js';
import { engineFor } from '../learning/host/index.js';
import type { Engine } from '../learning/index.js';
import { buildFederation, startingWeights, type Federation, type Recipe } from '../recipe/index.js';
import { describeStart, describeUnsimulated } from './describe.js';
import { expectedMemory, firstCohort, refuseWhatDoesNotFit } from './memory.js';

/** What a run can be expected to take. */
export interface Expectation {
  readonly federation: Federation;
  readonly clientsARound: number;
  /** Seconds that one client's update takes, and one evaluation. */
  readonly update: number;
  readonly evaluation: number;
  /** Seconds at most, if all rounds are run. */
  readonly seconds: number;
  readonly memoryMiB: number;
}

/** Measures single updates and evaluations of a recipe. */
export async function expectRun(recipe: Recipe, threads = 1): Promise<Expectation> {
  const federation = buildFederation(recipe);
  refuseWhatDoesNotFit(federation, threads);
  const { dataset, model, algorithm } = federation;
  const engine = await engineFor(recipe.engine, federation.model, { objective: federation.objective });
  const evaluate = evaluatePart.prepare(federation, engine, { index: 0, memories: [] });
  const cost =
    algorithm.family === 'federated'
      ? federatedCost(federation, algorithm, engine)
      : gossipCost(federation, algorithm, engine);
  const part = Math.min(1000, dataset.test.count);
  const weights = startingWeights(federation);
  const evaluation =
    (dataset.test.count / part) *
    median(() => evaluate({ spec: model.spec, weights, on: 'test', from: 0, to: part }));
  const seconds =
    (recipe.rounds * (cost.update * cost.clientsARound + evaluation / recipe.evaluate.every)) / threads;
  return { ...cost, federation, evaluation, seconds, memoryMiB: expectedMemory(federation, threads) };
}

/** A few lines: what the recipe is, and at most how long it will take and about how much memory. */
export async function estimateRun(recipe: Recipe, threads = 1): Promise<string> {
  const { federation, clientsARound, update: each, evaluation, ...all } = await expectRun(recipe, threads);
  const figures = `${clientsARound} clients a round, ${(1000 * each).toFixed(1)} ms each; evaluation ${(1000 * evaluation).toFixed(0)} ms`;
  return `${describeStart(federation)}${describeUnsimulated(federation.recipe)}  expected: at most ${Math.ceil(all.seconds)} s on ${threads} thread${threads === 1 ? '' : 's'} (${figures}), about ${Math.round(all.memoryMiB)} MiB\n`;
}

type Cost = Pick<Expectation, 'clientsARound' | 'update'>;

function federatedCost(federation: Federation, algorithm: FederatedAlgorithm, engine: Engine): Cost {
  const cohort = firstCohort(federation, algorithm);
  const perform = update.prepare(federation, engine, { index: 0, memories: [] });
  const seconds = cohort.length === 0 ? 0 : median(() => perform({ ...cohort[0], clientState: undefined }));
  return { clientsARound: cohort.length, update: seconds };
}

/** A node's waking and its merge, without messages and without snapshots for evaluation, which are copies. */
function gossipCost(federation: Federation, algorithm: GossipAlgorithm, engine: Engine): Cost {
  const view = viewer(federation)(0, 0);
  const woken = algorithm.wake(algorithm.start(view), view);
  const merged = algorithm.receive(woken.control, [], view);
  const memories: WebAssembly.Memory[] = [];
  const slabs = new Slabs(0, 1, (slab) => memories.push(slab));
  const [[, node]] = startNodes(federation, algorithm, slabs, [0]);
  slabs.numbers(node.vectors[WEIGHTS]).set(startingWeights(federation));
  const own = placesOf(node.vectors);
  const operations = [...woken.effects, ...merged.effects].flatMap((effect) => {
    if (effect.kind === 'send' || isSnapshot(effect)) return [];
    prepareFor(effect, node, slabs);
    return [{ ...effect, moves: {} }];
  });
  const optimizer = { steps: 0, moments: placesOf(node.optimizer.moments) };
  const perform = program.prepare(federation, engine, { index: 0, memories });
  const seconds = median(() =>
    perform({ node: 0, round: 0, own, optimizer, received: [], operations, trained: 0 }),
  );
  return { clientsARound: federation.partition.clients, update: seconds };
}

/** Median seconds of three calls. */
function median(call: () => unknown): number {
  const seconds = Array.from({ length: 3 }, () => {
    const before = performance.now();
    call();
    return (performance.now() - before) / 1000;
  });
  return seconds.sort((a, b) => a - b)[1];
}
