/** What a worker's gossip nodes are to do, and what they tell. All arithmetic and all files are the host's. */
import type { CloseReason, MessageOf, PeerToPeer, Tensor } from '../../protocol/index.js';

type Fields<Of> = Omit<Of, 'kind'>;

/** A message between nodes as it goes over the network. */
export type NodeMessage = MessageOf<'gossip'>['messages'][number];

/** What a node here sends to one elsewhere. */
export interface Posted extends Omit<NodeMessage, 'vectors'> {
  readonly vectors: Readonly<Record<string, Tensor>>;
  /** Bytes of vectors, as the metrics count them. */
  readonly bytes: number;
  /** What to call its vectors by when it has come; left out where it has none. */
  readonly ticket?: number;
}

/** A message that has come from a node elsewhere, with the tensors of the frame that it was in. */
export interface Arrived extends NodeMessage {
  readonly tensors: MessageOf<'gossip'>['tensors'];
}

export type NodesEvent =
  /** The nodes are where they were after a round, or at the start, and wait. */
  | { readonly kind: 'returned'; readonly epoch: number; readonly round: number }
  | { readonly kind: 'posted'; readonly epoch: number; readonly posted: Posted }
  | { readonly kind: 'rounded'; readonly report: Omit<Fields<MessageOf<'report'>>, 'relayed' | 'direct'> }
  | { readonly kind: 'summarized'; readonly summary: MessageOf<'summary'> }
  | { readonly kind: 'kept'; readonly epoch: number; readonly round: number }
  /** The nodes cannot go on from where they are. */
  | {
      readonly kind: 'failed';
      readonly epoch: number;
      readonly round: number;
      readonly diverged: boolean;
      readonly sentence: string;
    };

export type NodesEffect =
  /** Go back to the end of a round, 0 being the start, and drop all later ones; then tell. */
  | { readonly kind: 'return'; readonly epoch: number; readonly round: number }
  /** Go on until a round is over, and tell of each that is. */
  | { readonly kind: 'run'; readonly until: number }
  | { readonly kind: 'arrive'; readonly messages: readonly Arrived[] }
  /** Messages have come where they should: their vectors are not read any more. */
  | { readonly kind: 'release'; readonly tickets: readonly number[] }
  | { readonly kind: 'summarize'; readonly request: MessageOf<'summarize'> }
  /** Write the nodes as they are; then tell. */
  | { readonly kind: 'keep'; readonly epoch: number; readonly round: number }
  /** Nobody returns to rounds before this one any more. */
  | { readonly kind: 'forget'; readonly before: number };

export type PeerEvent =
  /** A connection that was dialled, or that came. */
  | { readonly kind: 'opened'; readonly connection: number; readonly peer?: string }
  | { readonly kind: 'message'; readonly connection: number; readonly message: PeerToPeer }
  /** A part of a message has come: a sign of life. */
  | { readonly kind: 'heard'; readonly connection: number }
  /** What came is no message of the protocol; the connection is closed. */
  | { readonly kind: 'broken'; readonly connection: number; readonly sentence: string }
  | { readonly kind: 'closed'; readonly connection: number; readonly sentence: string }
  /** The other worker could not be reached. */
  | {
      readonly kind: 'failed';
      readonly peer: string;
      readonly sentence: string;
      /** Waiting does not mend it. */
      readonly isLasting: boolean;
    };

export type PeerEffect =
  | { readonly kind: 'dial'; readonly peer: string; readonly address: string }
  | { readonly kind: 'say'; readonly connection: number; readonly message: PeerToPeer }
  /** It is known who is there: larger messages are allowed. */
  | { readonly kind: 'trust'; readonly connection: number }
  | {
      readonly kind: 'hangUp';
      readonly connection: number;
      readonly reason: CloseReason;
      readonly sentence: string;
    };
