/**
 * The end of a run whose record is durable: its workers hear of it, those too that were away, so that they end as
 * well. It stays until all have closed their connection for that reason, or for a stated time; a coordinator that is
 * started again goes on with those that were not told yet.
 */
import { sameSecret } from '../transport/index.js';
import { closeCodes, type MessageOf } from '../protocol/index.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';
import type { WorkerRecords } from './worker-registry.js';
import { secretOf } from './secrets.js';

/** A connection, and whose it is where that is known. */
interface Present {
  readonly connection: number;
  readonly member?: { readonly worker: string } | undefined;
}

const SENTENCE = 'The run is over.';

export class ShutdownNotifier {
  /** Those who have not said goodbye yet, and those who have heard it and still have to close. */
  readonly #open = new Set<number>();
  readonly #leaving = new Map<number, string | undefined>();
  readonly #untold: Set<string>;
  #isOver = false;

  /** @param waitMs how long it stays at most */
  constructor(
    readonly members: WorkerRecords,
    readonly waitMs: number,
    readonly emit: (effect: CoordinatorEffect) => void,
  ) {
    // Whoever lost all its clients to others is turned away in any case.
    const taking = members.members.filter(({ clients }) => clients.length > 0);
    this.#untold = new Set(taking.map(({ worker }) => worker));
  }

  /** @param present who is connected already, and may not have said anything yet */
  begin(present: readonly Present[]): void {
    for (const { connection, member } of present) this.#tell(connection, member?.worker);
    const away = this.#untold.size - new Set(this.#leaving.values()).size;
    if (away > 0 && this.waitMs > 0) {
      const sentence = `the run is over; waiting up to ${this.waitMs / 1000} s for ${away} of its workers to come back and hear of it`;
      this.emit({ kind: 'log', level: 'info', sentence });
    }
    this.emit({ kind: 'setTimer', name: 'shutdown', afterMs: this.waitMs });
    this.#endIfAllKnow();
  }

  handle(event: CoordinatorEvent): void {
    if (event.kind === 'hostFailed') this.#fail(event.error);
    if (this.#isOver) return;
    if (event.kind === 'connected') this.#open.add(event.connection);
    else if (event.kind === 'message') {
      if (event.message.kind === 'hello') this.#tell(event.connection, this.#workerOf(event.message));
    } else if (event.kind === 'broken') this.#tell(event.connection, undefined);
    else if (event.kind === 'closed') this.#closed(event.connection, event.code);
    else if (event.kind === 'interrupt' || (event.kind === 'timer' && event.name === 'shutdown')) this.#end();
  }

  /** The host has failed. Who was not told yet still stands in the members, for a coordinator that is started again. */
  #fail(error: Error): void {
    if (!this.#isOver) this.#leave();
    this.emit({ kind: 'exit', error });
  }

  #workerOf({ resume }: MessageOf<'hello'>): string | undefined {
    if (resume?.run !== this.members.run) return undefined;
    return sameSecret(resume.secret, secretOf(this.members, resume.worker)) ? resume.worker : undefined;
  }

  #tell(connection: number, worker: string | undefined): void {
    if (this.#leaving.has(connection)) return;
    this.#open.delete(connection);
    this.#leaving.set(connection, worker);
    this.emit({ kind: 'send', connection, message: { kind: 'goodbye', reason: 'done', sentence: SENTENCE } });
    this.emit({ kind: 'close', connection, reason: 'done', sentence: SENTENCE });
  }

  /** Whoever closes with our code has read what was sent before it. */
  #closed(connection: number, code: number): void {
    const worker = this.#leaving.get(connection);
    this.#open.delete(connection);
    this.#leaving.delete(connection);
    if (worker !== undefined && code === closeCodes.done.code) this.#untold.delete(worker);
    this.#endIfAllKnow();
  }

  #endIfAllKnow(): void {
    if (this.#untold.size === 0 && this.#leaving.size === 0) this.#end();
  }

  #end(): void {
    this.#leave();
    const { version, members } = this.members;
    const untold = members.filter(({ worker }) => this.#untold.has(worker));
    const kept = { ...this.members, version: version + 1, members: untold };
    if (untold.length < members.length) this.emit({ kind: 'persistWorkers', members: kept });
    this.emit({ kind: 'exit' });
  }

  #leave(): void {
    this.#isOver = true;
    for (const connection of this.#open) this.#tell(connection, undefined);
    this.emit({ kind: 'clearTimer', name: 'shutdown' });
  }
}
