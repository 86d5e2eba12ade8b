/** The memory that a run takes: told before it, and refused where the machine has less. */
import { totalmem } from 'node:os';
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { gossipMemory, refuseTooMuchMemory } from '../gossip/index.js';
import { engineBytes } from '../learning/index.js';
import { stream } from '../numerics/index.js';
import { RecipeError, startingWeights, type Federation } from '../recipe/index.js';

const MIB = 2 ** 20;
const gib = (bytes: number) => `${(bytes / 2 ** 30).toPrecision(2)} GiB`;
/** How much of a machine's memory a run may take. */
const SHARE = 0.9;
/** What a thread takes for itself besides its engine's memory: its copy of the program. */
const THREAD_BYTES = 50 * MIB;

/** The memory that this process will take for a run, in MiB, with what it has taken already. */
export function expectedMemory(federation: Federation, threads: number): number {
  const { recipe, dataset, algorithm, model, objective } = federation;
  const engine = engineBytes(recipe.engine, model, objective, dataset.train.input) ?? 0;
  const size = 4 * model.manifest.length;
  const bytes =
    algorithm.family === 'federated'
      ? size * (firstCohort(federation, algorithm).length + kept(federation, algorithm).vectors)
      : gossipMemory(federation, algorithm).bytes;
  return (process.memoryUsage.rss() + threads * (THREAD_BYTES + engine) + bytes) / MIB;
}

/**
 * @param there the machine's memory, in bytes
 * @throws RecipeError where the threads' engines take more, or the models and vectors that stay from round to round
 */
export function refuseWhatDoesNotFit(federation: Federation, threads: number, there = totalmem()): void {
  const { algorithm, model } = federation;
  refuseEngines(federation, threads, there);
  if (algorithm.family === 'gossip') {
    refuseTooMuchMemory(gossipMemory(federation, algorithm), there);
    return;
  }
  const size = 4 * model.manifest.length;
  const { vectors, clients } = kept(federation, algorithm);
  if (size * vectors < SHARE * there) return;
  throw new RecipeError(
    `what clients keep from round to round does not fit into memory: ${clients.toLocaleString('en')} clients × ` +
      `${vectors / clients} × ${(size / 1e6).toPrecision(2)} MB: ${gib(size * vectors)}, and the machine has ` +
      `${gib(there)}. Take fewer clients or a smaller model`,
  );
}

function refuseEngines(
  { recipe, model, objective, dataset }: Federation,
  threads: number,
  there: number,
): void {
  const engine = engineBytes(recipe.engine, model, objective, dataset.train.input) ?? 0;
  if (threads * engine < SHARE * there) return;
  const fitting = Math.floor((SHARE * there) / engine);
  throw new RecipeError(
    `the engines do not fit into memory: ${threads} of ${gib(engine)}, one a thread, and the machine has ` +
      `${gib(there)}. Take ${fitting < 1 ? 'a smaller model' : `fewer threads (at most ${fitting}) or a smaller model`}`,
  );
}

/** How many vectors of the model's length clients keep, and how many clients do: those that are ever asked. */
function kept(federation: Federation, algorithm: FederatedAlgorithm): { vectors: number; clients: number } {
  const { codec, partition, recipe } = federation;
  // Error feedback keeps what was left out of an answer.
  const each = (algorithm.keeps ?? 0) + (codec.feedback ? 1 : 0);
  if (each === 0) return { vectors: 0, clients: 0 };
  const clients = Math.min(partition.clients, recipe.rounds * firstCohort(federation, algorithm).length);
  return { vectors: each * clients, clients };
}

/** The cohort of the first round. */
export function firstCohort(federation: Federation, algorithm: FederatedAlgorithm) {
  const { recipe, model, partition, behaviour } = federation;
  const state = algorithm.init({ model, weights: startingWeights(federation), clients: partition.clients });
  const plan = algorithm.plan(state, {
    roster: {
      count: partition.clients,
      available: behaviour.available(1),
      samples: (client) => partition.size(client),
    },
    stream: (...name) => stream(recipe.seed, 'exchange', 1, ...name),
    ...(recipe.schedule.kind === 'buffered' && { slots: recipe.schedule.size }),
  });
  return plan === 'done' ? [] : plan.to;
}
