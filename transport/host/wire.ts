/** A WebSocket that speaks the protocol: messages out, in chunks as fast as the other side reads, and messages in. */
import type { RawData, WebSocket } from 'ws';
import {
  closeCodes,
  encode,
  encodeInPieces,
  FrameReader,
  ProtocolError,
  type CloseReason,
  type FrameLimits,
  type Message,
  type MessageGoing,
  type Way,
} from '../../protocol/index.js';
import type { Rate } from '../index.js';

export interface WireEvents<In extends Way> {
  message(message: MessageGoing[In]): void;
  /** A part of a large message has come. */
  heard(): void;
  /** The other side does not keep to the protocol; the wire is to be closed. */
  broken(error: ProtocolError): void;
  /** The other side does not keep to the WebSocket protocol, which has closed the connection. */
  violated?(sentence: string): void;
  /** Also after `close`: with its code, where the other side has read what was sent before it. */
  closed(code: number, sentence: string): void;
}

/** So many bytes are handed to the socket ahead of what the other side has read. */
const AHEAD = 2 ** 20;
/** Messages that may wait for a slow reader. Their tensors are the sender's own: only small parts take memory. */
const WAITING = 100_000;
/** After a close, the other side may take so long to read what was sent before it. */
const LINGER_MS = 5_000;

interface Sent {
  readonly message: Message;
  readonly left: (() => void) | undefined;
}

/** A message of which some WebSocket messages have been given to the socket. */
interface Going extends Pick<Sent, 'left'> {
  readonly frames: Iterator<readonly Uint8Array[], void>;
}

export class Wire<In extends Way> {
  readonly #reader: FrameReader<In>;
  /** What is to be sent, in order; heartbeats may overtake. */
  readonly #queue: Sent[] = [];
  #head = 0;
  #current: Going | undefined;
  /** WebSocket messages that were given to the socket, and those of them that have left. */
  #given = 0;
  #gone = 0;
  /** Messages that were given whole, with the last of their WebSocket messages, and have not left. */
  readonly #leaving: { readonly last: number; readonly left: () => void }[] = [];
  #closing: { readonly code: number; readonly sentence: string } | undefined;
  #isOver = false;
  #allowance: number;
  #countedAt = performance.now();
  /** Bytes that went each way. */
  sent = 0;
  received = 0;

  constructor(
    readonly socket: WebSocket,
    /** Which way the messages go that come. */
    readonly to: In,
    limits: FrameLimits,
    readonly events: WireEvents<In>,
    public chunkBytes: number,
    readonly rate?: Rate,
  ) {
    this.#allowance = rate?.burst ?? 0;
    this.#reader = new FrameReader(to, limits);
    socket.binaryType = 'fragments';
    socket.on('message', (data, isBinary) => {
      this.#read(data, isBinary);
    });
    let failure = '';
    socket.on('error', (error) => {
      failure = error.message;
      if ('code' in error && String(error.code).startsWith('WS_ERR')) events.violated?.(failure);
    });
    socket.on('close', (code, reason) => {
      this.#isOver = true;
      const lost = [...this.#leaving.splice(0), this.#current, ...this.#queue.slice(this.#head)];
      this.#current = undefined;
      this.#queue.length = this.#head = 0;
      for (const message of lost) message?.left?.();
      events.closed(code, reason.toString() || failure);
    });
  }

  /** Who is there is known now: larger frames are allowed. */
  widen(limits: FrameLimits): void {
    this.#reader.limits = limits;
  }

  /** @param left told once the message's memory is not read any more: it has left, or never will */
  send(message: Message, left?: () => void): void {
    if (this.#closing !== undefined || this.#isOver) {
      left?.();
      return;
    }
    if (message.kind === 'ping' || message.kind === 'pong') {
      for (const frame of encode(message, Infinity)) this.#give([frame]);
      return;
    }
    if (this.#queue.length - this.#head >= WAITING) {
      this.events.broken(new ProtocolError('slowReader', `${WAITING} messages wait to be read`));
      return;
    }
    this.#queue.push({ message, left });
    this.#pump();
  }

  /** Closes once everything is sent; nothing that still comes is read. */
  close(reason: CloseReason, sentence: string): void {
    if (this.#closing !== undefined || this.#isOver) return;
    this.#closing = { code: closeCodes[reason].code, sentence: sentence.slice(0, 100) };
    this.#pump();
    setTimeout(() => {
      this.socket.terminate();
    }, LINGER_MS).unref();
  }

  #pump(): void {
    while (!this.#isOver && this.socket.bufferedAmount < AHEAD) {
      this.#current ??= this.#next();
      if (this.#current === undefined) break;
      const next = this.#current.frames.next();
      if (next.done !== true) this.#give(next.value);
      else {
        const { left } = this.#current;
        if (left) this.#leaving.push({ last: this.#given, left });
        this.#current = undefined;
        this.#tellLeft();
      }
    }
    if (this.#closing && this.#current === undefined && this.#head === this.#queue.length) {
      this.socket.close(this.#closing.code, this.#closing.sentence);
    }
  }

  #next(): Going | undefined {
    if (this.#head === this.#queue.length) {
      this.#queue.length = this.#head = 0;
      return undefined;
    }
    const { message, left } = this.#queue[this.#head++];
    return { frames: encodeInPieces(message, this.chunkBytes), left };
  }

  /** @param pieces of one WebSocket message */
  #give(pieces: readonly Uint8Array[]): void {
    this.#given++;
    for (const [i, piece] of pieces.entries()) {
      this.sent += piece.length;
      const isLast = i === pieces.length - 1;
      this.socket.send(piece, { binary: true, fin: isLast }, () => {
        if (!isLast) return;
        this.#gone++;
        this.#tellLeft();
        this.#pump();
      });
    }
  }

  #tellLeft(): void {
    const next = this.#leaving.findIndex(({ last }) => last > this.#gone);
    for (const { left } of this.#leaving.splice(0, next < 0 ? this.#leaving.length : next)) left();
  }

  #read(data: RawData, isBinary: boolean): void {
    if (this.#closing !== undefined) return;
    try {
      if (!isBinary || !Array.isArray(data)) {
        throw new ProtocolError('malformed', 'messages of this protocol are binary');
      }
      for (const piece of data) this.received += piece.length;
      this.#count();
      const message = this.#reader.read(data);
      if (message === undefined) this.events.heard();
      else this.events.message(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.events.broken(error);
    }
  }

  /** @throws ProtocolError where messages come faster than the rate allows */
  #count(): void {
    if (this.rate === undefined) return;
    const { perSecond, burst } = this.rate;
    const now = performance.now();
    const refill = ((now - this.#countedAt) / 1000) * perSecond;
    this.#allowance = Math.min(burst, this.#allowance + refill) - 1;
    this.#countedAt = now;
    if (this.#allowance < 0) {
      throw new ProtocolError('tooMany', `more than ${perSecond} messages a second came`);
    }
  }
}
