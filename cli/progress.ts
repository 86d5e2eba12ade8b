/** Shows how a run goes on: one line that renews itself on a terminal, a line now and then elsewhere. */
import { performance } from 'node:perf_hooks';
import { clearLine, cursorTo } from 'node:readline';
import type { RunEvent } from '../runs/index.js';

export interface Progress {
  update(event: RunEvent): void;
  /** Clears the line. */
  end(): void;
}

/** Away from a terminal, at most one line in so many milliseconds. */
const PLAIN_INTERVAL = 2000;

export function showProgress(rounds: number, output: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = performance.now();
  const known = { round: 0, loss: NaN, accuracy: NaN };
  let first: number | undefined;
  let shownAt = -Infinity;

  function line(): string {
    const done = known.round - (first ?? known.round);
    const rate = done / ((performance.now() - startedAt) / 1000);
    const parts = [`round ${known.round}/${rounds}`];
    if (!Number.isNaN(known.loss)) parts.push(`loss ${known.loss.toFixed(4)}`);
    if (!Number.isNaN(known.accuracy)) parts.push(`accuracy ${(100 * known.accuracy).toFixed(2)} %`);
    if (done > 0) {
      parts.push(
        `${rate.toPrecision(3)} rounds/s`,
        `at most ${duration((rounds - known.round) / rate)} left`,
      );
    }
    return parts.join('  ');
  }

  function erase() {
    clearLine(output, 0);
    cursorTo(output, 0);
  }

  return {
    update(event) {
      if (event.type === 'exchange') {
        first ??= event.round - 1;
        known.round = event.round;
        known.loss = event.loss;
      } else if (event.type === 'evaluation') known.accuracy = event.accuracy;
      else if (event.type === 'population') known.accuracy = event.nodes.mean;
      if (output.isTTY) {
        erase();
        output.write(line().slice(0, output.columns - 1));
      } else if (performance.now() - shownAt >= PLAIN_INTERVAL) {
        shownAt = performance.now();
        output.write(`${line()}\n`);
      }
    },
    end() {
      if (output.isTTY) erase();
    },
  };
}

/** "1 h 20 min", "3 min 5 s", "12 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${whole} s`;
}
