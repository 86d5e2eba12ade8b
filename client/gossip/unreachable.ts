/**
 * Other workers that cannot be reached directly: logged with address and reason, throttled, and told to the coordinator.
 * If it passes messages on, it hears of each once; if messages must go directly, once waiting has lasted long enough.
 */
import { LogThrottle } from '../../transport/index.js';
import type { MessageOf } from '../../protocol/index.js';

export interface DialFailure {
  readonly peer: string;
  readonly address: string;
  readonly sentence: string;
  /** Waiting does not mend it. */
  readonly isLasting: boolean;
}

/** Failures for the same reason: the first are logged, then their number once a minute. */
const THROTTLE = { first: 3, everyMs: 60_000, most: 100 };
/** An address that has worked may come back: as long as a coordinator that was there is waited for. */
const GIVE_UP_MS = 3_600_000;

interface Streak {
  readonly address: string;
  readonly since: number;
  attempts: number;
  isTold: boolean;
}

export class UnreachablePeers {
  readonly #throttle = new LogThrottle<DialFailure>(THROTTLE);
  readonly #streaks = new Map<string, Streak>();
  readonly #worked = new Set<string>();
  /** How long an address that has never worked is tried, if messages must go directly. */
  patienceMs = Infinity;

  constructor(
    readonly log: (sentence: string) => void,
    readonly tell: (message: MessageOf<'unreachable'>) => void,
  ) {}

  /** @param relays whether the coordinator passes on what cannot go directly */
  failed(failure: DialFailure, relays: boolean, now: number): void {
    const { peer, address, sentence, isLasting } = failure;
    const known = this.#streaks.get(peer);
    const streak = known?.address === address ? known : { address, since: now, attempts: 0, isTold: false };
    this.#streaks.set(peer, streak);
    streak.attempts++;
    if (this.#throttle.takes(`${peer} ${address} ${sentence}`, failure, now)) {
      this.log(`worker ${peer} cannot be reached at ${address}: ${sentence}`);
    }
    for (const { held, overMs, line } of this.#throttle.due(now)) {
      this.log(
        `worker ${line.peer} cannot be reached at ${line.address}: ${held} more attempts in ${Math.round(overMs / 1000)} s: ${line.sentence}`,
      );
    }
    if (relays && !streak.isTold) {
      this.log(`what is for worker ${peer} goes by the coordinator, until it can be reached directly`);
    }
    const hasWorked = this.#worked.has(`${peer} ${address}`);
    const patienceMs = hasWorked ? GIVE_UP_MS : isLasting ? 0 : this.patienceMs;
    const isDue = relays ? !streak.isTold : now - streak.since >= patienceMs;
    if (!isDue) return;
    streak.isTold = true;
    const { attempts } = streak;
    this.tell({ kind: 'unreachable', peer, address, attempts, sentence: sentence.slice(0, 1000) });
  }

  connected(peer: string, address: string): void {
    this.#worked.add(`${peer} ${address}`);
    const streak = this.#streaks.get(peer);
    if (streak)
      this.log(`worker ${peer} is connected directly, after ${streak.attempts} attempts that failed`);
    this.#streaks.delete(peer);
  }

  clear(): void {
    this.#streaks.clear();
    this.#worked.clear();
  }
}
