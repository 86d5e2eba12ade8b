/** Virtual time, and one stream that all bad luck is drawn from: a seed is a whole history, every time the same. */
import { stream, type Stream } from '../../numerics/index.js';
import { noFaults } from './disk-faults.js';

/** Which faults there are, and how often; all chances are of one occasion each. */
export interface FaultRates {
  /** A party crashes between two effects. */
  readonly crash: number;
  /** A connection breaks at a message, and what is under way on it is lost. */
  readonly breaks: number;
  /** A broken connection is not noticed at one end: only heartbeats tell. */
  readonly halfOpen: number;
  /** A message is delivered twice. */
  readonly duplicate: number;
  /** A message overtakes those before it, where its kind allows that. */
  readonly overtake: number;
  /** The worker and the coordinator do not hear each other for a while. */
  readonly partition: number;
  /** An operation on a disk fails, by itself or at the start of an outage. */
  readonly disk: number;
  /** A machine has drawn other parts of the data, and must be sent them. */
  readonly mismatch: number;
  /** The longest that a message, a write, a training may take, in ms. */
  readonly latency: number;
  readonly writing: number;
  readonly training: number;
  /** From then on nothing goes wrong any more. */
  readonly clearsAt: number;
}

const REPLACEMENT_PROBABILITY = 0.3;

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

export class SimulatedNetwork {
  readonly #queue: Scheduled[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #draw: Stream;
  /** Apart from the others, so that histories without replaced machines stay what they were. */
  readonly #drawReplaced: Stream;
  readonly rates: FaultRates;
  readonly counts = noFaults();
  #order = 0;
  now = 0;
  /** Things that happened. */
  events = 0;

  /** @param fixed what is not drawn of the rates */
  constructor(seed: number, fixed: Partial<FaultRates> = {}) {
    this.#draw = stream(seed, 'faults');
    this.#drawReplaced = stream(seed, 'replaced machines');
    this.rates = { ...drawFaultRates(this.#draw), ...fixed };
  }

  /** Whether something of a chance happens; nothing bad does once the rates has cleared. */
  happens(chance: number): boolean {
    return this.now < this.rates.clearsAt && this.#draw() < chance;
  }

  /** Whether a machine that is down is replaced by an empty one. */
  replacesMachine(): boolean {
    return this.now < this.rates.clearsAt && this.#drawReplaced() < REPLACEMENT_PROBABILITY;
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.#draw();
  }

  /** A time between 0 and `longest`, mostly short. */
  delay(longest: number): number {
    return longest * this.#draw() ** 3;
  }

  after(ms: number, happen: () => void): void {
    const scheduled = { at: this.now + ms, order: this.#order++, happen };
    let place = this.#queue.length;
    while (place > 0 && isBefore(scheduled, this.#queue[place - 1])) place--;
    this.#queue.splice(place, 0, scheduled);
  }

  /** Time stands still until a computation is done. */
  await(computation: Promise<void>): void {
    this.#pending.add(computation);
  }

  /** Lets things happen until `isOver`. @returns false where it was not over within so many events */
  async run(isOver: () => boolean, most: number): Promise<boolean> {
    while (!isOver()) {
      do {
        const waited = [...this.#pending];
        this.#pending.clear();
        await Promise.all(waited);
      } while (this.#pending.size > 0);
      const next = this.#queue.shift();
      if (next === undefined || ++this.events > most) return false;
      this.now = next.at;
      next.happen();
    }
    return true;
  }
}

const isBefore = (a: Scheduled, b: Scheduled) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** None in half of the histories, rare ones in most others; in every tenth most files are not written at the first try. */
function drawDiskFaults(draw: Stream): number {
  const kind = draw();
  return kind < 0.5 ? 0 : kind < 0.9 ? 0.02 * draw() ** 2 : 0.2 * draw();
}

/** Each kind of fault is there in half of the histories, rare or frequent: histories differ in kind. */
function drawFaultRates(draw: Stream): FaultRates {
  const chance = (most: number) => (draw() < 0.5 ? 0 : most * draw() ** 2);
  return {
    crash: chance(0.02),
    breaks: chance(0.05),
    halfOpen: chance(1),
    duplicate: chance(0.2),
    overtake: chance(0.3),
    partition: chance(0.02),
    mismatch: chance(0.5),
    disk: drawDiskFaults(draw),
    latency: 5 + 2000 * draw() ** 3,
    writing: 1 + 1000 * draw() ** 3,
    training: 10 + 5000 * draw() ** 3,
    clearsAt: 120_000 * draw(),
  };
}
