/** The updates of a round in the simulator: of every selected client, or of those that a trace names, in any order. */
import type { FederatedRound } from '../rounds/index.js';
import { roundIn, type Trace } from '../records/index.js';
import type { Training } from './training.js';

export class RoundAnswers {
  #changed = new Map<number, unknown>();

  constructor(
    readonly training: Training,
    private clientStates: ReadonlyMap<number, unknown> = new Map(),
    readonly trace?: Trace,
  ) {}

  async answer(round: FederatedRound): Promise<{ readonly virtualTime?: number }> {
    this.#changed = new Map();
    await Promise.all(
      this.#answering(round).map(async (asked) => {
        const { client } = asked;
        const before = this.clientStates.get(client);
        const result = await this.training.train(asked, before);
        const { answer, clientState } = result;
        round.accept(client, answer);
        this.training.taken(result, before);
        if (clientState !== undefined) this.#changed.set(client, clientState);
      }),
    );
    return {};
  }

  /** The round is over, and counted. */
  counted(): void {
    if (this.#changed.size > 0) this.clientStates = new Map([...this.clientStates, ...this.#changed]);
  }

  checkpoint() {
    return { clientStates: this.clientStates };
  }

  #answering({ number, asked }: FederatedRound): FederatedRound['asked'] {
    if (this.trace === undefined) return asked;
    const recorded = roundIn(this.trace, number);
    if (recorded.reset) {
      const lost = new Set(recorded.reset);
      this.clientStates = new Map([...this.clientStates].filter(([client]) => !lost.has(client)));
    }
    const missing = new Set(recorded.missing);
    return asked.filter(({ client }) => !missing.has(client));
  }
}
