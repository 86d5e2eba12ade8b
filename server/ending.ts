/**
 * How a run ends for the workers that are connected: they hear of what it ended in once that is durable, or are turned
 * away where it has failed or is interrupted.
 */
import type { Connections } from './connections.js';
import { Epilogue } from './epilogue.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';

type Outcome = Omit<Extract<CoordinatorEffect, { kind: 'finish' }>, 'kind'>;

export class Ending {
  #isOver = false;
  #epilogue: Epilogue | undefined;

  constructor(
    readonly connections: Connections,
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
  sayFarewell(): void {
    const { members, settings, all } = this.connections;
    this.emit({ kind: 'clearTimer', name: 'heartbeat' });
    this.#epilogue = new Epilogue(members.record, settings.farewellMs, this.emit);
    this.#epilogue.begin(all);
  }

  /** @returns whether the event is the farewell's: it takes all that come after it has begun */
  takes(event: CoordinatorEvent): boolean {
    this.#epilogue?.handle(event);
    return this.#epilogue !== undefined;
  }

  /** The run ends without an outcome. */
  fail(error: Error): void {
    this.#turnAllAway('done', `The run has failed: ${error.message}`);
    this.emit({ kind: 'exit', error });
  }

  /** The process ends; the run does not. */
  interrupt(): void {
    this.#turnAllAway('goingAway', 'The coordinator is shutting down.', 1000);
    this.emit({ kind: 'exit' });
  }

  #turnAllAway(reason: 'done' | 'goingAway', sentence: string, retryAfterMs?: number): void {
    this.#isOver = true;
    this.emit({ kind: 'clearTimer', name: 'heartbeat' });
    this.connections.turnAllAway(reason, sentence, retryAfterMs);
  }
}
