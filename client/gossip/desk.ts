/**
 * A worker's part in gossip, without input and output: which nodes are where, what has come and what has not, and how
 * far the nodes may go. Nodes of one worker go through rounds together; what they send others is kept until it has
 * come there, through connections that end. After a kill all workers return to a round that all of them have kept:
 * that begins an epoch, and what was under way before does not count any more.
 */
import { ProtocolError, type MessageOf, type ToCoordinator, type ToWorker } from '../../protocol/index.js';
import type { Identity } from '../events.js';
import type { NodesEffect, NodesEvent } from './events.js';
import { Outbox } from './outbox.js';
import { UnreachablePeers } from './unreachable.js';
import { Peers, type PeerEffect, type PeerEvent } from './peers.js';
import { Whereabouts } from './whereabouts.js';

export interface DeskStart {
  /** Rounds that are kept on disk. */
  readonly checkpoints: readonly number[];
  /** Who this worker is. */
  readonly identity: () => Identity | undefined;
  /** Says it to the coordinator. */
  readonly send: (message: ToCoordinator) => void;
  readonly emit: (effect: NodesEffect) => void;
  readonly emitToPeer: (effect: PeerEffect) => void;
  readonly log: (sentence: string) => void;
}

export class GossipDesk {
  readonly #identity: () => Identity | undefined;
  readonly #sendUp: (message: ToCoordinator) => void;
  /** Whether the coordinator knows that this worker is here; before that, nothing is said. */
  #isPresent = false;
  readonly #emit: (effect: NodesEffect) => void;
  readonly #where = new Whereabouts();
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

  constructor({ checkpoints, identity, send, emit, emitToPeer, log }: DeskStart) {
    this.#checkpoints = checkpoints;
    this.#identity = identity;
    this.#sendUp = send;
    this.#emit = emit;
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
        this.receive(message);
      },
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
        if (message.epoch === this.#epoch) this.#arrive(message);
        break;
      case 'acknowledge':
        if (message.epoch === this.#epoch) this.#acknowledged(message);
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
        const worker = this.#where.of(posted.to);
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
      if (session === 0 || this.#peers.isUp(worker)) continue;
      for (const bundle of this.#outbox(worker).again()) this.#sendTo(worker, bundle);
    }
    this.#peers.learn(message.workers);
  }

  #returnTo({ epoch, round }: MessageOf<'returnTo'>): void {
    if (epoch === this.#epoch && this.#isThere) this.#send({ kind: 'returned', epoch, round });
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#begin(round);
    this.#checkpoints = this.#checkpoints.filter((kept) => kept <= round);
    this.#emit({ kind: 'return', epoch, round });
  }

  #start({ until, durable }: MessageOf<'start'>): void {
    if (until <= this.#until) return;
    this.#reports = [];
    this.#until = until;
    this.#checkpoints = this.#checkpoints.filter((kept) => kept >= durable);
    this.#emit({ kind: 'forget', before: durable });
    this.#emit({ kind: 'run', until });
  }

  #arrive({ peer, epoch, number, messages, tensors }: MessageOf<'gossip'>): void {
    for (const { from, to } of messages) {
      if (this.#where.of(from) === peer && this.#where.of(to) === this.#self) continue;
      throw new ProtocolError('malformed', `worker ${peer} sent a message from node ${from} to node ${to}`);
    }
    const come = this.#come.get(peer) ?? 0;
    // Of what comes after a gap, all is sent again, in order.
    if (number > come + 1) return;
    if (number === come + 1) {
      this.#come.set(peer, number);
      this.#emit({ kind: 'arrive', messages: messages.map((message) => ({ ...message, tensors })) });
    }
    this.#tell(peer, { kind: 'acknowledge', peer, epoch, upTo: Math.max(come, number) });
  }

  #acknowledged({ peer, upTo }: MessageOf<'acknowledge'>): void {
    const tickets = this.#outbox(peer).acknowledged(upTo);
    if (tickets.length > 0) this.#emit({ kind: 'release', tickets });
    this.#flush(peer);
  }

  #summarize(request: MessageOf<'summarize'>): void {
    if (this.#summary?.id === request.id) this.#send(this.#summary);
    if (this.#asked === request.id) return;
    this.#asked = request.id;
    this.#emit({ kind: 'summarize', request });
  }

  #keep({ epoch, round }: MessageOf<'checkpoint'>): void {
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
