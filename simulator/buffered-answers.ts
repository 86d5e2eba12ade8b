/**
 * Answers a round under a buffered schedule in the simulator: who is next follows from the virtual clock, or from
 * the trace of another run. Both are known before anybody has trained, so that threads can train those who are next
 * side by side, however many threads there are.
 */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { receivedMessage, type SelectedClient, type FederatedRound } from '../rounds/index.js';
import type { UpdateResult } from '../execution/index.js';
import { answerBytes } from '../protocol/index.js';
import { stream } from '../numerics/index.js';
import { drawFrom, type Federation } from '../recipe/index.js';
import { roundIn, RunDirectoryError, type Arrival, type Trace } from '../records/index.js';
import type { Training } from './training.js';

/** What time it is, and when the answers of those that train arrive. */
export interface ClockState {
  readonly now: number;
  readonly arrivals: ReadonlyMap<number, number>;
}

/** For each thread, so many trainings are begun ahead of being needed. */
const AHEAD = 2;

export class BufferedAnswers {
  #now: number;
  readonly #arrivals: Map<number, number>;
  readonly #underway = new Map<number, SelectedClient>();
  readonly #results = new Map<number, Promise<UpdateResult>>();

  constructor(
    readonly federation: Federation,
    readonly algorithm: FederatedAlgorithm,
    readonly training: Training,
    clock: ClockState | undefined,
    readonly trace: Trace | undefined,
  ) {
    this.#now = clock?.now ?? 0;
    this.#arrivals = new Map(clock?.arrivals);
  }

  async answer(round: FederatedRound): Promise<{ readonly virtualTime?: number }> {
    this.#begin(round.asked);
    const recorded = this.trace && [...(roundIn(this.trace, round.number).arrivals ?? [])];
    while (!round.isFull) {
      const next = recorded ?? this.#inOrder();
      this.#trainAhead(next);
      const arrival = next.shift();
      if (arrival === undefined || !this.#underway.has(arrival.client)) {
        throw new RunDirectoryError(`round ${round.number} of the run to replay is not of this recipe`);
      }
      this.#begin(await this.#arrive(round, arrival));
    }
    return this.trace ? {} : { virtualTime: this.#now };
  }

  counted(): void {
    // Clients keep nothing under this schedule.
  }

  checkpoint() {
    return {
      clientStates: new Map<number, unknown>(),
      clock: { now: this.#now, arrivals: new Map(this.#arrivals) },
    };
  }

  #begin(asked: readonly SelectedClient[]): void {
    for (const one of asked) {
      this.#underway.set(one.client, one);
      if (!this.#arrivals.has(one.client)) this.#arrivals.set(one.client, this.#now + this.#duration(one));
    }
  }

  /** Those that train, the next to arrive first; at the same time, in client order. */
  #inOrder(): Pick<Arrival, 'client' | 'lost'>[] {
    const at = (client: number) => this.#arrivals.get(client) ?? 0;
    return [...this.#underway.values()].sort((a, b) => at(a.client) - at(b.client) || a.client - b.client);
  }

  #trainAhead(next: readonly Pick<Arrival, 'client' | 'lost'>[]): void {
    for (const { client, lost } of next.slice(0, AHEAD * this.training.threads)) {
      const asked = this.#underway.get(client);
      if (asked === undefined || lost === true || this.#results.has(client)) continue;
      const result = this.training.train(asked, undefined);
      // Where it fails, whoever awaits it is told.
      result.catch(() => undefined);
      this.#results.set(client, result);
    }
  }

  async #arrive(
    round: FederatedRound,
    { client, lost }: Pick<Arrival, 'client' | 'lost'>,
  ): Promise<readonly SelectedClient[]> {
    const result = await this.#results.get(client);
    this.#results.delete(client);
    this.#underway.delete(client);
    this.#now = this.#arrivals.get(client) ?? this.#now;
    this.#arrivals.delete(client);
    if (result === undefined || lost === true) return round.giveUp(client);
    const asked = round.accept(client, result.answer);
    this.training.taken(result, undefined);
    return asked;
  }

  /** Virtual time from being asked to the answer's arrival: the way there, training, the way back. */
  #duration(asked: SelectedClient): number {
    const { client, start, tensors } = asked;
    const { recipe, codec, model } = this.federation;
    const { seed, schedule, network } = recipe;
    const draw = (what: string) => stream(seed, 'client', client, 'exchange', start, what);
    const sent = Object.values(tensors).reduce((sum, { bytes }) => sum + bytes.length, 0);
    const answered = answerBytes(codec, this.algorithm.answerLengths?.(receivedMessage(asked), model) ?? {});
    const { latency, bandwidth = Infinity } = network;
    const ways = drawFrom(latency, draw('way there')) + drawFrom(latency, draw('way back'));
    return drawFrom(schedule.compute, draw('compute')) + ways + (sent + answered) / bandwidth;
  }
}
