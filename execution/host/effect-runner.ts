/**
 * Runs a state machine, (event) → effects, in a process. The one rule of all hosts: an error in an effect ends the
 * process with that error, at once. The effects that were to follow are not performed, as they may rely on the one that
 * failed; the machine is told, so that it can tell the other side; no event is handled after that.
 */
import { performance } from 'node:perf_hooks';
import { explained } from '../../errors/index.js';

export interface StateMachine<Event, Effect> {
  handle(event: Event, now: number): readonly Effect[];
}

export interface EffectRunnerOptions<Event, Effect> {
  readonly perform: (effect: Effect) => void;
  /** The event that tells the machine of a failure. */
  readonly hostFailed: (error: Error) => Event;
  /** A clock in milliseconds that never goes back. */
  readonly now?: () => number;
}

export class EffectRunner<Event, Effect, Outcome> {
  /** Settles with the first outcome or failure. */
  readonly over: Promise<Outcome>;
  #settle: { resolve(outcome: Outcome): void; reject(error: Error): void } | undefined;
  #isOver = false;
  #failure: Error | undefined;

  constructor(
    readonly machine: StateMachine<Event, Effect>,
    readonly options: EffectRunnerOptions<Event, Effect>,
  ) {
    this.over = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever awaits it may not have come so far yet.
    this.over.catch(() => undefined);
  }

  /** What an effect, or an event that could not be handled, has failed of. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Performs what the machine wants at its start. */
  start(effects: (now: number) => readonly Effect[]): void {
    this.#act(effects);
  }

  tell(event: Event): void {
    this.#act((now) => this.machine.handle(event, now));
  }

  /** The machine is done. */
  exit(outcome: Outcome | Error): void {
    this.#isOver = true;
    if (outcome instanceof Error) this.#settle?.reject(outcome);
    else this.#settle?.resolve(outcome);
  }

  /** An effect has failed, maybe later than it was begun. */
  fail(thrown: unknown): void {
    if (this.#isOver) return;
    const error = explained(thrown);
    this.#isOver = true;
    this.#failure = error;
    // Whatever comes of the goodbye, also where the machine takes its end for a good one.
    this.exit(error);
    for (const effect of this.#goodbye(error)) this.#tryTo(effect);
  }

  #now(): number {
    return this.options.now?.() ?? performance.now();
  }

  #goodbye(error: Error): readonly Effect[] {
    try {
      return this.machine.handle(this.options.hostFailed(error), this.#now());
    } catch {
      return [];
    }
  }

  #act(effectsAt: (now: number) => readonly Effect[]): void {
    if (this.#isOver) return;
    try {
      this.#perform(effectsAt(this.#now()));
    } catch (error) {
      this.fail(error);
    }
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) if (!this.#isOver) this.options.perform(effect);
  }

  /** Of the effects of a goodbye, one that fails does not keep the others from being performed. */
  #tryTo(effect: Effect): void {
    try {
      this.options.perform(effect);
    } catch {
      // The first failure is the one to tell.
    }
  }
}
