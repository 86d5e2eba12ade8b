/**
 * A worker's part in gossip, without input and output: which nodes are where, what has come and what has not, and how
 * far the nodes may go. Nodes of one worker go through rounds together; what they send others is kept until it has
 * come there, through connections that end. After a kill all workers return to a round that all of them have kept:
 * that begins an epoch, and what was under way before does not count any more.
 */
import { ProtocolError, type MessageOf, type ToCoordinator, type ToWorker } from '../../protocol/index.js';
import type { Identity } from '../events.js';
import type { NodesEffect, NodesEvent } from './events.js';
import type { GossipOrder } from './check-orders.js';
import { Outbox, UNDER_WAY } from './outbox.js';
import { UnreachablePeers } from './unreachable.js';
import type { PeerEffect, PeerEvent } from './events.js';
import { Peers } from './peers.js';
import { NodeDirectory } from './node-directory.js';

export interface GossipSessionOptions {
  /** Rounds that are kept on disk. */
  readonly checkpoints: readonly number[];
  /** Who this worker is. */
  readonly identity: () => Identity | undefined;
  /** Says it to the coordinator. */
  readonly send: (message: ToCoordinator) => void;
  readonly emit: (effect: NodesEffect) => void;
  readonly emitToPeer: (effect: PeerEffect) => void;
  readonly checks: GossipChecks;
  readonly log: (sentence: string) => void;
}

/** Messages from the nodes of another worker. */
export type Bundle = MessageOf<'gossip'>;

/** What is known of the recipe says whether a message can be right. Each throws a ProtocolError that names the field. */
export interface GossipChecks {
  /** Takes what a bundle holds as the next of its sender. */
  bundle(bundle: Bundle): void;
  /** @param self who this worker is */
  order(order: GossipOrder, self: string): void;
}

export class GossipSession {
  readonly #identity: () => Identity | undefined;
  readonly #sendUp: (message: ToCoordinator) => void;
  /** Whether the coordinator knows that this worker is here; before that, nothing is said. */
  #isPresent = false;
  readonly #emit: (effect: NodesEffect) => void;
  readonly #checks: GossipChecks;
  readonly #log: (sentence: string) => void;
  readonly #where = new NodeDirectory();
  readonly #peers: Peers;
  readonly #unreachable: UnreachablePeers;
  /** Whether the coordinator passes on what cannot go directly. */
  #relays = false;
  /** The connections of other workers that they were last sent what they had not acknowledged. */
  readonly #sessions = new Map<string, number>();
  readonly #outboxes = new Map<string, Outbox>();
  /** Of each other worker, up to which number its bundles have come. */
  readonly #come = new Map<string, number>();
  #checkpoints: readonly number[];
  #epoch = 0;
  /** Whether the nodes are where the epoch begins, or further. */
  #isThere = false;
  #until = 0;
  /** Since the coordinator last let the nodes go on. */
  #reports: MessageOf<'report'>[] = [];
  #relayed = 0;
  #direct = 0;
  #asked: number | undefined;
  #summary: MessageOf<'summary'> | undefined;

  constructor({ checkpoints, identity, send, emit, emitToPeer, checks, log }: GossipSessionOptions) {
    this.#checkpoints = checkpoints;
    this.#identity = identity;
    this.#sendUp = send;
    this.#emit = emit;
    this.#checks = checks;
    this.#log = log;
    // What went another way before may be lost.
    const again = (peer: string) => {
      for (const bundle of this.#outbox(peer).again()) this.#sendTo(peer, bundle);
    };
    this.#unreachable = new UnreachablePeers(log, (message) => {
      this.#send(message);
    });
    this.#peers = new Peers({
      identity,
      emit: emitToPeer,
      up: again,
      down: again,
      failed: (failure, now) => {
        this.#unreachable.failed(failure, this.#relays, now);
      },
      connected: (peer, address) => {
        this.#unreachable.connected(peer, address);
      },
      receive: (message) => {
        this.#fromPeer(message, 'directly');
      },
      complain: (peer, sentence) => {
        this.#complain(peer, `directly: ${sentence}`);
      },
      log,
    });
  }

  /** What a hello says of the nodes. */
  get standing(): Pick<MessageOf<'hello'>, 'epoch' | 'checkpoints'> {
    return { epoch: this.#epoch, checkpoints: [...this.#checkpoints] };
  }

  /** Another run: nothing of this one counts. */
  clear(): void {
    this.#checkpoints = [];
    this.#epoch = 0;
    this.#begin(0);
    this.#peers.hangUpAll();
    this.#unreachable.clear();
  }

  handlePeer(event: PeerEvent, now: number): void {
    this.#peers.handle(event, now);
  }

  /** Now and then: other workers are to be there. */
  tick(now: number, timeoutMs: number): void {
    this.#unreachable.patienceMs = timeoutMs;
    this.#peers.tick(now, timeoutMs);
  }

  /** The connection has ended; who is there will be told anew. */
  disconnected(): void {
    this.#isPresent = false;
    this.#sessions.clear();
  }

  /** @throws ProtocolError where the message has no place here */
  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'membership':
        this.#membership(message);
        break;
      case 'returnTo':
        this.#returnTo(message);
        break;
      case 'start':
        if (message.epoch === this.#epoch) this.#start(message);
        break;
      case 'gossip':
      case 'acknowledge':
        // The coordinator passes it on: what is wrong with it is its sender's fault.
        try {
          this.#fromPeer(message, 'relayed');
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          this.#complain(message.peer, `by the coordinator: ${error.message}`);
        }
        break;
      case 'summarize':
        if (message.epoch === this.#epoch) this.#summarize(message);
        break;
      case 'checkpoint':
        if (message.epoch === this.#epoch) this.#keep(message);
        break;
      default:
        throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
    }
  }

  handle(event: NodesEvent): void {
    switch (event.kind) {
      case 'returned':
        if (event.epoch !== this.#epoch) return;
        this.#isThere = true;
        this.#send({ kind: 'returned', epoch: event.epoch, round: event.round });
        break;
      case 'posted': {
        const { epoch, posted } = event;
        if (epoch !== this.#epoch) return;
        const worker = this.#where.find(posted.to);
        if (worker === undefined) {
          this.#log(`no worker has node ${posted.to}: a message to it is lost, and all nodes have to return`);
          return;
        }
        this.#outbox(worker).add(posted);
        if (this.#peers.isUp(worker)) this.#direct += posted.bytes;
        else this.#relayed += posted.bytes;
        this.#flush(worker);
        break;
      }
      case 'rounded': {
        if (event.report.epoch !== this.#epoch) return;
        const [relayed, direct] = [this.#relayed, this.#direct];
        const report = { kind: 'report', ...event.report, relayed, direct } as const;
        this.#relayed = this.#direct = 0;
        this.#reports.push(report);
        this.#send(report);
        break;
      }
      case 'summarized':
        if (event.summary.epoch !== this.#epoch || event.summary.id !== this.#asked) return;
        this.#summary = event.summary;
        this.#send(event.summary);
        break;
      case 'failed': {
        const { kind: _, ...failure } = event;
        if (event.epoch === this.#epoch) this.#send({ kind: 'nodesFailed', ...failure });
        break;
      }
      case 'kept': {
        const { epoch, round } = event;
        if (epoch !== this.#epoch) return;
        this.#checkpoints = [...this.#checkpoints, round];
        this.#send({ kind: 'checkpointed', epoch, round });
      }
    }
  }

  #send(message: ToCoordinator): void {
    if (this.#isPresent) this.#sendUp(message);
  }

  #begin(round: number): void {
    this.#isThere = false;
    this.#until = round;
    this.#outboxes.clear();
    this.#come.clear();
    this.#reports = [];
    this.#relayed = this.#direct = 0;
    this.#asked = this.#summary = undefined;
  }

  #membership(message: MessageOf<'membership'>): void {
    this.#checks.order(message, this.#self);
    this.#where.learn(message);
    this.#relays = message.relays;
    const isBack = !this.#isPresent;
    this.#isPresent = true;
    // What was said last on the connection before may not have come.
    if (isBack) for (const report of this.#reports) this.#send(report);
    for (const { worker, session } of message.workers) {
      if (worker === this.#self || this.#sessions.get(worker) === session) continue;
      this.#sessions.set(worker, session);
      // What went to its connection before this one may be lost.
      if (session === 0) continue;
      for (const bundle of this.#outbox(worker).again()) this.#sendTo(worker, bundle);
    }
    this.#peers.learn(message.workers);
  }

  #returnTo({ epoch, round }: MessageOf<'returnTo'>): void {
    if (epoch === this.#epoch && this.#isThere) this.#send({ kind: 'returned', epoch, round });
    if (epoch <= this.#epoch) return;
    if (round !== 0 && !this.#checkpoints.includes(round)) {
      const kept = [0, ...this.#checkpoints].join(', ');
      throw new ProtocolError('malformed', `round of 'returnTo' is ${round}; nodes were kept after ${kept}`);
    }
    this.#epoch = epoch;
    this.#begin(round);
    this.#checkpoints = this.#checkpoints.filter((kept) => kept <= round);
    this.#emit({ kind: 'return', epoch, round });
  }

  #start(message: MessageOf<'start'>): void {
    this.#checks.order(message, this.#self);
    const { until, durable } = message;
    // The coordinator asks again where it lacks something.
    if (until === this.#until) for (const report of this.#reports) this.#send(report);
    if (until <= this.#until) return;
    this.#reports = [];
    this.#until = until;
    this.#checkpoints = this.#checkpoints.filter((kept) => kept >= durable);
    this.#emit({ kind: 'forget', before: durable });
    this.#emit({ kind: 'run', until });
  }

  /** @throws ProtocolError where another worker's message is not as it must be; it has not counted then */
  #fromPeer(message: MessageOf<'gossip' | 'acknowledge'>, way: 'directly' | 'relayed'): void {
    const { epoch } = message;
    // Others may go on without a worker that was started again, until all return.
    if (!this.#isThere && epoch !== this.#epoch) return;
    if (epoch > this.#epoch || epoch === 0) {
      throw new ProtocolError('unexpected', `epoch is ${epoch}; it must be ${this.#epoch} or one before`);
    }
    if (epoch < this.#epoch) return;
    if (message.kind === 'acknowledge') this.#acknowledged(message);
    else this.#arrive(message, way);
  }

  #arrive(bundle: Bundle, way: 'directly' | 'relayed'): void {
    const { peer, epoch, number, messages, tensors } = bundle;
    // Nobody sends before all have returned.
    if (!this.#isThere) throw new ProtocolError('unexpected', 'messages came before their epoch has begun');
    for (const { from, to } of messages) {
      if (this.#where.of(from) === peer && this.#where.of(to) === this.#self) continue;
      throw new ProtocolError('malformed', `worker ${peer} sent a message from node ${from} to node ${to}`);
    }
    const come = this.#come.get(peer) ?? 0;
    const isOrdered = way === 'directly' && this.#peers.isUp(peer);
    if (number === 0 || number > come + (isOrdered ? 1 : UNDER_WAY)) {
      throw new ProtocolError('malformed', `number is ${number}; the next one is ${come + 1}`);
    }
    // Of what comes after a gap, all is sent again, in order.
    if (number > come + 1) return;
    if (messages.length === 0) throw new ProtocolError('malformed', 'messages is empty');
    if (number === come + 1) {
      this.#checks.bundle(bundle);
      this.#come.set(peer, number);
      this.#emit({ kind: 'arrive', messages: messages.map((message) => ({ ...message, tensors })) });
    }
    this.#tell(peer, { kind: 'acknowledge', peer, epoch, upTo: Math.max(come, number) });
  }

  #acknowledged({ peer, upTo }: MessageOf<'acknowledge'>): void {
    const { latest } = this.#outbox(peer);
    if (upTo > latest) {
      throw new ProtocolError('malformed', `upTo is ${upTo}; ${latest} were sent`);
    }
    const tickets = this.#outbox(peer).acknowledged(upTo);
    if (tickets.length > 0) this.#emit({ kind: 'release', tickets });
    this.#flush(peer);
  }

  /** The coordinator hears whose message did not count, and why. */
  #complain(peer: string, sentence: string): void {
    this.#log(`worker ${peer} sent what is not right, ${sentence}`);
    this.#send({ kind: 'complaint', peer, epoch: this.#epoch, sentence: sentence.slice(0, 1000) });
  }

  #summarize(request: MessageOf<'summarize'>): void {
    if (this.#summary?.id === request.id) this.#send(this.#summary);
    if (this.#asked === request.id) return;
    this.#checks.order(request, this.#self);
    this.#asked = request.id;
    this.#emit({ kind: 'summarize', request });
  }

  #keep({ epoch, round }: MessageOf<'checkpoint'>): void {
    if (round !== this.#until) {
      throw new ProtocolError(
        'malformed',
        `round of 'checkpoint' is ${round}; nodes are at the end of ${this.#until}`,
      );
    }
    if (this.#checkpoints.includes(round)) this.#send({ kind: 'checkpointed', epoch, round });
    else this.#emit({ kind: 'keep', epoch, round });
  }

  #outbox(worker: string): Outbox {
    const known = this.#outboxes.get(worker) ?? new Outbox();
    this.#outboxes.set(worker, known);
    return known;
  }

  #flush(worker: string): void {
    for (const bundle of this.#outbox(worker).next()) this.#sendTo(worker, bundle);
  }

  #sendTo(peer: string, bundle: ReturnType<Outbox['next']>[number]): void {
    this.#tell(peer, { ...bundle, peer, epoch: this.#epoch });
  }

  /** Directly where that goes, else by the coordinator, else later. */
  #tell(peer: string, message: MessageOf<'gossip' | 'acknowledge'>): void {
    if (this.#peers.isUp(peer)) this.#peers.say(peer, { ...message, peer: this.#self });
    else if (this.#relays) this.#send(message);
  }

  get #self(): string {
    return this.#identity()?.worker ?? '';
  }
}
