/**
 * A worker's connection to the coordinator, without input and output: made, greeted, watched by heartbeats, and made
 * again after growing waits, until nothing was heard for long.
 */
import { LogThrottle } from '../transport/index.js';
import { stream, type Stream } from '../numerics/index.js';
import {
  closeCodes,
  ProtocolError,
  type CloseReason,
  type MessageOf,
  type ToCoordinator,
  type ToWorker,
} from '../protocol/index.js';
import type { WorkerEffect, WorkerEvent } from './events.js';

/** What a worker says on a connection, and does with what it hears. */
export interface Linked {
  hello(): MessageOf<'hello'>;
  progress(): MessageOf<'ping'>['progress'];
  /** A message in its place of the handshake. @throws ProtocolError where it is not what a coordinator says */
  receive(message: LinkMessage): void;
  /** Now and then, while there is a connection. @param timeoutMs how long a coordinator may be silent */
  tick(now: number, timeoutMs: number): void;
  /** It has ended, for a reason if it is known. */
  closed(reason: CloseReason | undefined, sentence: string): void;
  /** It cannot be made, and waiting does not help. */
  unreachable(sentence: string): void;
}

/** What is not said for the connection's own sake. */
export type LinkMessage = Exclude<ToWorker, { kind: 'ping' | 'pong' }>;

type LinkEvent = Extract<
  WorkerEvent,
  { kind: 'connected' | 'unconnected' | 'closed' | 'message' | 'heard' | 'timer' }
>;

/** Waits before a further attempt to connect: doubling from the first to the longest, each by a random half. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 15_000;
/** A coordinator of which nothing was heard for so long is not waited for any more. */
const GIVE_UP_MS = 3_600_000;
/** Attempts that fail for the same reason: the first are logged, then their number once a minute. */
const THROTTLE = { first: 5, everyMs: 60_000, most: 10 };
/** Before the welcome says. */
const UNTOLD = { everyMs: 5_000, timeoutMs: 60_000 };

export class Link {
  readonly #draw: Stream;
  #stage: 'down' | 'connecting' | 'greeting' | 'ready' = 'down';
  #welcome: MessageOf<'welcome'> | undefined;
  /** What a goodbye said: why the connection will close. */
  #goodbye: MessageOf<'goodbye'> | undefined;
  /** Whether this address has ever worked: what fails then has changed over there, and may change back. */
  #hasConnected = false;
  #failures = 0;
  readonly #throttle = new LogThrottle<string>(THROTTLE);
  #heardAt = 0;
  #now = 0;

  /** @param entropy names the stream that reconnecting waits by */
  constructor(
    entropy: number,
    readonly emit: (effect: WorkerEffect) => void,
    readonly worker: Linked,
  ) {
    this.#draw = stream(entropy, 'reconnect');
  }

  begin(now: number): void {
    this.#heardAt = now;
    this.#connect();
  }

  handle(event: LinkEvent, now: number): void {
    this.#now = now;
    if (event.kind === 'connected') this.#greet();
    else if (event.kind === 'closed') this.#closed(event.code, event.sentence);
    else if (event.kind === 'unconnected') this.#unconnected(event.sentence, event.isLasting);
    else if (event.kind === 'timer') {
      if (event.name === 'reconnect') this.#connect();
      else this.#beat();
    } else {
      this.#heardAt = now;
      if (event.kind === 'message') this.#receive(event.message);
    }
  }

  /** Whether something can be said. */
  get isOpen(): boolean {
    return this.#stage === 'greeting' || this.#stage === 'ready';
  }

  send(message: ToCoordinator): void {
    if (this.isOpen) this.emit({ kind: 'send', message });
  }

  /** The worker has done its part of the handshake. @returns whether it had not before */
  becomeReady(): boolean {
    const isFirst = this.#stage === 'greeting';
    if (isFirst) this.#failures = 0;
    this.#stage = 'ready';
    return isFirst;
  }

  /** Makes the connection again after a while. @returns false where that is given up */
  again(why: string): boolean {
    if (this.#now - this.#heardAt >= GIVE_UP_MS) return false;
    const longest = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures++;
    const least = this.#goodbye?.retryAfterMs ?? 0;
    const afterMs = Math.max(least, longest * (0.5 + 0.5 * this.#draw()));
    this.#logFailure(why, afterMs);
    this.emit({ kind: 'setTimer', name: 'reconnect', afterMs });
    return true;
  }

  #logFailure(why: string, afterMs: number): void {
    const warn = (sentence: string) => {
      this.emit({ kind: 'log', level: 'warn', sentence });
    };
    if (this.#throttle.takes(why, why, this.#now)) {
      warn(`no connection: ${why}; trying again in ${(afterMs / 1000).toFixed(1)} s`);
    }
    for (const { held, overMs, line } of this.#throttle.due(this.#now)) {
      warn(`no connection: ${held} more attempts in ${Math.round(overMs / 1000)} s: ${line}`);
    }
  }

  /** Says goodbye, and closes. */
  leave(reason: CloseReason, sentence: string): void {
    this.send({ kind: 'goodbye', reason, sentence });
    this.emit({ kind: 'close', reason, sentence });
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.emit({ kind: 'clearTimer', name: 'heartbeat' });
    this.emit({ kind: 'clearTimer', name: 'reconnect' });
  }

  #connect(): void {
    this.#stage = 'connecting';
    this.#goodbye = undefined;
    this.emit({ kind: 'connect' });
  }

  #greet(): void {
    if (this.#stage !== 'connecting') return;
    this.#stage = 'greeting';
    this.#hasConnected = true;
    this.#heardAt = this.#now;
    this.send(this.worker.hello());
    this.emit({ kind: 'setTimer', name: 'heartbeat', afterMs: this.#beatMs });
  }

  #receive(message: ToWorker): void {
    if (!this.isOpen) return;
    try {
      if (message.kind === 'ping')
        this.send({ kind: 'pong', id: message.id, progress: this.worker.progress() });
      else if (message.kind !== 'pong') {
        this.#follow(message);
        this.worker.receive(message);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.emit({
        kind: 'log',
        level: 'warn',
        sentence: `the coordinator broke the protocol: ${error.message}`,
      });
      this.send({ kind: 'goodbye', reason: error.reason, sentence: error.message.slice(0, 1000) });
      this.#drop(error.reason, error.message);
    }
  }

  /** @throws ProtocolError where the message does not belong where the handshake is */
  #follow(message: LinkMessage): void {
    if (message.kind === 'goodbye') this.#goodbye = message;
    else if (message.kind === 'welcome') {
      if (this.#welcome !== undefined) throw new ProtocolError('unexpected', 'a second welcome came');
      this.#welcome = message;
    } else if (message.kind !== 'mismatch' && this.#stage !== 'ready') {
      throw new ProtocolError('unexpected', `a message '${message.kind}' came before the handshake was over`);
    }
  }

  #unconnected(sentence: string, isLasting: boolean): void {
    this.#stage = 'down';
    if (isLasting && !this.#hasConnected) this.worker.unreachable(sentence);
    else this.worker.closed(undefined, sentence);
  }

  #closed(code: number, sentence: string): void {
    this.#stage = 'down';
    this.#welcome = undefined;
    this.emit({ kind: 'clearTimer', name: 'heartbeat' });
    const said = this.#goodbye ?? { reason: reasonOf(code), sentence };
    this.worker.closed(said.reason, said.sentence);
  }

  #drop(reason: CloseReason, sentence: string): void {
    this.emit({ kind: 'close', reason, sentence });
    this.#closed(closeCodes.silent.code, sentence);
  }

  get #beatMs(): number {
    const { everyMs } = this.#welcome?.heartbeat ?? UNTOLD;
    return everyMs * (0.8 + 0.2 * this.#draw());
  }

  #beat(): void {
    if (!this.isOpen) return;
    const { timeoutMs } = this.#welcome?.heartbeat ?? UNTOLD;
    if (this.#now - this.#heardAt >= timeoutMs) {
      this.#drop('silent', `nothing was heard for ${timeoutMs} ms`);
      return;
    }
    this.worker.tick(this.#now, timeoutMs);
    if (this.#stage === 'ready') {
      this.send({ kind: 'ping', id: Math.floor(this.#now), progress: this.worker.progress() });
    }
    this.emit({ kind: 'setTimer', name: 'heartbeat', afterMs: this.#beatMs });
  }
}

const reasonOf = (code: number) =>
  (Object.keys(closeCodes) as CloseReason[]).find((reason) => closeCodes[reason].code === code);
