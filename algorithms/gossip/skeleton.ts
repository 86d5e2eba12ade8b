/**
 * Gossip learning's skeleton: Ormándi, Hegedűs & Jelasity, "Gossip learning with linear models on fully distributed
 * data", CCPE 2013, algorithms 1 and 2; with parts and token accounts, Hegedűs, Danner & Jelasity, JPDC 2021.
 * Once a period a node sends its model to random neighbours; what comes is merged with the own model, and trained.
 */
import type { Stream } from '../../numerics/index.js';
import type { Choice } from '../../registry/index.js';
import type { AlgorithmContext } from '../algorithm.js';
import { WEIGHTS, type Effect, type GossipAlgorithm, type Message, type View } from '../gossip.js';
import { exactly, standingForm, type Header, type MessageForm } from '../message-form.js';
import { fewestModels } from './fewest-models.js';
import { messageParts, refuseParts, type MessageOption } from './message-parts.js';
import { snapshot } from './mixing-row.js';
import { train, updates, type TrainingOptions } from './options.js';
import { drawPartners, foresee, type Fanout, type Protocol } from './partners.js';
import { adoptOne, carriesModel, mergeMessages, standing } from './received.js';
import {
  createTokenAccount,
  refuseTokenAccount,
  roundRandomly,
  type TokenAccountOption,
} from './token-account.js';

export interface GossipOptions extends TrainingOptions {
  readonly protocol: Protocol;
  readonly fanout: Fanout;
  readonly order: 'merge-update' | 'update-merge' | 'update';
  readonly merge: Choice;
  readonly share?: number | undefined;
  readonly message: MessageOption;
  readonly tokenAccount: TokenAccountOption;
}

/** What a node remembers besides its weights. */
export interface GossipControl {
  /** How many updates the weights have seen, for each part that is merged by itself. */
  readonly ages: readonly number[];
  /** The balance of the node's account. */
  readonly tokens: number;
  /** Counts wakes and receipts, to name their draws. */
  readonly events: number;
}

/**
 * createModel's three orders. `merge-update` trains what was just merged, w ← train(merge(w, w′)), whenever a model
 * comes. `update-merge` trains at the start of each period and merges when a model comes: w ← merge(train(w), w′),
 * where w′ was trained by its sender (Ormándi et al. let the receiver train w′ once more). `update` adopts what came,
 * w ← train(w′); of several a random one. In synchronous rounds all models of a round are merged at once, and a node
 * to whom none came trains nevertheless.
 *
 * Push–pull answers carry the model as it was before the message was merged, so that with order update-merge and the
 * mean both end with the average of the two: AD-PSGD's exchange (Lian et al., ICML 2018), without its atomicity.
 */
export function gossiping(
  options: GossipOptions,
  { synchronous }: AlgorithmContext,
): GossipAlgorithm<GossipControl> {
  const { protocol, fanout, order } = options;
  const parts = messageParts(options.message);
  const account = createTokenAccount(options.tokenAccount);
  const foresight = foresee(protocol, fanout);
  const settings = { rule: options.merge, share: options.share };

  const grown = (ages: readonly number[], view: View) => ages.map((age) => age + updates(options, view));

  const sendModel = (
    view: View,
    ages: readonly number[],
    to: number,
    draw: Stream,
    more: Header = {},
  ): Effect => {
    const slice = parts.choose(draw);
    const part = parts.partOf(slice, view.model.manifest.length);
    return {
      kind: 'send',
      to,
      header: { ...standing(view, ages[parts.ageIndex(slice)]), ...slice, ...more },
      vectors: [WEIGHTS],
      ...(part && { part }),
    };
  };
  const ask = (to: number): Effect => ({ kind: 'send', to, header: { asks: 1 }, vectors: [] });

  /** What a node does of its own accord at the start of a period. */
  const open = (view: View, ages: readonly number[], stream: View['stream']): Effect[] => {
    if (synchronous) {
      return foresight.receivers(view).map((to) => sendModel(view, ages, to, stream('part', to)));
    }
    return drawPartners(protocol, fanout, view, stream('partners')).map((to) =>
      protocol === 'pull'
        ? ask(to)
        : sendModel(view, ages, to, stream('part', to), protocol === 'push' ? {} : { asks: 1 }),
    );
  };

  /** A purely reactive node sends once by itself: else there is nothing to react to. */
  const sendsByItself = ({ tokens }: GossipControl, view: View, draw: Stream) => {
    if (options.tokenAccount.kind === 'reactive') return view.round === 0;
    const probability = account.proactive(tokens);
    return probability >= 1 || (probability > 0 && draw() < probability);
  };

  const isUseful = ({ header }: Message, ages: readonly number[]) =>
    !('useful' in options.tokenAccount) ||
    options.tokenAccount.useful === 'always' ||
    header.age > ages[parts.ageIndex(header)];

  /** How many pushes the models that came bring about, and the balance they leave. */
  const react = (models: readonly Message[], { ages, tokens }: GossipControl, draw: Stream) => {
    let [pushes, balance] = [0, tokens];
    for (const model of models) {
      const count = roundRandomly(account.reactive(balance, isUseful(model, ages)), draw);
      pushes += count;
      balance = Math.max(balance - count, 0);
    }
    return { pushes, tokens: balance };
  };

  return {
    expects: synchronous ? { kind: 'round', from: (view) => foresight.senders(view) } : { kind: 'each' },
    forms: (context) => {
      const header = { ...standingForm(context), ...parts.fields };
      const partOf: MessageForm['partOf'] = (given) => parts.partOf(given, context.model.manifest.length);
      const model = { header, vectors: [WEIGHTS], partOf };
      const asking = { ...model, header: { ...header, asks: exactly(1) } };
      if (synchronous || protocol === 'push') return [model];
      return [model, protocol === 'pull' ? { header: { asks: exactly(1) }, vectors: [] } : asking];
    },
    endsAfter: order === 'update-merge' ? 'aggregation' : 'training',
    start: () => ({ ages: Array.from({ length: parts.ages }, () => 0), tokens: 0, events: 0 }),

    wake(control, view) {
      const { events } = control;
      const stream = eventStream(view, events);
      const trains = order === 'update-merge';
      const ages = trains ? grown(control.ages, view) : control.ages;
      const sends = sendsByItself(control, view, stream('flow'));
      return {
        control: { ages, tokens: control.tokens + (sends ? 0 : 1), events: events + 1 },
        effects: [
          ...(trains ? [...train(options, view), snapshot] : []),
          ...(sends ? open(view, ages, stream) : []),
        ],
      };
    },

    receive(control, messages, view) {
      const { events } = control;
      const stream = eventStream(view, events);
      const answers = messages.flatMap(({ from, header }, place) =>
        'asks' in header ? [sendModel(view, control.ages, from, stream('answer', place))] : [],
      );
      const places = [...messages.keys()].filter((place) => carriesModel(messages[place]));
      if (places.length === 0 && !synchronous) {
        return { control: { ...control, events: events + 1 }, effects: answers };
      }
      const merged =
        order === 'update'
          ? adoptOne(messages, places, control.ages, parts, view, stream('adopt'))
          : mergeMessages(messages, places, control.ages, parts, settings, view);
      const trains = order !== 'update-merge';
      const ages = trains ? grown(merged.ages, view) : merged.ages;
      const models = places.map((place) => messages[place]);
      const { pushes, tokens } = react(models, control, stream('flow'));
      const reactions = Array.from({ length: pushes }, (_, push) =>
        open(view, ages, (...name) => stream('push', push, ...name)),
      ).flat();
      return {
        control: { ages, tokens, events: events + 1 },
        effects: [
          ...answers,
          ...merged.effects,
          ...(trains ? [snapshot, ...train(options, view)] : []),
          ...reactions,
        ],
      };
    },

    ...(order !== 'update' && {
      merging: { ...settings, fewest: (community) => fewestModels(options, community) },
    }),
    ...(synchronous && roundsOfMeans(options)),
    refuse: (community) =>
      refuseTokenAccount(options.tokenAccount, options, community) ?? refuseParts(options.message, community),
  };
}

/** Whole models, sent in every round and merged by the mean: their weights are a matrix. */
function roundsOfMeans({
  order,
  merge,
  share: given,
  message,
  tokenAccount,
  fanout,
}: GossipOptions): Pick<GossipAlgorithm, 'merges'> {
  const share = given ?? merge['share'] ?? 'proportional';
  const isMean = order !== 'update' && merge.kind === 'mean';
  if (!isMean || message.kind !== 'whole' || tokenAccount.kind !== 'proactive') return {};
  const drawn = fanout !== 'all';
  if (share === 'proportional') return { merges: { mixing: { kind: 'uniform' }, drawn } };
  if (typeof share !== 'number' || share === 0 || share === 1) return {};
  return { merges: { mixing: { kind: 'row-stochastic', selfWeight: share }, drawn } };
}

/** The draws of one wake or receipt; streams are made when they are first drawn from, which most never are. */
const eventStream =
  (view: View, event: number): View['stream'] =>
  (...name) => {
    let made: Stream | undefined;
    return () => (made ??= view.stream('event', event, ...name))();
  };
