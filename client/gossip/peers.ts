/**
 * Connections to other workers, without input and output. Of two workers the one dials that cannot listen, else the
 * one whose name comes first; both know each other by the ticket that the coordinator gave the pair.
 */
import { sameSecret } from '../../transport/index.js';
import { ProtocolError, type CloseReason, type MessageOf, type PeerToPeer } from '../../protocol/index.js';
import type { Identity } from '../events.js';
import type { PeerEffect, PeerEvent } from './events.js';
import type { DialFailure } from './unreachable.js';

type Entry = MessageOf<'membership'>['workers'][number];

interface Line {
  readonly connection: number;
  /** Known from the start where it was dialled. */
  peer: string | undefined;
  hello: MessageOf<'peerHello'> | undefined;
  isUp: boolean;
  heardAt: number;
}

export interface PeersStart {
  readonly identity: () => Identity | undefined;
  readonly emit: (effect: PeerEffect) => void;
  readonly up: (peer: string) => void;
  readonly down: (peer: string) => void;
  /** A connection to it could not be made, or ended before it was up. */
  readonly failed: (failure: DialFailure, now: number) => void;
  readonly connected: (peer: string, address: string) => void;
  /** @throws ProtocolError where the message has no place */
  readonly receive: (message: MessageOf<'gossip' | 'acknowledge'>) => void;
  /** Another worker's message was not as it must be. */
  readonly complain: (peer: string, sentence: string) => void;
  readonly log: (sentence: string) => void;
}

export class Peers {
  readonly #start: PeersStart;
  #workers: readonly Entry[] = [];
  readonly #lines = new Map<number, Line>();
  readonly #up = new Map<string, Line>();
  readonly #dialling = new Set<string>();
  #now = 0;
  /** Workers whose messages were not as they must be: theirs come by the coordinator, which checks them. */
  readonly #distrusted = new Set<string>();

  constructor(start: PeersStart) {
    this.#start = start;
  }

  isUp(peer: string): boolean {
    return this.#up.has(peer);
  }

  say(peer: string, message: PeerToPeer): void {
    const line = this.#up.get(peer);
    if (line) this.#start.emit({ kind: 'say', connection: line.connection, message });
  }

  /** It has been told who is where. */
  learn(workers: readonly Entry[]): void {
    this.#workers = workers;
    for (const line of this.#lines.values()) if (!line.isUp && line.hello) this.#verify(line, line.hello);
    this.#dial();
  }

  /** Asks for signs of life, gives up who is silent, and dials again who is not there. */
  tick(now: number, timeoutMs: number): void {
    this.#now = now;
    for (const line of this.#lines.values()) {
      if (now - line.heardAt >= timeoutMs)
        this.#hangUp(line, 'silent', `nothing was heard for ${timeoutMs} ms`);
      else if (line.peer !== undefined && line.isUp)
        this.say(line.peer, { kind: 'ping', id: Math.floor(now) });
    }
    this.#dial();
  }

  handle(event: PeerEvent, now: number): void {
    this.#now = now;
    if (event.kind === 'failed') {
      this.#failed(event.peer, event.sentence, event.isLasting);
      return;
    }
    const { connection } = event;
    if (event.kind === 'opened') {
      const { peer } = event;
      this.#lines.set(connection, { connection, peer, hello: undefined, isUp: false, heardAt: now });
      if (peer !== undefined) this.#greet(connection, peer);
      return;
    }
    const line = this.#lines.get(connection);
    if (line === undefined) return;
    line.heardAt = now;
    if (event.kind === 'closed') this.#closed(line, event.sentence);
    else if (event.kind === 'broken') this.#refuse(line, 'malformed', event.sentence);
    else if (event.kind === 'message') this.#receive(line, event.message);
  }

  /** The run is another, or over. */
  hangUpAll(): void {
    for (const line of [...this.#lines.values()]) this.#hangUp(line, 'done', 'The worker has left.');
    this.#distrusted.clear();
  }

  #greet(connection: number, peer: string): void {
    const { run = '', worker: from = '' } = this.#start.identity() ?? {};
    const ticket = this.#workers.find(({ worker }) => worker === peer)?.ticket ?? '';
    this.#start.emit({
      kind: 'say',
      connection,
      message: { kind: 'peerHello', run, from, to: peer, ticket },
    });
  }

  #dial(): void {
    const self = this.#start.identity()?.worker;
    const own = this.#workers.find(({ worker }) => worker === self);
    if (self === undefined || own === undefined) return;
    for (const { worker: peer, address, session, ticket } of this.#workers) {
      if (peer === self || address === undefined || session === 0) continue;
      if (ticket === undefined || this.#distrusted.has(peer)) continue;
      if (this.isUp(peer) || this.#dialling.has(peer)) continue;
      if (own.address !== undefined && self > peer) continue;
      this.#dialling.add(peer);
      this.#start.emit({ kind: 'dial', peer, address });
    }
  }

  #receive(line: Line, message: PeerToPeer): void {
    const { connection, peer } = line;
    try {
      if (message.kind === 'ping') {
        this.#start.emit({ kind: 'say', connection, message: { kind: 'pong', id: message.id } });
      } else if (message.kind === 'pong' || message.kind === 'goodbye') return;
      else if (message.kind === 'peerHello' && peer === undefined && line.hello === undefined) {
        line.hello = message;
        this.#verify(line, message);
      } else if (message.kind === 'peerWelcome' && peer !== undefined && !line.isUp) {
        if (message.from !== peer) {
          throw new ProtocolError('malformed', `from is '${message.from}' at the address of worker ${peer}`);
        }
        this.#open(line, peer);
      } else if (
        (message.kind === 'gossip' || message.kind === 'acknowledge') &&
        line.isUp &&
        peer !== undefined
      ) {
        if (message.peer !== peer) {
          throw new ProtocolError(
            'malformed',
            `peer is '${message.peer}' on the connection of worker ${peer}`,
          );
        }
        this.#start.receive(message);
      } else throw new ProtocolError('unexpected', `a message '${message.kind}' has no place here`);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse(line, error.reason, error.message);
    }
  }

  /** What came is not right. Where it is known who sent it, the coordinator hears of it. */
  #refuse(line: Line, reason: CloseReason, sentence: string): void {
    const { peer } = line;
    if (peer === undefined) this.#start.log(`a connection from nobody known was closed: ${sentence}`);
    else {
      this.#distrusted.add(peer);
      this.#start.complain(peer, sentence);
    }
    this.#hangUp(line, reason, sentence);
  }

  /** Whether a worker that came has its ticket; where it is not known yet that it is one, that is waited for. */
  #verify(line: Line, { run, from, to, ticket }: MessageOf<'peerHello'>): void {
    const identity = this.#start.identity();
    const entry = this.#workers.find(({ worker }) => worker === from);
    if (identity === undefined || entry === undefined) return;
    const isExpected = entry.ticket !== undefined && !this.#distrusted.has(from);
    if (
      !isExpected ||
      run !== identity.run ||
      to !== identity.worker ||
      !sameSecret(ticket, entry.ticket ?? '')
    ) {
      // Anybody can say that it is this worker.
      if (isExpected) this.#start.log(`a connection that says it is worker ${from} has a wrong ticket`);
      this.#hangUp(line, 'unauthorized', 'the ticket is wrong');
      return;
    }
    line.peer = from;
    const { connection } = line;
    this.#start.emit({ kind: 'trust', connection });
    this.#start.emit({ kind: 'say', connection, message: { kind: 'peerWelcome', from: identity.worker } });
    this.#open(line, from);
  }

  #open(line: Line, peer: string): void {
    const before = this.#up.get(peer);
    if (before) this.#hangUp(before, 'replaced', 'the same worker has connected again');
    this.#dialling.delete(peer);
    line.isUp = true;
    this.#up.set(peer, line);
    const address = this.#addressOf(peer);
    if (address !== undefined) this.#start.connected(peer, address);
    this.#start.up(peer);
  }

  #hangUp(line: Line, reason: CloseReason, sentence: string): void {
    const { connection } = line;
    this.#start.emit({ kind: 'hangUp', connection, reason, sentence });
    this.#closed(line, reason === 'done' ? undefined : sentence);
  }

  #addressOf(peer: string): string | undefined {
    return this.#workers.find(({ worker }) => worker === peer)?.address;
  }

  #failed(peer: string, sentence: string, isLasting: boolean): void {
    this.#dialling.delete(peer);
    const address = this.#addressOf(peer);
    if (address !== undefined) this.#start.failed({ peer, address, sentence, isLasting }, this.#now);
  }

  /** @param sentence why, if it is not this worker that has left */
  #closed(line: Line, sentence: string | undefined): void {
    this.#lines.delete(line.connection);
    const { peer } = line;
    if (peer === undefined) return;
    if (!line.isUp) {
      if (sentence === undefined) this.#dialling.delete(peer);
      else this.#failed(peer, `the connection was closed: ${sentence}`, false);
    } else if (this.#up.get(peer) === line) {
      this.#up.delete(peer);
      this.#start.down(peer);
    }
  }
}
