/** Waits, with a bound. */
import { setTimeout } from 'node:timers/promises';

/** Waits for a promise, at most a number of milliseconds. */
export async function within(ms: number, awaited: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  try {
    await Promise.race([awaited, setTimeout(ms, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
