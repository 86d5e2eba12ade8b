/**
 * The evaluation under way: which clients are asked for it, what has come, and what was found once it is complete. Clients' results
 * follow the rules of updates: after the recipe's deadline an evaluation ends with at least `minimum` of them.
 */
import type { DivergedError } from '../errors/index.js';
import type { EvaluatedModel } from '../rounds/index.js';
import type { Tested } from '../gossip/index.js';
import type { MessageOf } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import type { EvaluationEvent, RunEvent } from '../records/index.js';
import type { ConnectionManager } from './connection-manager.js';
import type { CoordinatorEffect } from './events.js';
import type { RegisteredWorker } from './worker-registry.js';
import { ModelEvaluation } from './model-evaluation.js';
import { roundRules, type RoundRules } from './round-rules.js';
import type { Session } from './sessions.js';

export interface EvaluationResult {
  readonly round: number;
  readonly events: readonly RunEvent[];
  /** Where it is no result. */
  readonly diverged?: DivergedError;
}

/** Clients that cannot send a result, and why. */
export type Unavailable = () => Iterable<readonly [client: number, why: string]>;

export class EvaluationCollector {
  #evaluation: ModelEvaluation | undefined;
  readonly #rules: RoundRules;

  constructor(
    readonly federation: Federation,
    readonly connections: ConnectionManager,
    readonly unavailable: Unavailable,
    readonly emit: (effect: CoordinatorEffect) => void,
  ) {
    this.#rules = roundRules(federation.recipe);
  }

  get isUnderWay(): boolean {
    return this.#evaluation !== undefined;
  }

  /** After which round. */
  get round(): number | undefined {
    return this.#evaluation?.round;
  }

  /** Clients whose results are still to come. */
  get waiting(): Iterable<number> {
    return this.#evaluation?.clients?.waiting ?? [];
  }

  /** @param tested in gossip, where the model is the nodes' average: what these got right by themselves */
  begin(round: number, model: EvaluatedModel, tested?: readonly Tested[]): void {
    this.#evaluation = new ModelEvaluation(this.federation, round, model, tested);
    const { heldOut: on } = this.#evaluation;
    if (on.length > 0) this.emit({ kind: 'evaluate', round, on, model });
    for (const [client, why] of this.unavailable()) this.giveUp(client, why);
    this.#setDeadline();
    for (const session of this.connections.present) this.ask(session);
  }

  /** Ends the wait for a client's result. */
  giveUp(client: number, why: string): void {
    this.#evaluation?.clients?.giveUp(client, why);
  }

  /** The timer `evaluation` has run out. */
  deadline(): void {
    const clients = this.#evaluation?.clients;
    if (clients === undefined || clients.isComplete) return;
    const { minimum } = this.#rules;
    if (clients.results < minimum) {
      const sentence = `the deadline of the evaluation has passed with results of ${clients.results} of at least ${minimum} clients: waiting on`;
      this.emit({ kind: 'log', level: 'warn', sentence, fields: { round: this.#evaluation?.round } });
      this.#setDeadline();
      return;
    }
    for (const client of [...clients.waiting]) clients.giveUp(client, 'deadline');
  }

  #setDeadline(): void {
    const { deadlineMs: afterMs } = this.#rules;
    if (afterMs === undefined || this.#evaluation?.clients === undefined) return;
    this.emit({ kind: 'setTimer', name: 'evaluation', afterMs });
  }

  /** Asks a worker for what is still to come of its clients. */
  ask(session: Session): void {
    const { member, held } = session;
    const request = member && held && this.#evaluation?.requestFor(member, held);
    if (request) this.connections.send(session, request);
  }

  heldOut(round: number, events: readonly EvaluationEvent[]): void {
    if (this.#evaluation?.round === round) this.#evaluation.found(events);
  }

  clientsEvaluated(member: RegisteredWorker, message: MessageOf<'evaluated'>): void {
    this.#evaluation?.clientsEvaluated(member, message);
    const { worker } = member;
    for (const { client, lossSum } of message.results) {
      if (lossSum !== null) continue;
      const sentence = `the loss on the examples of client ${client} of worker ${worker} is not finite`;
      this.emit({ kind: 'log', level: 'warn', sentence, fields: { worker, client } });
    }
  }

  /** Ends the evaluation where it is whole, and tells of it. @returns what was found */
  conclude(): EvaluationResult | undefined {
    const { round, events, diverged, clients } = this.#evaluation ?? {};
    if (round === undefined || events === undefined) return undefined;
    this.#evaluation = undefined;
    if (clients && this.#rules.deadlineMs !== undefined)
      this.emit({ kind: 'clearTimer', name: 'evaluation' });
    this.#warnOfMissing(round, clients?.missing);
    if (diverged) return { round, events: [], diverged };
    for (const event of events) this.emit({ kind: 'event', event });
    return { round, events };
  }
  #warnOfMissing(round: number, missing: ReadonlyMap<number, string> = new Map()): void {
    if (missing.size === 0) return;
    const sentence = `the evaluation of round ${round} is without ${missing.size} clients`;
    this.emit({ kind: 'log', level: 'warn', sentence, fields: { why: Object.fromEntries(missing) } });
  }
}
