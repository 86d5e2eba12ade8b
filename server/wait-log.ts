/**
 * Says whom the run waits for, and since when: first after ten seconds, then at growing intervals, so that the log of a
 * run that stands still for a night has a page of them.
 */

/** What a run waits for. */
export interface Wait {
  /** Equal as long as it is one wait. */
  readonly key: string;
  /** Who, for the end of a sentence: "round 3 waits for … ". */
  readonly what: string;
  readonly missing: readonly Missing[];
}

export interface Missing {
  /** A client or node, or a worker. */
  readonly name: string;
  /** Whether its worker is connected. */
  readonly isHere: boolean;
  readonly why: string;
}

const FIRST_MS = 10_000;
const LONGEST_MS = 600_000;
/** The most clients or workers that a sentence names. */
const NAMED = 10;

export class WaitLog {
  #key: string | undefined;
  #since = 0;
  #nextAt = Infinity;
  #intervalMs = FIRST_MS;

  /** @returns the sentence that is due */
  tick(now: number, wait: Wait | undefined): string | undefined {
    if (wait === undefined || wait.missing.length === 0) {
      this.#key = undefined;
      return undefined;
    }
    if (wait.key !== this.#key) {
      this.#key = wait.key;
      this.#since = now;
      this.#intervalMs = FIRST_MS;
      this.#nextAt = now + FIRST_MS;
    }
    if (now < this.#nextAt) return undefined;
    this.#intervalMs = Math.min(2 * this.#intervalMs, LONGEST_MS);
    this.#nextAt = now + this.#intervalMs;
    const seconds = Math.round((now - this.#since) / 1000);
    return `${wait.what} has waited for ${seconds} s for ${named(wait.missing)}`;
  }
}

function named(missing: readonly Missing[]): string {
  const byReason = new Map<string, string[]>();
  for (const { name, why } of missing.slice(0, NAMED))
    byReason.set(why, [...(byReason.get(why) ?? []), name]);
  const groups = [...byReason].map(([why, names]) => `${names.join(', ')} (${why})`);
  const others = missing.length - NAMED;
  return `${groups.join(', ')}${others > 0 ? ` and ${others} others` : ''}`;
}
