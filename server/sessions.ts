/**
 * Connections and how far each has come: new, greeted (a hello is being answered), welcomed, confirmed (it is being
 * noted that the worker takes part), ready.
 */
import type { MessageOf } from '../protocol/index.js';
import type { RegisteredWorker } from './worker-registry.js';
import type { HeldVectors } from './vectors.js';

export interface Session {
  readonly connection: number;
  stage: 'new' | 'greeted' | 'welcomed' | 'confirmed' | 'ready';
  since: number;
  heardAt: number;
  pingedAt: number;
  member: RegisteredWorker | undefined;
  /** The version of the members that must be durable before it goes on. */
  needs: number;
  /** What the hello said that is needed for the welcome. */
  held: HeldVectors | undefined;
  /** Tasks of earlier connections that the worker still has. */
  pending: MessageOf<'hello'>['pending'];
  /** What the hello said of gossip nodes. */
  came: Pick<MessageOf<'hello'>, 'epoch' | 'checkpoints' | 'listen'> | undefined;
  /** Whether it was sent what it had made otherwise of the recipe. */
  wasCorrected: boolean;
  hasSaidGoodbye: boolean;
}

export class Sessions {
  readonly #byConnection = new Map<number, Session>();
  readonly #byWorker = new Map<string, Session>();

  open(connection: number, now: number): void {
    this.#byConnection.set(connection, {
      connection,
      stage: 'new',
      since: now,
      heardAt: now,
      pingedAt: now,
      member: undefined,
      needs: 0,
      held: undefined,
      pending: [],
      came: undefined,
      wasCorrected: false,
      hasSaidGoodbye: false,
    });
  }

  get(connection: number): Session | undefined {
    return this.#byConnection.get(connection);
  }

  /** Binds a session to its member. @returns the session that was the member's before */
  bind(session: Session, member: RegisteredWorker): Session | undefined {
    const before = this.#byWorker.get(member.worker);
    session.member = member;
    this.#byWorker.set(member.worker, session);
    return before === session ? undefined : before;
  }

  close(connection: number): Session | undefined {
    const session = this.#byConnection.get(connection);
    this.#byConnection.delete(connection);
    const worker = session?.member?.worker;
    if (worker !== undefined && this.#byWorker.get(worker) === session) this.#byWorker.delete(worker);
    return session;
  }

  ofWorker(worker: string): Session | undefined {
    return this.#byWorker.get(worker);
  }

  all(): Session[] {
    return [...this.#byConnection.values()];
  }

  ready(): Session[] {
    return this.all().filter(({ stage }) => stage === 'ready');
  }
}
