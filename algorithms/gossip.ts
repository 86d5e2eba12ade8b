/**
 * Gossip algorithms: every node decides by itself, when it wakes and when messages have come, what to do with its
 * vectors. A decision is a pure function of the node's control (small plain data) and its view; what is to be done
 * with vectors is said as a list of effects. So hosts can decide far ahead in virtual time while threads do the
 * arithmetic, or have each node in a process of its own; a node never sees another's memory.
 */
import type { Part } from '../merging/index.js';
import type { Amount, Model, Optimizer } from '../learning/index.js';
import type { Stream } from '../numerics/index.js';
import type { MixingRow, Stochastic, Topology } from '../topologies/index.js';
import type { Choice } from '../registry/index.js';
import type { FormContext, Header, MessageForm } from './message-form.js';

/** The vector that every node has: its model. Algorithms may give nodes more, by name. */
export const WEIGHTS = 'weights';

/** The points of a round at which models can be evaluated: after aggregation, or after local training. */
export type EvaluationPoint = 'aggregation' | 'training';

/**
 * The vector into which a node combines its model of the evaluation point that is not the round's end. Hosts evaluate it,
 * or leave the effect out; algorithms neither read nor send it.
 */
export const SNAPSHOT = 'snapshot';

/** Training on the node's own examples, from where it stopped. */
export interface LocalTraining {
  readonly batchSize: number | 'all';
  readonly amount: Amount;
  readonly optimizer: Optimizer;
  /** Clips the norm of each step's gradient. */
  readonly clip?: number | undefined;
}

/** Where a number in a sum comes from: a vector of the node's own, or one of a message's. */
export type Source = { readonly own: string } | { readonly message: number; readonly vector: string };

/** A term of a sum of vectors. */
export interface Term {
  readonly coefficient: number;
  /** The coefficient for running statistics (batch norm's), where it is another: these are averaged, never stepped. */
  readonly statistics?: number;
  readonly of: Source;
}

/** What stands behind a model that is merged. */
export interface Standing {
  readonly samples: number;
  readonly age: number;
}

/** What a node does with its vectors; a list of effects is done in its order. */
export type Effect =
  /** weights ← trained weights; the optimizer's moments and count of steps stay with the node. */
  | ({ readonly kind: 'train' } & LocalTraining)
  /** weights ← weights after one step of the node's optimizer along Σ coefficient · source; no running statistics. */
  | {
      readonly kind: 'step';
      readonly along: readonly Term[];
      readonly optimizer: Optimizer;
      readonly clip?: number | undefined;
    }
  /** into ← the mean gradient at the weights of the node's next batch; their running statistics follow the batch. */
  | { readonly kind: 'gradient'; readonly batchSize: number | 'all'; readonly into: string }
  /** weights ← what the rule makes of the own weights and those of messages (by their place in the list). */
  | {
      readonly kind: 'merge';
      readonly rule: Choice;
      readonly own: Standing;
      readonly share?: number;
      readonly received: readonly ({ readonly message: number; readonly part?: Part } & Standing)[];
    }
  /** into ← Σ coefficient · source (with the coefficients of running statistics there), summed in the order of the terms; `into` may be one of them. */
  | {
      readonly kind: 'combine';
      readonly into: string;
      readonly terms: readonly Term[];
    }
  /**
   * Sends copies of vectors as they are now, or of a part of each, to another node. What is sent before training
   * is under way while the node trains.
   */
  | {
      readonly kind: 'send';
      readonly to: number;
      readonly header: Header;
      readonly vectors: readonly string[];
      readonly part?: Part;
    };

/** A message that has come, without its vectors: effects name these by the message's place in the list. */
export interface Message {
  readonly from: number;
  /** The sender's round when it was sent. */
  readonly round: number;
  /** Counts the sender's messages. */
  readonly sequence: number;
  readonly header: Header;
}

/** What a node knows besides its control. */
export interface View {
  readonly node: number;
  readonly nodes: number;
  /** How often the node has woken before: its round, counted from 0. */
  readonly round: number;
  /** How many examples the node holds. */
  readonly samples: number;
  readonly model: Model;
  /** Whom the node may send to, and whom it may hear from, in its round. */
  readonly out: ArrayLike<number>;
  readonly in: ArrayLike<number>;
  /**
   * Whom another node may send to and hear from in this node's round: graphs are pure functions, so that a choice
   * that a neighbour makes among its own neighbours can be foreseen.
   */
  neighboursOf(node: number): { readonly out: ArrayLike<number>; readonly in: ArrayLike<number> };
  /** The node's row of the mixing matrix in its round. */
  mixing(): MixingRow;
  /** W_ji of the neighbours `out`, in their order, and of itself: the node's column of the mixing matrix. */
  shares(): { readonly self: number; readonly out: readonly number[] };
  /** A stream of the node's own for its round, named further by what it draws. */
  stream(...name: (string | number)[]): Stream;
  /**
   * A stream of any node for any round: choices that others must foresee are drawn from it, e.g. whom `node`
   * pushes to in `round`. One function for all views of a run, so that what was foreseen can be remembered by it.
   */
  readonly streamOf: (node: number, round: number, ...name: (string | number)[]) => Stream;
}

/** When messages are handed over. */
export type Expectation =
  /**
   * Once those of the node's round have come, or are known to be lost, from all of `from` (`in` by default):
   * `messages` of each, 1 by default; a sender sends all of them or none.
   */
  | { readonly kind: 'round'; readonly messages?: number; from?(view: View): ArrayLike<number> }
  /** Once so many have come. */
  | { readonly kind: 'count'; count(view: View): number }
  /** Each by itself. */
  | { readonly kind: 'each' };

/** What a node decides: its new control and the effects, in order. */
export interface Step<Control> {
  readonly control: Control;
  readonly effects: readonly Effect[];
  /** What happened that a run's metrics should tell; summed by name over the nodes in a round. */
  readonly counts?: Readonly<Record<string, number>>;
}

export interface GossipAlgorithm<Control = unknown> {
  /** Vectors that every node holds besides its weights; zeros at the start. */
  readonly vectors?: readonly string[];
  readonly expects: Expectation;
  /**
   * What its messages may be, by which readers check them. Left out, only that vectors are the nodes' own and as long as the
   * model is checked, or shorter, and that numbers are finite.
   */
  readonly forms?: (context: FormContext) => readonly MessageForm[];
  /** What its steps count, by which coordinators check what workers report. */
  readonly counts?: readonly string[];
  start(view: View): Control;
  /** The node's period has begun. */
  wake(control: Control, view: View): Step<Control>;
  /**
   * Messages have come as expected, sorted by sender and sequence. In a synchronous round it is called once, also
   * with no messages where none was due.
   */
  receive(control: Control, messages: readonly Message[], view: View): Step<Control>;
  /**
   * The evaluation point that its synchronous rounds end with; each round has a SNAPSHOT of the other. Left out, models
   * are evaluated as the round leaves them.
   */
  readonly endsAfter?: EvaluationPoint;
  /** The merge rule of its merges, and how it calls the rule; left out where nothing is merged by rule. */
  readonly merging?: {
    readonly rule: Choice;
    /** The own model's share β, where the recipe sets it. */
    readonly share?: number | undefined;
    /** The fewest models that one of its merges may bring together, the own one among them. */
    fewest(community: Community): number;
  };
  /** What the rows or columns of the mixing matrix must sum to 1 for, where it mixes by one. */
  readonly mixes?: Stochastic;
  /**
   * The matrix that merging amounts to in a synchronous round, over the edges of those it `expects` to hear from, where
   * it merges by the mean; `drawn`: whether those are drawn anew each round.
   */
  readonly merges?: { readonly mixing: Choice; readonly drawn: boolean };
  /** A refusal, before anything runs, of a setting that cannot work; a sentence. */
  refuse?(context: Community): string | undefined;
  /** What a user should know of a setting that is allowed all the same; a sentence. */
  warn?(community: Community): string | undefined;
}

/** What a gossip algorithm may refuse to run on. */
export interface Community {
  readonly nodes: number;
  readonly synchronous: boolean;
  /** Links lose or delay messages, or nodes go offline. */
  readonly unreliable: boolean;
  /** Messages arrive at the moment they are sent: links have neither latency nor a bandwidth. */
  readonly instant: boolean;
  /** How many weights the model has. */
  readonly parameters: number;
  readonly topology: Topology;
  /** How many rounds the run has at most: so many graphs of a time-varying topology are seen. */
  readonly rounds: number;
}
