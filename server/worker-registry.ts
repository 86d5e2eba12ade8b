/** Who takes part, and whose clients are whose: those workers that have shown that they keep who they are on disk. */

export interface RegisteredWorker {
  readonly worker: string;
  /** In ascending order. */
  readonly clients: readonly number[];
  /** How many examples each of them has, where the data are the worker's own. */
  readonly samples?: readonly number[];
}

/** Plain data, kept on disk: it is durable before a worker is given work. */
export interface WorkerRecords {
  readonly version: number;
  readonly run: string;
  /** Workers' secrets are made of it. */
  readonly key: string;
  /** How many names were given out. */
  readonly joined: number;
  /** Those, too, that have lost all their clients to others; when the run is over, those who were not told yet. */
  readonly members: readonly RegisteredWorker[];
  /** Clients that went to another worker, and the first round in which what they kept is missing. */
  readonly resets: readonly Reset[];
}

/** The first round that misses what a client kept, where its worker is lost; undefined where it kept nothing. */
export type LostFrom = (client: number) => number | undefined;

export interface Reset {
  readonly client: number;
  readonly round: number;
}

export const newWorkerRecords = (run: string, key: string): WorkerRecords => ({
  version: 0,
  run,
  key,
  joined: 0,
  members: [],
  resets: [],
});

export class WorkerRegistry {
  #record: WorkerRecords;
  readonly #byClient = new Map<number, RegisteredWorker>();
  readonly #byName = new Map<string, RegisteredWorker>();

  /**
   * @param clients how many clients there are
   * @param next the round that the run goes on with
   */
  constructor(
    record: WorkerRecords,
    readonly clients: number,
    next: number,
    /** Of clients that bring their own data. */
    readonly names: readonly string[] | undefined,
  ) {
    // A coordinator that fell back runs rounds again, now without what was lost since.
    const resets = record.resets.map((reset) => ({ ...reset, round: Math.min(reset.round, next) }));
    this.#record = { ...record, resets };
    for (const member of record.members) this.#own(member);
  }

  get record(): WorkerRecords {
    return this.#record;
  }

  /** Those that have clients: others may have taken over all of a worker's. */
  get taking(): readonly RegisteredWorker[] {
    return this.#record.members.filter(({ clients }) => clients.length > 0);
  }

  byName(worker: string): RegisteredWorker | undefined {
    return this.#byName.get(worker);
  }

  ownerOf(client: number): RegisteredWorker | undefined {
    return this.#byClient.get(client);
  }

  /** Whose state is missing from this round on. */
  resetIn(round: number): number[] {
    return this.#record.resets.filter((reset) => reset.round === round).map(({ client }) => client);
  }

  /** How many examples a client has that brings its own; undefined until it comes. */
  samplesOf(client: number): number | undefined {
    const { clients = [], samples } = this.#byClient.get(client) ?? {};
    return samples?.at(clients.indexOf(client));
  }

  /** Clients whose data are their own and which no worker has brought yet. */
  get absent(): number[] {
    if (this.names === undefined) return [];
    return [...this.names.keys()].filter((client) => !this.#byClient.has(client));
  }

  /** Whether everybody is known whose data are their own. */
  get isComplete(): boolean {
    return this.names === undefined || this.#byClient.size === this.clients;
  }

  /** A name that no worker has had. */
  newName(): string {
    const joined = this.#record.joined + 1;
    this.#record = { ...this.#record, version: this.#record.version + 1, joined };
    return `w${joined}`;
  }

  /** The clients are this member's from now on, also those that were another's. */
  add(member: RegisteredWorker, lostFrom: LostFrom): void {
    const taken = member.clients.filter((client) => this.#byClient.has(client));
    const losers = new Set(taken.map((client) => this.#byClient.get(client)));
    const others =
      losers.size === 0
        ? this.#record.members
        : this.#record.members.map((other) =>
            losers.has(other) ? without(other, new Set(member.clients)) : other,
          );
    this.#record = {
      ...this.#record,
      version: this.#record.version + 1,
      members: [...others, member],
      resets: [
        ...this.#record.resets,
        ...taken.flatMap((client) => {
          const round = lostFrom(client);
          return round === undefined ? [] : [{ client, round }];
        }),
      ],
    };
    if (losers.size > 0) for (const other of others) this.#own(other);
    this.#own(member);
  }

  #own(member: RegisteredWorker): void {
    this.#byName.set(member.worker, member);
    for (const client of member.clients) this.#byClient.set(client, member);
  }
}

/** A member without the clients that another took over. */
function without(member: RegisteredWorker, taken: ReadonlySet<number>): RegisteredWorker {
  const { clients, samples, worker } = member;
  const kept = [...clients.keys()].filter((place) => !taken.has(clients[place]));
  if (kept.length === clients.length) return member;
  return {
    worker,
    clients: kept.map((place) => clients[place]),
    ...(samples && { samples: kept.map((place) => samples[place]) }),
  };
}
