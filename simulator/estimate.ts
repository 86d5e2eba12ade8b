/** What a recipe can be expected to cost, from single updates and evaluations measured now. */
import { performance } from 'node:perf_hooks';
import type { FederatedAlgorithm, GossipAlgorithm } from '../algorithms/index.js';
import { stream } from '../numerics/index.js';
import { evaluatePart, update } from '../hosting/index.js';
import { wasmEngine, type Engine } from '../learning/index.js';
import { buildFederation, startingWeights, type Federation, type Recipe } from '../recipe/index.js';
import { describeStart } from './describe.js';
import { gossipMemory, refuseTooMuchMemory } from './gossip/memory.js';
import { prepareFor, startNodes } from './gossip/nodes.js';
import { program } from './gossip/program.js';
import { viewer } from './gossip/views.js';

/** Seconds and bytes; the bytes are those beyond what the process has taken already. */
interface Cost {
  readonly clientsARound: number;
  readonly update: number;
  readonly bytes: number;
}

const MIB = 2 ** 20;
/** What a thread takes for itself: its engine's memory, its copy of the program. */
const THREAD_BYTES = 60 * MIB;

/** A few lines: what the recipe is, and at most how long it will take and about how much memory. */
export function estimateRun(recipe: Recipe, threads = 1): string {
  const federation = buildFederation(recipe);
  const { dataset, model, algorithm } = federation;
  const engine = wasmEngine();
  const evaluate = evaluatePart.prepare(federation, engine);
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
  const memory = process.resourceUsage().maxRSS / 1024 + (threads * THREAD_BYTES + cost.bytes) / MIB;
  const figures = `${cost.clientsARound} clients a round, ${(1000 * cost.update).toFixed(1)} ms each; evaluation ${(1000 * evaluation).toFixed(0)} ms`;
  return `${describeStart(federation)}  expected: at most ${Math.ceil(seconds)} s on ${threads} thread${threads === 1 ? '' : 's'} (${figures}), about ${Math.round(memory)} MiB\n`;
}

function federatedCost(federation: Federation, algorithm: FederatedAlgorithm, engine: Engine): Cost {
  const { recipe, model, partition, behaviour } = federation;
  const state = algorithm.init({ model, weights: startingWeights(federation), clients: partition.clients });
  const plan = algorithm.plan(state, {
    roster: {
      count: partition.clients,
      available: behaviour.available(1),
      samples: (client) => partition.size(client),
    },
    stream: (...name) => stream(recipe.seed, 'exchange', 1, ...name),
  });
  const cohort = plan === 'done' ? [] : plan.to;
  const perform = update.prepare(federation, engine);
  const seconds = cohort.length === 0 ? 0 : median(() => perform({ ...cohort[0], clientState: undefined }));
  return { clientsARound: cohort.length, update: seconds, bytes: cohort.length * 4 * model.manifest.length };
}

/** A node's waking and its merge, without messages. */
function gossipCost(federation: Federation, algorithm: GossipAlgorithm, engine: Engine): Cost {
  const memory = gossipMemory(federation, algorithm);
  refuseTooMuchMemory(memory);
  const view = viewer(federation)(0, 0);
  const woken = algorithm.wake(algorithm.start(view), view);
  const merged = algorithm.receive(woken.control, [], view);
  const operations = [...woken.effects, ...merged.effects].filter((effect) => effect.kind !== 'send');
  const [node] = startNodes(federation, algorithm, 1);
  for (const effect of operations) prepareFor(effect, node);
  const { vectors: own, optimizer } = node;
  const perform = program.prepare(federation, engine);
  const update = median(() =>
    perform({ node: 0, round: 0, own, optimizer, received: [], operations, trained: 0 }),
  );
  return { clientsARound: federation.partition.clients, update, bytes: memory.bytes };
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
