/** The evaluation under way: who is asked for it, what has come, and what was found once it is whole. */
import type { DivergedError, EvaluatedModel, Tested } from '../hosting/index.js';
import type { MessageOf } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import type { EvaluationEvent, RunEvent } from '../runs/index.js';
import type { Connections } from './connections.js';
import type { CoordinatorEffect } from './events.js';
import type { Member } from './members.js';
import { ModelEvaluation } from './model-evaluation.js';
import type { Session } from './sessions.js';

export interface Concluded {
  readonly round: number;
  readonly events: readonly RunEvent[];
  /** Where it is no result. */
  readonly diverged?: DivergedError;
}

export class EvaluationDesk {
  #evaluation: ModelEvaluation | undefined;

  constructor(
    readonly federation: Federation,
    readonly connections: Connections,
    readonly emit: (effect: CoordinatorEffect) => void,
  ) {}

  get isUnderWay(): boolean {
    return this.#evaluation !== undefined;
  }

  /** @param tested in gossip, where the model is the nodes' average: what these got right by themselves */
  begin(round: number, model: EvaluatedModel, tested?: readonly Tested[]): void {
    this.#evaluation = new ModelEvaluation(this.federation, round, model, tested);
    const { heldOut: on } = this.#evaluation;
    if (on.length > 0) this.emit({ kind: 'evaluate', round, on, model });
    for (const session of this.connections.present) this.ask(session);
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

  clientsEvaluated(member: Member, message: MessageOf<'evaluated'>): void {
    this.#evaluation?.clientsEvaluated(member, message);
  }

  /** Ends the evaluation where it is whole, and tells of it. @returns what was found */
  conclude(): Concluded | undefined {
    const { round, events, diverged } = this.#evaluation ?? {};
    if (round === undefined || events === undefined) return undefined;
    this.#evaluation = undefined;
    if (diverged) return { round, events: [], diverged };
    for (const event of events) this.emit({ kind: 'event', event });
    return { round, events };
  }
}
