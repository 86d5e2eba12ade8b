/** A host for tests: runs an algorithm's rounds one after another, exactly as the real hosts reduce them. */
import type {
  ClientUpdate,
  FederatedAlgorithm,
  LocalTools,
  Payload,
  Sum,
  SummingAlgorithm,
} from '../../algorithms/index.js';
import type { Amount, Engine, Examples, Model } from '../../learning/index.js';
import { ExactScalarSum, ExactSum, permutation, range, stream } from '../../numerics/index.js';

/** How much of the planned training a client does. */
type LocalAmount = (client: number, planned: Amount) => Amount;

/** A straggler does one epoch, the others all that is planned. */
export const straggler =
  (slow: number): LocalAmount =>
  (client, planned) =>
    client === slow ? { epochs: 1 } : planned;

export interface Setting {
  readonly model: Model;
  readonly weights: Float32Array;
  readonly shards: readonly Examples[];
  readonly engine: Engine;
  readonly seed?: number;
  /** Who can be asked in a round; everybody where it is left out. */
  readonly available?: (round: number) => number[];
  /** Whether a client that was asked answers. */
  readonly answers?: (client: number, round: number) => boolean;
  /** Stragglers; left out, there are none. */
  readonly localAmount?: LocalAmount;
  /** Whether the run is saved and resumed after each round. */
  readonly resumed?: boolean;
}

/** What one round was. */
export interface Round {
  readonly asked: readonly { readonly client: number; readonly message: Payload }[];
  readonly answered: readonly { readonly client: number; readonly answer: ClientUpdate }[];
  readonly state: unknown;
}

/** Runs at most so many rounds; fewer where the algorithm is done. */
export function runRounds(
  algorithm: FederatedAlgorithm,
  setting: Setting,
  rounds: number,
): { readonly state: unknown; readonly trace: readonly Round[] } {
  const { model, weights, shards, seed = 1, answers = () => true, resumed = false } = setting;
  const clientStates = new Map<number, unknown>();
  const trace: Round[] = [];
  let state = algorithm.init({ model, weights, clients: shards.length });
  for (let round = 0; round < rounds; round++) {
    const plan = algorithm.plan(state, {
      roster: {
        count: shards.length,
        available: setting.available?.(round) ?? range(shards.length),
        samples: (client) => shards[client].count,
      },
      stream: (...name) => stream(seed, 'exchange', round + 1, ...name),
    });
    if (plan === 'done') break;
    const answered: { client: number; answer: ClientUpdate }[] = [];
    for (const { client, message } of plan.to) {
      if (!answers(client, round)) continue;
      const tools = localTools(setting, seed, client);
      const done = algorithm.localUpdate(message, shards[client], clientStates.get(client), tools);
      if (done.clientState !== undefined) {
        clientStates.set(client, resumed ? structuredClone(done.clientState) : done.clientState);
      }
      answered.push({ client, answer: done.answer });
    }
    const missing = plan.to.map(({ client }) => client).filter((client) => !answers(client, round));
    if (algorithm.answers === 'sum') {
      state = algorithm.finish(state, reduce(algorithm, answered), missing);
    } else {
      const inOrder = answered.toSorted((a, b) => a.client - b.client);
      state = algorithm.finish(state, inOrder, missing);
    }
    if (resumed) state = structuredClone(state);
    trace.push({ asked: plan.to, answered, state });
  }
  return { state, trace };
}

/** The weights after so many rounds. */
export function trainedWeights(
  algorithm: FederatedAlgorithm,
  setting: Setting,
  rounds: number,
): Float32Array {
  const { state } = runRounds(algorithm, setting, rounds);
  const trained = algorithm.model(state);
  if (trained === undefined) throw new Error('there is no model after these rounds');
  return trained.weights;
}

function localTools(setting: Setting, seed: number, client: number): LocalTools {
  const { engine, model, shards, localAmount = (_client: number, planned: Amount) => planned } = setting;
  return {
    engine,
    model,
    client,
    draws: (round) => ({
      order: (epoch) =>
        permutation(stream(seed, 'client', client, 'round', round, 'epoch', epoch), shards[client].count),
      chance: () => [0, 0],
    }),
    localAmount: (planned) => localAmount(client, planned),
  };
}

/** Weighted means by exact sums: weigh × value on the grid of 2⁻³², each mean rounded once. */
function reduce(
  algorithm: SummingAlgorithm,
  answered: readonly { readonly answer: ClientUpdate }[],
): Sum | undefined {
  if (answered.length === 0) return undefined;
  const vectors = new Map<string, ExactSum>();
  const scalars = new Map<string, ExactScalarSum>();
  let weight = 0;
  for (const { answer } of answered) {
    const share = algorithm.weigh(answer, 0);
    weight += share;
    for (const [name, values] of Object.entries(answer.vectors)) {
      const sum = vectors.get(name) ?? new ExactSum(values.length);
      vectors.set(name, sum);
      sum.add(values, share);
    }
    for (const [name, value] of Object.entries(answer.scalars)) {
      const sum = scalars.get(name) ?? new ExactScalarSum();
      scalars.set(name, sum);
      sum.add(value, share);
    }
  }
  return {
    count: answered.length,
    weight,
    vectors: Object.fromEntries([...vectors].map(([name, sum]) => [name, sum.mean()])),
    scalars: Object.fromEntries([...scalars].map(([name, sum]) => [name, sum.mean()])),
  };
}
