/** The catalogue of messages: tag, header and tensors of each, and who sends it to whom. */
import type { z } from 'zod';
import * as gossip from './messages/gossip.js';
import * as joining from './messages/joining.js';
import * as session from './messages/session.js';
import * as training from './messages/training.js';
import type { Tensors } from './tensor.js';

/** What the preamble of every frame says. A change that an older side cannot read makes it one more. */
export const PROTOCOL_VERSION = 3;

/** The tag of a chunk of a larger frame; it is no message by itself. */
export const CHUNK_TAG = 0;

interface Entry {
  /** The number on the wire; never given to another message. */
  readonly tag: number;
  readonly header: z.ZodObject;
  /** Whether tensors may come with it. */
  readonly tensors: boolean;
  /** Who may be sent it. */
  readonly ways: readonly Way[];
}

export type Way = 'toCoordinator' | 'toWorker' | 'toPeer';

const up = ['toCoordinator'] as const;
const down = ['toWorker'] as const;
const peer = ['toPeer'] as const;
const all = ['toCoordinator', 'toWorker', 'toPeer'] as const;

export const messages = {
  hello: { tag: 1, header: joining.hello, tensors: false, ways: up },
  welcome: { tag: 2, header: joining.welcome, tensors: true, ways: down },
  ready: { tag: 3, header: joining.ready, tensors: false, ways: up },
  mismatch: { tag: 4, header: joining.mismatch, tensors: true, ways: down },

  task: { tag: 10, header: training.task, tensors: true, ways: down },
  update: { tag: 11, header: training.update, tensors: true, ways: up },
  failed: { tag: 12, header: training.failed, tensors: false, ways: up },
  cancel: { tag: 13, header: training.cancel, tensors: false, ways: down },
  accepted: { tag: 14, header: training.accepted, tensors: false, ways: down },
  refused: { tag: 15, header: training.refused, tensors: false, ways: down },
  committed: { tag: 16, header: training.committed, tensors: false, ways: down },
  evaluate: { tag: 17, header: training.evaluate, tensors: true, ways: down },
  evaluated: { tag: 18, header: training.evaluated, tensors: false, ways: up },

  membership: { tag: 30, header: gossip.membership, tensors: false, ways: down },
  start: { tag: 31, header: gossip.start, tensors: false, ways: down },
  gossip: { tag: 33, header: gossip.gossip, tensors: true, ways: all },
  acknowledge: { tag: 34, header: gossip.acknowledge, tensors: false, ways: all },
  peerHello: { tag: 35, header: gossip.peerHello, tensors: false, ways: peer },
  peerWelcome: { tag: 36, header: gossip.peerWelcome, tensors: false, ways: peer },
  report: { tag: 37, header: gossip.report, tensors: false, ways: up },
  summarize: { tag: 38, header: gossip.summarize, tensors: true, ways: down },
  summary: { tag: 39, header: gossip.summary, tensors: true, ways: up },
  checkpoint: { tag: 40, header: gossip.checkpoint, tensors: false, ways: down },
  checkpointed: { tag: 41, header: gossip.checkpointed, tensors: false, ways: up },
  returnTo: { tag: 42, header: gossip.returnTo, tensors: false, ways: down },
  returned: { tag: 43, header: gossip.returned, tensors: false, ways: up },
  complaint: { tag: 44, header: gossip.complaint, tensors: false, ways: up },
  nodesFailed: { tag: 45, header: gossip.nodesFailed, tensors: false, ways: up },

  unreachable: { tag: 46, header: gossip.unreachable, tensors: false, ways: up },

  ping: { tag: 50, header: session.ping, tensors: false, ways: all },
  pong: { tag: 51, header: session.pong, tensors: false, ways: all },
  goodbye: { tag: 52, header: session.goodbye, tensors: false, ways: all },
} as const satisfies Readonly<Record<string, Entry>>;

export type MessageKind = keyof typeof messages;

type Catalogue = typeof messages;

/** A message: its kind, the fields of its header, and its tensors where it may have some. */
export type MessageOf<Kind extends MessageKind> = Kind extends MessageKind
  ? { readonly kind: Kind } & Readonly<z.output<Catalogue[Kind]['header']>> &
      (Catalogue[Kind]['tensors'] extends true ? { readonly tensors: Tensors } : unknown)
  : never;

type Going<To extends Way> = {
  [Kind in MessageKind]: To extends Catalogue[Kind]['ways'][number] ? Kind : never;
}[MessageKind];

export type ToCoordinator = MessageOf<Going<'toCoordinator'>>;
export type ToWorker = MessageOf<Going<'toWorker'>>;
export type PeerToPeer = MessageOf<Going<'toPeer'>>;
export type Message = MessageOf<MessageKind>;

/** The type of what goes a way. */
export interface MessageGoing {
  readonly toCoordinator: ToCoordinator;
  readonly toWorker: ToWorker;
  readonly toPeer: PeerToPeer;
}
