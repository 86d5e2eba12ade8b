/** Who takes part: workers, what they prove themselves with, and whose clients are whose. */
import { timingSafeEqual, createHash } from 'node:crypto';
import { sha256 } from '../numerics/index.js';
import { ProtocolError, type MessageOf } from '../protocol/index.js';

export interface Member {
  readonly worker: string;
  /** In ascending order; they do not change while the worker is a member. */
  readonly clients: readonly number[];
  /** How many examples each of them has, where the data are the worker's own. */
  readonly samples?: readonly number[];
}

/** Plain data, kept on disk: it is durable before a worker hears who it is. */
export interface MembersRecord {
  readonly version: number;
  readonly run: string;
  /** Workers' secrets are made of it. */
  readonly key: string;
  readonly joined: number;
  readonly members: readonly Member[];
  /** Clients that went to another worker, and the first exchange in which what they kept is missing. */
  readonly resets: readonly Reset[];
}

/** The first exchange that misses what a client kept, where its worker is lost; undefined where it kept nothing. */
export type LostFrom = (client: number) => number | undefined;

export interface Reset {
  readonly client: number;
  readonly exchange: number;
}

type Hello = MessageOf<'hello'>;
type Range = readonly [first: number, last: number];

export const newMembers = (run: string, key: string): MembersRecord => ({
  version: 0,
  run,
  key,
  joined: 0,
  members: [],
  resets: [],
});

export class Members {
  #record: MembersRecord;
  readonly #byClient = new Map<number, Member>();

  /**
   * @param clients how many clients there are
   * @param next the exchange that the run goes on with
   * @param places among how many workers clients are divided that are not claimed by number
   */
  constructor(
    record: MembersRecord,
    readonly clients: number,
    readonly places: number,
    next: number,
    /** Of clients that bring their own data. */
    readonly names: readonly string[] | undefined,
  ) {
    // A coordinator that fell back runs exchanges again, now without what was lost since.
    const resets = record.resets.map((reset) => ({ ...reset, exchange: Math.min(reset.exchange, next) }));
    this.#record = { ...record, resets };
    for (const member of record.members) this.#own(member);
  }

  get record(): MembersRecord {
    return this.#record;
  }

  ownerOf(client: number): Member | undefined {
    return this.#byClient.get(client);
  }

  /** Whose state is missing from this exchange on. */
  resetIn(exchange: number): number[] {
    return this.#record.resets.filter((reset) => reset.exchange === exchange).map(({ client }) => client);
  }

  secretOf(worker: string): string {
    return sha256(`${this.#record.key}/${this.#record.run}/${worker}`);
  }

  /** How many examples a client has that brings its own; undefined until it comes. */
  samplesOf(client: number): number | undefined {
    const { clients = [], samples } = this.#byClient.get(client) ?? {};
    return samples?.at(clients.indexOf(client));
  }

  /** Whether everybody is known whose data are their own. */
  get isComplete(): boolean {
    return this.names === undefined || this.#byClient.size === this.clients;
  }

  /**
   * The member that a hello is from, a new one where it does not resume.
   * @param isAway whether a member is not connected now: its clients can be taken over by number
   * @throws ProtocolError where it is turned away
   */
  admit(hello: Hello, isAway: (worker: string) => boolean, lostFrom: LostFrom): Member {
    return hello.resume === undefined
      ? this.#join(hello, isAway, lostFrom)
      : this.#resume(hello.resume, hello.claim);
  }

  #resume({ run, worker, secret }: NonNullable<Hello['resume']>, claim: Hello['claim']): Member {
    if (run !== this.#record.run) {
      throw new ProtocolError(
        'wrongRun',
        `this is run ${this.#record.run}, not ${run}: start the worker with another --state`,
      );
    }
    const member = this.#record.members.find((known) => known.worker === worker);
    if (member === undefined || !sameSecret(secret, this.secretOf(worker))) {
      throw new ProtocolError('unauthorized', `the secret of worker ${worker} is wrong`);
    }
    if (claim.kind === 'local') {
      for (const { name, samples } of claim.shards) this.#sameSize(this.#named(name), samples);
    }
    return member;
  }

  #join({ claim }: Hello, isAway: (worker: string) => boolean, lostFrom: LostFrom): Member {
    const { clients, samples } = this.#claim(claim, isAway);
    if (clients.length === 0) throw new ProtocolError('full', 'every client has a worker already');
    const joined = this.#record.joined + 1;
    const member = { worker: `w${joined}`, clients, ...(samples && { samples }) };
    const taken = clients.filter((client) => this.#byClient.has(client));
    const others = this.#record.members.flatMap((other) => without(other, new Set(clients)));
    this.#record = {
      ...this.#record,
      version: this.#record.version + 1,
      joined,
      members: [...others, member],
      resets: [
        ...this.#record.resets,
        ...taken.flatMap((client) => {
          const exchange = lostFrom(client);
          return exchange === undefined ? [] : [{ client, exchange }];
        }),
      ],
    };
    this.#byClient.clear();
    for (const known of this.#record.members) this.#own(known);
    return member;
  }

  #claim(
    claim: Hello['claim'],
    isAway: (worker: string) => boolean,
  ): { readonly clients: readonly number[]; readonly samples?: readonly number[] } {
    if ((claim.kind === 'local') !== (this.names !== undefined)) {
      throw new ProtocolError(
        'dataUnfit',
        this.names === undefined
          ? 'the recipe names its data, so a worker brings none of its own: join without --data'
          : 'the workers of this run bring data of their own: join with --data FOLDER --client NAME',
      );
    }
    if (claim.kind === 'any') return { clients: this.#free() };
    if (claim.kind === 'clients') return { clients: this.#claimed(claim.ranges, isAway) };
    const shards = claim.shards.map(({ name, samples }) => ({ client: this.#named(name), samples }));
    const inOrder = shards.toSorted((a, b) => a.client - b.client);
    const clients = this.#claimed(
      inOrder.map(({ client }) => [client, client]),
      isAway,
    );
    for (const { client, samples } of shards) this.#sameSize(client, samples);
    return { clients, samples: inOrder.map(({ samples }) => samples) };
  }

  #named(name: string): number {
    const client = this.names?.indexOf(name) ?? -1;
    if (client < 0)
      throw new ProtocolError('noSuchClient', `the recipe's data.partition.clients has no '${name}'`);
    return client;
  }

  /** A client's data stay as they were when it first came: who takes part in what follows from how many they are. */
  #sameSize(client: number, samples: number): void {
    const before = this.samplesOf(client);
    if (before === undefined || before === samples) return;
    throw new ProtocolError(
      'dataUnfit',
      `client '${this.names?.[client] ?? client}' came with ${before} examples first, and has ${samples} now: bring the same data`,
    );
  }

  #claimed(ranges: readonly Range[], isAway: (worker: string) => boolean): number[] {
    const clients = new Set<number>();
    for (const [first, last] of ranges) {
      if (first > last || last >= this.clients) {
        throw new ProtocolError(
          'noSuchClient',
          `clients ${first}-${last} were claimed; there are clients 0-${this.clients - 1}`,
        );
      }
      for (let client = first; client <= last; client++) clients.add(client);
    }
    for (const client of clients) {
      const owner = this.ownerOf(client);
      if (owner && !isAway(owner.worker)) {
        throw new ProtocolError(
          'clientsTaken',
          `client ${client} belongs to worker ${owner.worker}, which is here`,
        );
      }
    }
    return [...clients].sort((a, b) => a - b);
  }

  /** An even part of all clients, of those that are nobody's. */
  #free(): number[] {
    const part = Math.ceil(this.clients / this.places);
    const free: number[] = [];
    for (let client = 0; client < this.clients && free.length < part; client++) {
      if (!this.#byClient.has(client)) free.push(client);
    }
    return free;
  }

  #own(member: Member): void {
    for (const client of member.clients) this.#byClient.set(client, member);
  }
}

/** A member without the clients that another took over; none where nothing is left of it. */
function without(member: Member, taken: ReadonlySet<number>): Member[] {
  const clients = member.clients.filter((client) => !taken.has(client));
  if (clients.length === member.clients.length) return [member];
  return clients.length === 0 ? [] : [{ ...member, clients }];
}

/** Compares without telling by its time where the first difference is. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Ascending numbers as runs, both ends included. */
export function rangesOf(clients: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const client of clients) {
    const last = ranges.at(-1);
    if (last?.[1] === client - 1) last[1] = client;
    else ranges.push([client, client]);
  }
  return ranges;
}

/** Whether an ascending list has a number. */
export function isAmong(sorted: readonly number[], wanted: number): boolean {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] === wanted) return true;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
