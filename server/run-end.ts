/**
 * How a run ends for the workers that are connected: they hear of what it ended in once that is durable, or are turned
 * away where it has failed, is interrupted, or its host has failed.
 */
import { ConnectionError, DivergedError } from '../errors/index.js';
import type { CloseReason } from '../protocol/index.js';
import type { ConnectionManager } from './connection-manager.js';
import { ShutdownNotifier } from './shutdown-notifier.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';

type Outcome = Omit<Extract<CoordinatorEffect, { kind: 'finish' }>, 'kind'>;

/** A failed host is started again by hand, mostly: its workers need not come back at once. */
const RETRY_AFTER_FAILURE_MS = 2_000;

export class RunEnd {
  #isOver = false;
  #hasExited = false;
  #notifier: ShutdownNotifier | undefined;

  constructor(
    readonly connections: ConnectionManager,
    readonly emit: (effect: CoordinatorEffect) => void,
  ) {}

  /** Nothing of workers counts any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The run has an outcome. */
  finish(outcome: Outcome): void {
    this.#isOver = true;
    this.emit({ kind: 'finish', ...outcome });
  }

  /** The outcome is durable. */
  notifyWorkers(): void {
    const { members, settings, all } = this.connections;
    this.emit({ kind: 'clearTimer', name: 'heartbeat' });
    this.#notifier = new ShutdownNotifier(members.record, settings.shutdownMs, this.emit);
    this.#notifier.begin(all);
  }

  /** @returns whether the event is not the run's any more: the shutdown notice has begun, or the process ends */
  takes(event: CoordinatorEvent): boolean {
    if (event.kind === 'hostFailed') this.#hostFailed(event);
    else this.#notifier?.handle(event);
    return this.#hasExited || this.#notifier !== undefined;
  }

  /** The run ends without an outcome. */
  fail(error: Error): void {
    this.#turnAllAway(reasonOf(error), `The run has failed: ${error.message}`);
    this.#exit(error);
  }

  /** The process ends; the run does not. */
  interrupt(): void {
    this.#turnAllAway('goingAway', 'The coordinator is shutting down.', 1000);
    this.#exit();
  }

  /**
   * The process ends with an error; the run does not. Also where an outcome was on its way: a record that is not durable
   * is none. Workers are not told the error: it may name files of this machine.
   */
  #hostFailed(event: Extract<CoordinatorEvent, { kind: 'hostFailed' }>): void {
    const { error } = event;
    this.emit({ kind: 'log', level: 'warn', sentence: `the coordinator has failed: ${error.message}` });
    if (this.#notifier !== undefined) {
      this.#notifier.handle(event);
      return;
    }
    const sentence = 'The coordinator has failed and shuts down; it may be resumed.';
    this.#turnAllAway('goingAway', sentence, RETRY_AFTER_FAILURE_MS);
    this.#exit(error);
  }

  #exit(error?: Error): void {
    this.#hasExited = true;
    this.emit({ kind: 'exit', ...(error && { error }) });
  }

  #turnAllAway(reason: CloseReason, sentence: string, retryAfterMs?: number): void {
    this.#isOver = true;
    this.emit({ kind: 'clearTimer', name: 'heartbeat' });
    this.connections.turnAllAway(reason, sentence, retryAfterMs);
  }
}

/** By it workers exit with the code that the coordinator exits with. */
function reasonOf(error: Error): CloseReason {
  if (error instanceof DivergedError) return 'diverged';
  return error instanceof ConnectionError ? 'unreachable' : 'runFailed';
}
