/** Says how a run goes on: round, loss, accuracy, rate, time left. */
import { performance } from 'node:perf_hooks';
import type { RunEvent } from '../records/index.js';
import { statusLine, type StatusLine } from './status-line.js';

export interface Progress {
  update(event: RunEvent): void;
  end(): void;
}

/** @param now a clock in milliseconds */
export function showProgress(
  rounds: number,
  line: StatusLine = statusLine(),
  now: () => number = () => performance.now(),
): Progress {
  const known = { round: 0, loss: NaN, accuracy: NaN };
  // The rate counts from the end of the first round: what comes before it is starting, not training.
  let first: { readonly round: number; readonly at: number } | undefined;

  function text(): string {
    const parts = [`round ${known.round}/${rounds}`];
    if (!Number.isNaN(known.loss)) parts.push(`loss ${known.loss.toFixed(4)}`);
    if (!Number.isNaN(known.accuracy)) parts.push(`accuracy ${(100 * known.accuracy).toFixed(2)} %`);
    if (first && known.round > first.round) {
      const rate = (known.round - first.round) / ((now() - first.at) / 1000);
      const left = duration((rounds - known.round) / rate);
      parts.push(`${rate.toPrecision(3)} rounds/s`, `at most ${left} left`);
    }
    return parts.join('  ');
  }

  return {
    update(event) {
      if (event.type === 'round') {
        known.round = event.round;
        known.loss = event.loss;
        first ??= { round: event.round, at: now() };
      } else if (event.type === 'evaluation') known.accuracy = event.accuracy;
      else if (event.type === 'population') known.accuracy = event.nodes?.mean ?? known.accuracy;
      line.show(text());
    },
    end: () => {
      line.end();
    },
  };
}

/** "2 days 3 h", "1 h 20 min", "3 min 5 s", "12 s". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole >= 48 * 3600)
    return `${Math.floor(whole / 86_400)} days ${Math.floor((whole % 86_400) / 3600)} h`;
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${whole} s`;
}
