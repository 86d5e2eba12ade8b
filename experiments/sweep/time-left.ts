/** How long a sweep will still take, from the runs that are finished or under way. */
import { mean } from '../../numerics/index.js';
import type { SweepEvent } from './events.js';
import type { SweepRun } from './sweep-run.js';

interface UnderWay {
  readonly threads: number;
  /** Where it was when it was first heard of: a run that is resumed begins late. */
  readonly first: number;
  readonly at: number;
  share: number;
}

export class TimeLeft {
  /** The most threads that have been seen at work together. */
  #widest = 1;
  #missing = 0;
  readonly #running = new Map<SweepRun, UnderWay>();
  /** Seconds on one core of runs that were seen from start to end. */
  readonly #took: number[] = [];

  /** @param now a clock in milliseconds */
  constructor(readonly now: () => number) {}

  update(event: SweepEvent): void {
    if (event.type === 'sweep') {
      this.#missing = event.missing;
      return;
    }
    if (event.type === 'checked') return;
    const { run } = event;
    const known = this.#running.get(run);
    if (event.type === 'progress') {
      const share = event.round / event.rounds;
      // Round 0 says only that the process is there; where it goes on, the first round thereafter tells.
      const goesOn = known?.share === 0 && event.round > 1;
      if (known && !goesOn) known.share = share;
      else this.#running.set(run, { threads: event.threads, first: share, at: this.now(), share });
      const threads = [...this.#running.values()].reduce((sum, running) => sum + running.threads, 0);
      this.#widest = Math.max(this.#widest, threads);
      return;
    }
    if (event.type === 'finished') {
      if (known && known.first === 0) this.#took.push(this.#seconds(known));
      this.#missing--;
    } else if (event.type === 'failed' && !event.retried) this.#missing--;
    this.#running.delete(run);
  }

  /** Seconds; nothing before there is anything to go by. Runs that are still to come take what the others took. */
  seconds(): number | undefined {
    const running = [...this.#running.values()];
    const wholes = running.flatMap((run) => this.#whole(run));
    const samples = [...this.#took, ...wholes];
    if (samples.length === 0) return undefined;
    const typical = mean(samples);
    const left = running.map((run) => (1 - run.share) * (this.#whole(run)[0] ?? typical));
    const begun = left.reduce((sum, seconds) => sum + seconds, 0);
    return (begun + (this.#missing - running.length) * typical) / this.#widest;
  }

  #seconds = ({ at, threads }: UnderWay) => ((this.now() - at) / 1000) * threads;

  /** What the whole of a run takes, as far as it has come. */
  #whole(run: UnderWay): number[] {
    const done = run.share - run.first;
    return done > 0 ? [this.#seconds(run) / done] : [];
  }
}
