/**
 * Connections that are rejected before it is known who is there: logged by address and reason, throttled, since unauthenticated clients
 * can cause as many as they like; and addresses that keep failing are refused for a while.
 */
import { performance } from 'node:perf_hooks';
import { FailureLimiter, LogThrottle, networkOf, type Rate, type Summary } from '../index.js';

export type WriteLog = (level: 'info' | 'warn', sentence: string, fields?: object) => void;

export interface Rejection {
  /** The IP address of the other side. */
  readonly address: string;
  /** One word for the kind, such as the name of a close code. */
  readonly reason: string;
  readonly sentence: string;
  /** Whether it shows a fault of the other side, not only that there was no room. */
  readonly isFault: boolean;
}

/** Seven lines of a kind, then one every 20 s. */
const THROTTLE = { first: 7, everyMs: 20_000, most: 256 };

export class Rejections {
  readonly #throttle = new LogThrottle<Rejection>(THROTTLE);
  readonly #limiter: FailureLimiter;
  readonly #timer: NodeJS.Timeout;

  /** @param failures how often an address may fail */
  constructor(
    readonly log: WriteLog,
    failures: Rate,
  ) {
    this.#limiter = new FailureLimiter(failures);
    this.#timer = setInterval(() => {
      this.#summarise(this.#throttle.due(performance.now()));
    }, THROTTLE.everyMs / 4).unref();
  }

  /** Whether an address has failed too often to be let in now. */
  refuses(address: string): boolean {
    return this.#limiter.refuses(networkOf(address), performance.now());
  }

  note(rejection: Rejection): void {
    const { address, reason, sentence, isFault } = rejection;
    const now = performance.now();
    const network = networkOf(address);
    if (isFault) this.#limiter.failed(network, now);
    if (this.#throttle.takes(`${network} ${reason}`, rejection, now)) {
      this.log('warn', `turned away: ${sentence}`, { address, reason });
    }
  }

  /** Tells what has not been told yet. */
  close(): void {
    clearInterval(this.#timer);
    this.#summarise(this.#throttle.rest(performance.now()));
  }

  #summarise(summaries: readonly Summary<Rejection>[]): void {
    for (const { held, overMs, line, isMixed } of summaries) {
      const { address, reason, sentence } = line;
      const from = isMixed ? 'other addresses' : networkOf(address);
      this.log(
        'warn',
        `turned away: … ${held.toLocaleString('en')} more from ${from} in ${Math.ceil(overMs / 1000)} s: ${sentence}`,
        { ...(!isMixed && { address: from }), reason, count: held },
      );
    }
  }
}
