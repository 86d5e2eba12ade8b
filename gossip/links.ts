/** Links between nodes: how long a message is under way, and whether it is lost. */
import type { Message } from '../algorithms/index.js';
import { stream } from '../numerics/index.js';
import { drawFrom, type Recipe } from '../recipe/index.js';
import type { Vectors } from './slabs.js';

/** A message with its vectors. */
export interface Content {
  readonly message: Message;
  readonly vectors: Vectors;
}

/** The order in which messages are handed over. */
export const bySender = (a: Content, b: Content) =>
  a.message.from - b.message.from || a.message.sequence - b.message.sequence;

/** What arrives at a node: a message with its vectors, or the knowledge that one of a round will not come. */
export interface Delivery {
  readonly from: number;
  readonly round: number;
  readonly sequence: number;
  /** Left out where the message was lost or never sent. */
  readonly content?: Content;
}

export interface Link {
  lost(from: number, to: number, sequence: number): boolean;
  /** Virtual time that a message of so many bytes takes. */
  delay(from: number, to: number, sequence: number, bytes: number): number;
}

/** The links of a recipe: every draw is named by the message's ends and its number. */
export function links({ seed, network }: Pick<Recipe, 'seed' | 'network'>): Link {
  const { latency, bandwidth, loss } = network;
  const draw = (what: string, from: number, to: number, sequence: number) =>
    stream(seed, 'link', from, to, sequence, what);
  return {
    lost: (from, to, sequence) => loss > 0 && draw('loss', from, to, sequence)() < loss,
    delay(from, to, sequence, bytes) {
      const waiting =
        latency.kind === 'constant' ? latency.value : drawFrom(latency, draw('latency', from, to, sequence));
      return waiting + (bandwidth === undefined ? 0 : bytes / bandwidth);
    },
  };
}
