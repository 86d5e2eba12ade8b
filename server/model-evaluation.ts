/** The evaluation of a model where the recipe says: on held-out examples here, on the clients' own where these are. */
import { divergedEvaluation, summariseClients, type EvaluatedModel } from '../rounds/index.js';
import { nodeEvaluations, type Tested } from '../gossip/index.js';
import type { DivergedError } from '../errors/index.js';
import { ProtocolError, type MessageOf } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import type { ClientsEvent, EvaluationEvent, RunEvent } from '../records/index.js';
import { checkResults } from './check-evaluation.js';
import { ClientEvaluation } from './client-evaluation.js';
import type { RegisteredWorker } from './worker-registry.js';
import type { HeldVectors } from './vectors.js';

export class ModelEvaluation {
  /** The sets that are evaluated on here. */
  readonly heldOut: readonly ('test' | 'validation')[];
  #found: readonly EvaluationEvent[] | undefined;
  readonly #clients: ClientEvaluation | undefined;

  constructor(
    readonly federation: Federation,
    readonly round: number,
    readonly model: EvaluatedModel,
    /** In gossip what nodes got right by themselves, on their own examples too. */
    readonly tested?: readonly Tested[],
  ) {
    const { recipe, partition } = federation;
    const isSame = model.model.spec === federation.model.spec;
    this.heldOut = recipe.evaluate.on.filter((set) => set !== 'clients');
    this.#found = this.heldOut.length === 0 ? [] : undefined;
    this.#clients =
      recipe.evaluate.on.includes('clients') && tested === undefined
        ? new ClientEvaluation(round, model, isSame, partition.clients)
        : undefined;
  }

  /** The clients' results, where these are asked for. */
  get clients(): ClientEvaluation | undefined {
    return this.#clients;
  }

  /** What a worker is still to be asked. */
  requestFor({ clients }: RegisteredWorker, held: HeldVectors): MessageOf<'evaluate'> | undefined {
    return this.#clients?.requestFor(clients, held);
  }

  found(events: readonly EvaluationEvent[]): void {
    this.#found = events;
  }

  /** @throws ProtocolError where the results cannot be those of the worker's clients */
  clientsEvaluated({ clients }: RegisteredWorker, { id, results }: MessageOf<'evaluated'>): void {
    if (id > this.round) {
      throw new ProtocolError('unexpected', `id of a message 'evaluated': no evaluation ${id} was asked for`);
    }
    // On an earlier connection the same may have been asked for.
    if (id < this.round || this.#clients === undefined) return;
    const { partition } = this.federation;
    checkResults(results, {
      model: this.model.model,
      clients,
      samples: (client) => partition.size(client),
    });
    for (const { client, correct, count, lossSum } of results) {
      this.#clients.take(client, correct, count, lossSum ?? NaN);
    }
  }

  /** Once it is whole: the first evaluation, in the recipe's order, that is no result. */
  get diverged(): DivergedError | undefined {
    const { recipe } = this.federation;
    for (const on of recipe.evaluate.on) {
      const event = this.#found?.find((one) => one.on === on);
      const client = on === 'clients' ? this.#clients?.diverged : undefined;
      const error =
        client === undefined
          ? event && divergedEvaluation(recipe, this.round, event.on, event.loss)
          : divergedEvaluation(recipe, this.round, { client }, NaN);
      if (error) return error;
    }
    return undefined;
  }

  /** What came of it, in the recipe's order; nothing while something is still to come. */
  get events(): readonly RunEvent[] | undefined {
    const [found, clients] = [this.#found, this.#clients];
    if (found === undefined || clients?.isComplete === false) return undefined;
    const { recipe } = this.federation;
    if (this.tested) return nodeEvaluations(recipe, this.round, this.tested, found);
    return recipe.evaluate.on.flatMap((on): RunEvent[] => {
      if (on !== 'clients') return found.filter((event) => event.on === on);
      return clients === undefined || clients.results === 0 ? [] : [clientsEvent(this.round, clients)];
    });
  }
}

function clientsEvent(round: number, { accuracies, missing }: ClientEvaluation): ClientsEvent {
  const summary = summariseClients(round, accuracies);
  if (missing.size === 0) return summary;
  const inOrder = [...missing].sort(([a], [b]) => a - b);
  return { ...summary, missing: inOrder.map(([client]) => client), why: Object.fromEntries(inOrder) };
}
