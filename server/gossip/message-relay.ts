/**
 * How messages go between the workers of a gossip run: each is told where all nodes are, and by what ticket the two of a
 * pair know each other. What they cannot send directly is passed on, where the recipe allows that, after the same checks
 * that its reader makes; so is what one of a pair has complained about, since only then can anybody say who is right.
 */
import { ConnectionError } from '../../errors/index.js';
import { MessageOrder, MessageValidator } from '../../gossip/index.js';
import { ProtocolError, type MessageOf } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import { isAmong, rangesOf } from '../client-ranges.js';
import type { ConnectionManager } from '../connection-manager.js';
import type { RegisteredWorker, WorkerRegistry } from '../worker-registry.js';
import { ticketOf } from '../secrets.js';
import type { Session } from '../sessions.js';

const DIRECT_ONLY =
  'the recipe has network.gossip: direct, so workers must reach each other: join with --listen HOST:PORT (all but one of them)';

const REACHABLE =
  'the recipe has network.gossip: direct, so workers must reach each other: join with an --advertise at which others reach it, or leave network.gossip out';
/** Complaints of a worker, after which it is turned away itself. */
const MOST_COMPLAINTS = 100;
/** Bundles of a pair that are sent before they are acknowledged. */
const UNDER_WAY = 4;
/** Where bundles may have gone another way before. */
const NEWEST = 2 ** 40;

/** What was passed on from one worker to another. */
interface Passed {
  readonly order: MessageOrder;
  number: number;
}

export class MessageRelay {
  /** Of what is told of where nodes are. */
  #version = 0;
  /** Of which workers it was logged that one cannot reach the other. */
  readonly #unreached = new Set<string>();
  readonly #validator: MessageValidator | undefined;
  /** Of the present epoch, by both workers. */
  readonly #passed = new Map<string, Passed>();
  /** Pairs of workers of which one has complained, and how often all was to be sent again. */
  readonly #relayed = new Map<string, number>();
  /** Workers that others may reach directly. */
  readonly #listening = new Set<string>();
  readonly #complaints = new Map<string, number>();
  #again = 0;
  /** The round that nodes returned to last. */
  #from = 0;
  /**
   * Where nodes were when the epoch began: another worker may have claimed some since, and its peers cannot know that before
   * the next epoch begins.
   */
  #nodes: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(
    readonly federation: Federation,
    readonly connections: ConnectionManager,
    readonly members: WorkerRegistry,
  ) {
    const { algorithm } = federation;
    if (algorithm.family === 'gossip') this.#validator = new MessageValidator(federation, algorithm);
  }

  /** How messages are to go, where the recipe says so. */
  get way(): 'direct' | 'relayed' | undefined {
    return this.federation.recipe.network.gossip;
  }

  /** Why the workers that are here now cannot all take part; nothing where they can. */
  get refusal(): string | undefined {
    const deaf = this.connections.present.filter(({ came }) => came?.listen === undefined);
    return this.way === 'direct' && deaf.length > 1 ? DIRECT_ONLY : undefined;
  }

  /** A worker comes. @returns why others cannot be told where it listens; nothing where they can */
  comes({ worker }: RegisteredWorker, { came }: Session): string | undefined {
    const listen = came?.listen;
    if (listen !== undefined) this.#listening.add(worker);
    if (listen === undefined || (/^wss?:\/\//.test(listen) && URL.canParse(listen))) return undefined;
    return `listen of a hello is '${listen.slice(0, 100)}'; it must be an address ws://HOST:PORT or wss://HOST:PORT`;
  }

  /** All return to the end of a round: messages are numbered anew. */
  beginEpoch(round: number): void {
    this.#passed.clear();
    this.#from = round;
    this.#nodes = new Map(this.members.taking.map(({ worker, clients }) => [worker, clients]));
  }

  /**
   * Passes on what one worker sends another, where that is here; what it does not get is sent again.
   * @param isNow whether it is of the present epoch, in which nodes have gone on
   * @throws ProtocolError where it is not as it must be
   */
  relay(member: RegisteredWorker, message: MessageOf<'gossip' | 'acknowledge'>, isNow: boolean): void {
    const { worker } = member;
    const peer = this.members.byName(message.peer);
    if (peer === undefined || peer.worker === worker) {
      throw new ProtocolError('malformed', `peer is '${message.peer}', which is no other worker`);
    }
    if (this.way === 'direct' && !this.#relayed.has(pairOf(worker, peer.worker))) {
      throw new ProtocolError('unexpected', DIRECT_ONLY);
    }
    if (!isNow) return;
    if (message.kind === 'gossip') this.#check(member, peer, message);
    const reader = this.connections.presentOf(peer.worker);
    if (reader) this.connections.send(reader, { ...message, peer: worker });
  }

  /**
   * A worker says that it cannot reach another, at the address that this one has told.
   * @returns what to log of it, once for the two; an error, if messages must go directly
   */
  unreachable(
    { worker }: RegisteredWorker,
    { peer, address, sentence }: MessageOf<'unreachable'>,
  ): string | ConnectionError | undefined {
    // Who was complained about is not to be reached directly.
    if (this.#relayed.has(pairOf(worker, peer))) return undefined;
    if (peer === worker || this.connections.presentOf(peer)?.came?.listen !== address) return undefined;
    const what = `worker ${worker} cannot reach worker ${peer} at ${address}: ${sentence}`;
    if (this.way === 'direct') return new ConnectionError(`${what}; ${REACHABLE}`);
    const pair = `${worker} ${peer}`;
    if (this.#unreached.has(pair)) return undefined;
    this.#unreached.add(pair);
    return `${what}; what they send each other goes by the coordinator`;
  }

  /**
   * A worker says that a message of another was not as it must be. Neither is believed: what they send each other goes by
   * the coordinator from now on. @throws ProtocolError where the complaint cannot be meant
   */
  complain({ worker }: RegisteredWorker, { peer, sentence }: MessageOf<'complaint'>): string {
    if (peer === worker || this.members.byName(peer) === undefined) {
      throw new ProtocolError('malformed', `peer is '${peer}', which is no other worker`);
    }
    const complaints = (this.#complaints.get(worker) ?? 0) + 1;
    this.#complaints.set(worker, complaints);
    if (complaints > MOST_COMPLAINTS) {
      throw new ProtocolError('tooMany', `${MOST_COMPLAINTS} complaints came about other workers`);
    }
    const pair = pairOf(worker, peer);
    this.#relayed.set(pair, (this.#relayed.get(pair) ?? 0) + 1);
    this.tell();
    return `worker ${worker} says that worker ${peer} sent what is not right, ${sentence}; what the two send each other is checked here from now on`;
  }

  /** What may have been lost on its way is to be sent again, by all. */
  sendAgain(): void {
    this.#again++;
    this.tell();
  }

  /** Tells all workers where nodes are: that has changed. */
  tell(): void {
    const version = ++this.#version;
    const { record } = this.members;
    for (const session of this.connections.present) {
      const self = session.member?.worker ?? '';
      let relays = this.way !== 'direct';
      const workers = this.members.taking.map(({ worker, clients }) => {
        const there = this.connections.presentOf(worker);
        const complaints = this.#relayed.get(pairOf(self, worker));
        const isDirect = this.way !== 'relayed' && complaints === undefined;
        if (complaints !== undefined) relays = true;
        const address = isDirect ? there?.came?.listen : undefined;
        const ticket = worker === self || !isDirect ? undefined : ticketOf(record, self, worker);
        return {
          worker,
          nodes: rangesOf(clients),
          session: there === undefined ? 0 : there.connection + (complaints ?? 0) + this.#again,
          ...(address !== undefined && { address }),
          ...(ticket !== undefined && { ticket }),
        };
      });
      this.connections.send(session, { kind: 'membership', version, relays, workers });
    }
  }

  /** Whether nothing that one sends the other goes another way. */
  #isWhole(...pair: readonly RegisteredWorker[]): boolean {
    return this.way === 'relayed' || !pair.some(({ worker }) => this.#listening.has(worker));
  }

  #check(member: RegisteredWorker, peer: RegisteredWorker, bundle: MessageOf<'gossip'>): void {
    const validator = this.#validator;
    if (validator === undefined) throw new ProtocolError('unexpected', 'this run has no gossip nodes');
    const { number, messages } = bundle;
    const key = `${member.worker} ${peer.worker}`;
    const before = this.#passed.get(key);
    const isWhole = this.#isWhole(member, peer);
    const next = (before?.number ?? 0) + 1;
    const newest = isWhole ? next + UNDER_WAY - 1 : NEWEST;
    if (number === 0 || number > newest) {
      throw new ProtocolError(
        'malformed',
        `number is ${number}; it must be ${isWhole ? `up to ${newest}` : 'above 0'}`,
      );
    }
    if (messages.length === 0) throw new ProtocolError('malformed', 'messages is empty');
    const [senders, receivers] = [member, peer].map(({ worker }) => this.#nodes.get(worker) ?? []);
    for (const { from, to } of messages) {
      if (isAmong(senders, from) && isAmong(receivers, to)) continue;
      const sentence = `a message goes from node ${from} to ${to}; the nodes are not these workers'`;
      throw new ProtocolError('malformed', sentence);
    }
    validator.check(bundle);
    const passed = before ?? {
      order: new MessageOrder(validator, isWhole ? this.#from : undefined),
      number: 0,
    };
    // After a gap, which is there when a reader was away, all is sent again.
    if (number < next || (isWhole && number > next)) return;
    passed.order.take(messages);
    passed.number = number;
    this.#passed.set(key, passed);
  }
}

const pairOf = (one: string, other: string) => (one < other ? `${one} ${other}` : `${other} ${one}`);
