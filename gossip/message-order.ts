/**
 * The order in which messages come from a node of one worker to one of another: its rounds ascend, and none is there twice.
 * Duplicates, gaps and rounds that are over would otherwise fill memory, or leave a node waiting for ever.
 */
import { ProtocolError } from '../protocol/index.js';
import type { MessageValidator, NodeMessage } from './message-validator.js';

/** What came from one node to another. */
interface Pair {
  readonly round: number;
  /** Of the messages of earlier rounds. */
  readonly before: number;
  /** Of this round's. */
  readonly sequences: readonly number[];
  /** Whether word came that nothing does in this round. */
  readonly isEmpty: boolean;
}

export class MessageOrder {
  #pairs = new Map<string, Pair>();

  /**
   * @param first the round that synchronous nodes go on with, counted from 0; undefined where messages of a pair may also
   * go another way, so that rounds can be missing here
   */
  constructor(
    readonly validator: MessageValidator,
    readonly first: number | undefined,
  ) {}

  /** Takes all of these messages, or none. @throws ProtocolError that names the node and the field */
  take(messages: readonly NodeMessage[]): void {
    const taken = new Map<string, Pair>();
    for (const [at, message] of messages.entries()) {
      const { from, to } = message;
      const key = `${from} ${to}`;
      const pair = taken.get(key) ?? this.#pairs.get(key);
      const next = this.#after(pair, message);
      if (typeof next === 'string') {
        throw new ProtocolError('malformed', `messages.${at}, from node ${from} to ${to}: ${next}`);
      }
      taken.set(key, next);
    }
    for (const [key, pair] of taken) this.#pairs.set(key, pair);
  }

  #after(pair: Pair | undefined, message: NodeMessage): Pair | string {
    const { round, sequence, nothing } = message;
    const isEmpty = nothing === 'round';
    if (pair?.round === round && this.validator.synchronous) {
      const isFull = pair.isEmpty || isEmpty || pair.sequences.length >= this.validator.messagesPerRound;
      if (isFull || pair.sequences.includes(sequence)) return `the message of round ${round} has come before`;
      if (sequence <= pair.before) return `sequence is ${sequence}; it must be above ${pair.before}`;
      return { ...pair, sequences: [...pair.sequences, sequence] };
    }
    if (pair !== undefined && round < pair.round) return `round is ${round}; round ${pair.round} has come`;
    const before = pair === undefined ? -1 : Math.max(pair.before, ...pair.sequences);
    if (!isEmpty && sequence <= before) return `sequence is ${sequence}; it must be above ${before}`;
    const missing = this.validator.synchronous ? this.#missing(pair, message) : undefined;
    if (missing !== undefined) return `round is ${round}; of round ${missing} not everything has come`;
    return { round, before, sequences: isEmpty ? [] : [sequence], isEmpty };
  }

  /** A round of which something should have come before this message. */
  #missing(pair: Pair | undefined, { from, to, round }: NodeMessage): number | undefined {
    const { first, validator } = this;
    if (first === undefined) return undefined;
    if (pair && !pair.isEmpty && pair.sequences.length < validator.messagesPerRound) return pair.round;
    for (let earlier = pair ? pair.round + 1 : first; earlier < round; earlier++) {
      if (validator.areLinked(from, to, earlier)) return earlier;
    }
    return pair === undefined && round < first ? first : undefined;
  }
}
