/** Shows how a sweep goes on: a line for each run that ends, and one of what runs, what is done and the time left. */
import { performance } from 'node:perf_hooks';
import { describeRun, TimeLeft, type SweepEvent, type SweepRun } from '../experiments/sweep/index.js';
import { duration } from './progress.js';
import { statusLine, type StatusLine } from './status-line.js';

export interface SweepDisplay {
  update(event: SweepEvent): void;
  end(): void;
}

/** @param now a clock in milliseconds */
export function showSweep(
  output: NodeJS.WritableStream = process.stderr,
  line: StatusLine = statusLine(),
  now: () => number = () => performance.now(),
): SweepDisplay {
  const timeLeft = new TimeLeft(now);
  const running = new Map<SweepRun, string>();
  const count = { done: 0, failed: 0, all: 0 };

  function say(text: string): void {
    line.end();
    output.write(`${text}\n`);
  }

  function status(): string {
    const left = timeLeft.seconds();
    return [
      `${count.done}/${count.all} done${count.failed > 0 ? `, ${count.failed} failed` : ''}`,
      ...[...running].map(([run, at]) => `${describeRun(run)}: ${at}`),
      ...(left === undefined ? [] : [`about ${duration(left)} left`]),
    ].join('  ');
  }

  return {
    update(event) {
      if (event.type === 'checked') {
        line.show(`checking ${event.runs}/${event.of} runs`);
        return;
      }
      timeLeft.update(event);
      if (event.type === 'sweep') {
        count.all = event.runs;
        count.done = event.finished;
        say(opening(event));
        for (const sentence of event.unread ?? []) say(`  ${sentence}`);
        return;
      }
      const name = describeRun(event.run);
      if (event.type === 'progress') running.set(event.run, `round ${event.round}/${event.rounds}`);
      else running.delete(event.run);
      if (event.type === 'finished') {
        count.done++;
        const { accuracy, rounds, wallSeconds } = event.record;
        say(
          `done: ${name}: accuracy ${(100 * accuracy).toFixed(2)} % after ${rounds} rounds, in ${wallSeconds.toFixed(1)} s`,
        );
      } else if (event.type === 'failed') {
        if (!event.retried) count.failed++;
        say(
          `${event.diverged ? 'diverged' : 'failed'}${event.retried ? ', to be tried once more' : ''}: ${name}: ${event.message}`,
        );
      }
      line.show(status());
    },
    end: () => {
      line.end();
    },
  };
}

function opening({
  directory,
  runs,
  finished,
  missing,
  cores,
}: Extract<SweepEvent, { type: 'sweep' }>): string {
  const kept = finished > 0 ? `, ${finished} of them finished before` : '';
  const here = finished + missing < runs ? `, ${missing} to run here` : '';
  const where =
    cores === undefined ? ', for the workers of the queue' : `, on ${cores} core${cores === 1 ? '' : 's'}`;
  return `${runs} runs${kept}${here}${where}, in ${directory}`;
}
