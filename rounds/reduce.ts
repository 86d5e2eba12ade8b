/** Brings the answers of one round together: exact weighted means as they arrive, or all in client order. */
import type {
  ClientUpdate,
  CollectingAlgorithm,
  FederatedAlgorithm,
  SummingAlgorithm,
} from '../algorithms/index.js';
import { ExactScalarSum, ExactSum, SumOverflowError } from '../numerics/index.js';

/** A client's answer is not finite, or the sum of the answers overflows: training has diverged. */
export class ClientDivergedError extends Error {
  override name = 'ClientDivergedError';
  constructor(
    /** Left out where the answers overflow only together. */
    readonly client: number | undefined,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export interface Reducer {
  /**
   * Takes a client's answer, in whatever order answers arrive.
   * @param staleness how many rounds ended since its start
   */
  add(client: number, answer: ClientUpdate, staleness: number): void;
  /** How many answers came, and their mean training loss. */
  totals(): { readonly answered: number; readonly loss: number };
  /** @throws ClientDivergedError for the first client, in client order, whose answer is not finite */
  finish(state: unknown, missing: readonly number[]): unknown;
}

export function createReducer(algorithm: FederatedAlgorithm): Reducer {
  return algorithm.answers === 'sum' ? summing(algorithm) : collecting(algorithm);
}

/** What is reported does not depend on the order of arrival: the first client, in client order, at fault by itself. */
class Divergence {
  #together = false;
  #first: { readonly client: number; readonly reason: string } | undefined;

  note(client: number, reason: string | undefined): void {
    this.#together = true;
    if (reason === undefined || (this.#first && this.#first.client < client)) return;
    this.#first = { client, reason };
  }

  check(): void {
    if (this.#first) throw new ClientDivergedError(this.#first.client, this.#first.reason);
    if (this.#together) throw new ClientDivergedError(undefined, "the sum of the clients' answers overflows");
  }
}

/** Why an answer cannot be summed even by itself. */
function ownOverflow(answer: ClientUpdate, share: number): string | undefined {
  try {
    for (const vector of Object.values(answer.vectors)) new ExactSum(vector.length).add(vector, share);
    for (const value of Object.values(answer.scalars)) new ExactScalarSum().add(value, share);
    return undefined;
  } catch (error) {
    if (error instanceof SumOverflowError) return error.message;
    throw error;
  }
}

function summing(algorithm: SummingAlgorithm): Reducer {
  const vectors = new Map<string, ExactSum>();
  const scalars = new Map<string, ExactScalarSum>();
  const divergence = new Divergence();
  let answered = 0;
  const weights = new ExactScalarSum();

  const entry = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
    const found = map.get(key) ?? make();
    map.set(key, found);
    return found;
  };

  return {
    add(client, answer, staleness) {
      answered++;
      const share = algorithm.weigh(answer, staleness);
      weights.add(share, 1);
      try {
        for (const [name, vector] of Object.entries(answer.vectors)) {
          entry(vectors, name, () => new ExactSum(vector.length)).add(vector, share);
        }
        for (const [name, value] of Object.entries(answer.scalars)) {
          entry(scalars, name, () => new ExactScalarSum()).add(value, share);
        }
      } catch (error) {
        if (!(error instanceof SumOverflowError)) throw error;
        divergence.note(client, ownOverflow(answer, share));
      }
    },
    totals: () => ({ answered, loss: scalars.get('loss')?.mean() ?? NaN }),
    finish(state, missing) {
      divergence.check();
      if (answered === 0) return algorithm.finish(state, undefined, missing);
      const means = {
        count: answered,
        weight: weights.total(),
        vectors: Object.fromEntries([...vectors].map(([name, sum]) => [name, sum.mean()])),
        scalars: Object.fromEntries([...scalars].map(([name, sum]) => [name, sum.mean()])),
      };
      for (const sum of vectors.values()) sum.release();
      return algorithm.finish(state, means, missing);
    },
  };
}

function collecting(algorithm: CollectingAlgorithm): Reducer {
  const answers: { client: number; answer: ClientUpdate }[] = [];
  const divergence = new Divergence();
  return {
    add(client, answer) {
      const finite = Object.values(answer.vectors).every((vector) => vector.every(Number.isFinite));
      if (!finite) divergence.note(client, 'its answer holds numbers that are not finite');
      answers.push({ client, answer });
    },
    totals() {
      const losses = new ExactScalarSum();
      for (const { answer } of answers) losses.add(answer.scalars.loss, answer.samples);
      return { answered: answers.length, loss: losses.mean() };
    },
    finish(state, missing) {
      divergence.check();
      answers.sort((a, b) => a.client - b.client);
      return algorithm.finish(state, answers, missing);
    },
  };
}
