/**
 * Which clients a worker that comes may have. A claim is provisional until its worker is ready, which says that it
 * keeps who it is on disk: one that is lost before that gives its clients back, since nobody could resume them.
 */
import { sameSecret } from '../transport/index.js';
import { range } from '../numerics/index.js';
import { ProtocolError, type MessageOf } from '../protocol/index.js';
import { rangesOf } from './client-ranges.js';
import type { Allows } from './keys.js';
import type { LostFrom, RegisteredWorker, WorkerRegistry } from './worker-registry.js';
import { secretOf } from './secrets.js';

type Hello = MessageOf<'hello'>;
type Range = readonly [first: number, last: number];
/** Whether a worker is not connected now: its clients can be taken over by number. */
export type IsDisconnected = (worker: string) => boolean;

export class ClientAssignments {
  readonly #provisional = new Map<string, RegisteredWorker>();

  /** @param places among how many workers clients are divided that are not claimed by number */
  constructor(
    readonly members: WorkerRegistry,
    readonly places: number,
  ) {}

  /**
   * Who a hello is from, and with which clients.
   * @throws ProtocolError where it is turned away
   */
  admit({ resume, claim }: Hello, isAway: IsDisconnected, allows: Allows): RegisteredWorker {
    if (resume === undefined) return this.#claim(undefined, claim, isAway, allows);
    const { members } = this;
    const { run, worker, secret } = resume;
    if (run !== members.record.run) {
      throw new ProtocolError(
        'wrongRun',
        `this is run ${members.record.run}, not ${run}: start the worker with another --state`,
      );
    }
    if (!sameSecret(secret, secretOf(members.record, worker))) {
      throw new ProtocolError('unauthorized', `the secret of worker ${worker} is wrong`);
    }
    const known = members.byName(worker);
    // It has a name, but was not ready before it was lost: others may have its clients now.
    if (known === undefined) return this.#claim(worker, claim, isAway, allows);
    if (known.clients.length === 0) {
      throw new ProtocolError(
        'unauthorized',
        `all clients of worker ${worker} went to others while it was away`,
      );
    }
    refuseOthers(known.clients, allows);
    if (claim.kind === 'local') {
      for (const { name, samples } of claim.shards) this.#sameSize(this.#named(name), samples);
    }
    return known;
  }

  /**
   * The worker keeps who it is: its clients are its own now.
   * @throws ProtocolError where another worker has come back to some of them meanwhile
   */
  confirm(worker: string, isAway: IsDisconnected, lostFrom: LostFrom): void {
    const member = this.#provisional.get(worker);
    if (member === undefined) return;
    this.#refuseTaken(member.clients, worker, isAway);
    this.#provisional.delete(worker);
    this.members.add(member, lostFrom);
  }

  /** The worker has gone; where it was not ready yet, its clients are free. */
  release(worker: string): void {
    this.#provisional.delete(worker);
  }

  #claim(
    worker: string | undefined,
    claim: Hello['claim'],
    isAway: IsDisconnected,
    allows: Allows,
  ): RegisteredWorker {
    const { clients, samples } = this.#claimed(worker, claim, isAway, allows);
    refuseOthers(clients, allows);
    if (clients.length === 0) throw new ProtocolError('full', 'every client has a worker already');
    const member = { worker: worker ?? this.members.newName(), clients, ...(samples && { samples }) };
    this.#provisional.set(member.worker, member);
    return member;
  }

  #claimed(
    worker: string | undefined,
    claim: Hello['claim'],
    isAway: IsDisconnected,
    allows: Allows,
  ): Omit<RegisteredWorker, 'worker'> {
    const { names } = this.members;
    if ((claim.kind === 'local') !== (names !== undefined)) {
      throw new ProtocolError(
        'dataUnfit',
        names === undefined
          ? 'the recipe names its data, so a worker brings none of its own: join without --data'
          : 'the workers of this run bring data of their own: join with --data FOLDER --client NAME',
      );
    }
    if (claim.kind === 'any') {
      const clients = this.#free(worker, allows);
      if (clients.length === 0) this.#offerAbandoned(worker, isAway, allows);
      return { clients };
    }
    if (claim.kind === 'clients') return { clients: this.#numbered(claim.ranges, worker, isAway) };
    const shards = claim.shards.map(({ name, samples }) => ({ client: this.#named(name), samples }));
    const inOrder = shards.toSorted((a, b) => a.client - b.client);
    const clients = this.#numbered(
      inOrder.map(({ client }) => [client, client]),
      worker,
      isAway,
    );
    for (const { client, samples } of shards) this.#sameSize(client, samples);
    return { clients, samples: inOrder.map(({ samples }) => samples) };
  }

  #named(name: string): number {
    const client = this.members.names?.indexOf(name) ?? -1;
    if (client < 0)
      throw new ProtocolError('noSuchClient', `the recipe's data.partition.clients has no '${name}'`);
    return client;
  }

  /** A client's data stay as they were when it first came: who takes part in what follows from how many they are. */
  #sameSize(client: number, samples: number): void {
    const before = this.members.samplesOf(client);
    if (before === undefined || before === samples) return;
    throw new ProtocolError(
      'dataUnfit',
      `client '${this.members.names?.[client] ?? client}' came with ${before} examples first, and has ${samples} now: bring the same data`,
    );
  }

  #numbered(ranges: readonly Range[], worker: string | undefined, isAway: IsDisconnected): number[] {
    const all = this.members.clients;
    const clients = new Set<number>();
    for (const [first, last] of ranges) {
      if (first > last || last >= all) {
        throw new ProtocolError(
          'noSuchClient',
          `clients ${first}-${last} were claimed; there are clients 0-${all - 1}`,
        );
      }
      for (let client = first; client <= last; client++) {
        if (clients.has(client)) throw new ProtocolError('noSuchClient', `client ${client} is claimed twice`);
        clients.add(client);
      }
    }
    this.#refuseTaken(clients, worker, isAway);
    return [...clients].sort((a, b) => a - b);
  }

  #refuseTaken(clients: Iterable<number>, worker: string | undefined, isAway: IsDisconnected): void {
    const provisional = this.#takenExceptBy(worker);
    for (const client of clients) {
      const owner = this.members.ownerOf(client)?.worker;
      const other = owner === undefined || isAway(owner) ? provisional.get(client) : owner;
      if (other === undefined) continue;
      throw new ProtocolError('clientsTaken', `client ${client} belongs to worker ${other}, which is here`);
    }
  }

  /** An even part of the clients without a worker: as many workers as are still expected have equally many, or one more. */
  #free(worker: string | undefined, allows: Allows): number[] {
    const provisional = this.#takenExceptBy(worker);
    const { members } = this;
    const isFree = (client: number) => members.ownerOf(client) === undefined && !provisional.has(client);
    const free = Array.from(range(members.clients)).filter(isFree);
    const workers = members.record.members.filter(({ clients }) => clients.length > 0).length;
    const expected = this.places - workers - new Set(provisional.values()).size;
    return free.filter(allows).slice(0, Math.ceil(free.length / Math.max(1, expected)));
  }

  /** A worker for which no client is free may be the successor of one that is lost: it is told how to take over. */
  #offerAbandoned(worker: string | undefined, isAway: IsDisconnected, allows: Allows): void {
    const { members } = this;
    const provisional = this.#takenExceptBy(worker);
    const abandoned = Array.from(range(members.clients)).filter((client) => {
      const owner = members.ownerOf(client)?.worker;
      return owner !== undefined && isAway(owner) && !provisional.has(client) && allows(client);
    });
    if (abandoned.length === 0) return;
    // A sentence has its bounds.
    const numbers = rangesOf(abandoned)
      .slice(0, 20)
      .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
      .join(',');
    throw new ProtocolError(
      'full',
      `every client has a worker already, but those of clients ${numbers} are away: join with --clients ${numbers} to take these over`,
    );
  }

  /** Clients that workers claim which are not ready yet. */
  #takenExceptBy(worker: string | undefined): Map<number, string> {
    const taken = new Map<number, string>();
    for (const member of this.#provisional.values()) {
      if (member.worker === worker) continue;
      for (const client of member.clients) taken.set(client, member.worker);
    }
    return taken;
  }
}

function refuseOthers(clients: readonly number[], allows: Allows): void {
  const other = clients.find((client) => !allows(client));
  if (other !== undefined) throw new ProtocolError('unauthorized', `the key is not of client ${other}`);
}
