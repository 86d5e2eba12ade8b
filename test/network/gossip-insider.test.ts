/**
 * One worker of a gossip run changes one of its messages, in every way: it is refused by name, another takes its nodes, and
 * the run ends in the right bits. What may be changed without that stands in two short lists, with reasons.
 */
import { expect } from 'chai';
import { parseRecipe } from '../../recipe/index.js';
import type { Message } from '../../protocol/index.js';
import {
  GossipNetwork,
  gossipScenario,
  type GossipOutcome,
  type GossipScenario,
} from '../support/gossip-network.js';
import { mutationsOf } from '../support/message-mutations.js';
import { isSampled, triesAll } from '../support/sampling.js';
import { changesOf, insiders, undisturbed, type Change, type Sent, type Shown } from '../support/insiders.js';

/** The probability that a change is in the sample. */
const SAMPLED = 0.2;

const base = {
  name: 'insider',
  seed: 3,
  data: { dataset: { kind: 'synthetic', clients: 3, dimension: 4 }, partition: 'natural' },
  model: 'logistic',
  init: 'own',
  topology: 'complete',
  evaluate: { every: 2, nodes: 3, examples: 10 },
  rounds: 2,
};
const nobody = [false, false, false];
const optimizer = { learningRate: 0.1 };
const asynchronous = { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } };

/** Of what an insider sends, what a scenario is for; the handshake is the same in all. */
const scenarios: Readonly<
  Record<
    string,
    { readonly recipe: object; readonly listens: readonly boolean[]; readonly shows: (sent: Sent) => boolean }
  >
> = {
  'gradient tracking, by the coordinator': {
    recipe: { algorithm: { kind: 'gradient-tracking', batchSize: 10, learningRate: 0.1 } },
    listens: nobody,
    shows: () => true,
  },
  'NoLoCo, directly': {
    recipe: {
      algorithm: { kind: 'noloco', batchSize: 10, amount: { steps: 2 }, optimizer, groupSize: 3, gamma: 0.7 },
    },
    listens: [true, true, true],
    shows: ({ way, message }) => way === 'toPeer' || message.kind === 'hello',
  },
  'push-sum, of a model with batch norm as 8-bit integers, to workers that it dials': {
    recipe: {
      algorithm: { kind: 'push-sum', batchSize: 'all', optimizer },
      model: {
        kind: 'layers',
        layers: [
          { kind: 'dense', units: 3, activation: 'none' },
          { kind: 'batch-norm' },
          { kind: 'dense', units: 10, activation: 'none' },
        ],
      },
      network: { codec: 'int8' },
    },
    listens: [true, true, false],
    shows: ({ message }) => ['gossip', 'peerHello'].includes(message.kind),
  },
  'asynchronous, with a buffer': {
    recipe: { algorithm: { kind: 'buffered-gossip', batchSize: 10, optimizer }, schedule: asynchronous },
    listens: nobody,
    shows: ({ message }) => !['hello', 'ready', 'returned', 'summary'].includes(message.kind),
  },
};

interface Allowed {
  readonly kind: string;
  readonly field: RegExp;
  readonly change?: RegExp;
  readonly why: string;
}

/** Nobody need be named, and the run ends in the same bits. */
const harmless: readonly Allowed[] = [
  { kind: 'hello', field: /^software/, why: 'a text for the log' },
  {
    kind: 'hello',
    field: /^claim/,
    why: 'the same nodes in other words; or others, and it is told to try again',
  },
  { kind: 'hello', field: /^encodings/, why: 'it still knows the one that is needed' },
  { kind: 'hello', field: /^(holds|pending|checkpoints)/, why: 'empty lists may be left out' },
  { kind: 'hello', field: /^epoch/, why: 'a coordinator before this one may have begun that epoch' },
  { kind: 'hello', field: /^listen/, why: 'nobody is reached there, and messages go by the coordinator' },
  { kind: 'ready', field: /^hashes\.bits/, why: 'the same changes of the program, one of them twice' },
  {
    kind: 'gossip',
    field: /^number/,
    change: /one less|one more|swapped|type: 1/,
    why: 'it has come before, or comes too early: what it holds is missed, and sent again',
  },
  {
    kind: 'acknowledge',
    field: /^epoch/,
    change: /one less|swapped|type: 1/,
    why: 'of an epoch that is over: it does not count',
  },
  { kind: 'gossip', field: /sequence$/, why: 'a number among those that are free; only its order counts' },
  {
    kind: 'gossip',
    field: /time$/,
    why: 'virtual time within what the recipe allows: no weight depends on it',
  },
  { kind: 'gossip', field: /header$/, change: /missing/, why: 'empty by default' },
  { kind: 'gossip', field: /round$/, why: 'asynchronous: how often the node has woken; it does not fall' },
  { kind: 'acknowledge', field: /upTo/, why: 'what has come counts as not come yet, and is sent again' },
  {
    kind: 'peerHello',
    field: /./,
    why: 'anybody may say so: without its ticket it is nobody, and messages go by the coordinator',
  },
  {
    kind: 'report',
    field: /./,
    why: "figures of the worker's own nodes within bounds: its word; no weight depends on them",
  },
  {
    kind: 'summary',
    field: /^(tested|measured|sum\.largest)/,
    why: "figures of the worker's own nodes within bounds: its word",
  },
  { kind: 'summary', field: /^tensors/, why: "the sum of the worker's own models within bounds: its word" },
];

/** Poisoning, against which there are merge rules: the run ends, in other bits. */
const ownWord: readonly Allowed[] = [
  { kind: 'gossip', field: /^tensors|vectors/, why: 'finite numbers within bounds are a model' },
  { kind: 'gossip', field: /header\.(age|mass)/, why: 'what stands behind a model is told with it' },
  { kind: 'summary', field: /^digests/, change: /another/, why: "the digest of the worker's own model" },
];

const isAmong = (list: readonly Allowed[], { sent, field, change }: Change) =>
  list.find(
    (one) => one.kind === sent.message.kind && one.field.test(field) && (one.change?.test(change) ?? true),
  );

const described = ({ sent, field, change }: Change) =>
  `${sent.message.kind} ${sent.place}: ${field}, ${change}`;

/** The lines of the log that say that something was wrong with a worker. */
const complaints = ({ log }: GossipOutcome) =>
  log.filter((line) =>
    /turned away|sent what is not right|has waited for|had worker|cannot go on|wrong ticket/.test(line),
  );

const claims = [
  [0, 0],
  [1, 1],
  [2, 2],
] as const;

describe('an insider of a gossip run', function () {
  this.timeout(240_000);
  const used = new Set<Allowed>();

  for (const [name, { recipe, listens, shows }] of Object.entries(scenarios)) {
    describe(name, () => {
      let scenario: GossipScenario;
      let honest: GossipOutcome;
      let sent: Sent[];
      before(async () => {
        scenario = gossipScenario(parseRecipe(JSON.stringify({ ...base, ...recipe })), listens, claims);
        ({ sent, outcome: honest } = await undisturbed(scenario));
        sent = lastOfEach(sent.filter(shows));
      });

      it('sends everything that is to be shown', () => {
        expect(honest.weightsSha256).to.be.a('string');
        expect(complaints(honest)).to.deep.equal([]);
        expect(sent.length).to.be.above(1);
      });

      it('costs itself what it changes, by name, and nobody else', async () => {
        const wrong: string[] = [];
        let [tried, done] = [0, 0];
        for (const message of sent) {
          const { readable, unreadable } = changesOf(message);
          const changes = [...unreadable.slice(0, 1), ...readable].filter((change) =>
            isSampled(`${name}: ${described(change)}`, SAMPLED),
          );
          tried += changes.length;
          for await (const shown of insiders(scenario, changes)) {
            done += shown.done.length;
            const why = wrongWith(shown, honest, used);
            if (why !== undefined) wrong.push(`${why}: ${shown.tried.map(described).join('; ')}`);
          }
        }
        expect(wrong).to.deep.equal([]);
        // A few changes of a later insider equal the original: its epoch is another.
        expect(done).to.be.above(0.8 * tried);
      });
    });
  }

  // A sample of the changes needs only some of the exceptions.
  if (triesAll) {
    // In a suite of its own: Mocha runs a suite's tests before its inner suites.
    describe('the list of exceptions', () => {
      it('has no entry that is not needed', () => {
        const unused = [...harmless, ...ownWord].filter((allowed) => !used.has(allowed));
        expect(unused.map(({ kind, field, why }) => `${kind} ${field}: ${why}`)).to.deep.equal([]);
      });
    });
  }
});

describe('a coordinator that sends gossip nodes something wrong', function () {
  this.timeout(240_000);
  /** Orders that a coordinator may give, and what becomes of them. */
  const orders: readonly Allowed[] = [
    { kind: 'membership', field: /version|session/, why: 'numbers that only grow' },
    { kind: 'membership', field: /relays/, why: 'messages wait for a direct way' },
    { kind: 'membership', field: /ticket/, why: 'there is no direct way here' },
    { kind: 'membership', field: /workers/, why: 'other workers have these nodes, or none has' },
    { kind: 'returnTo', field: /epoch/, why: 'epochs are counted by the coordinator' },
    { kind: 'start', field: /epoch/, why: 'an order of another epoch is not followed, and is given again' },
    { kind: 'start', field: /until|durable/, why: 'as far as the run goes' },
    { kind: 'summarize', field: /epoch|id/, why: 'another request than was meant: it is asked again' },
    {
      kind: 'summarize',
      field: /models|sum|tests|measure|digests|tensors/,
      why: 'it may ask for anything of the nodes here',
    },
  ];

  it('is left with a sentence that names the message and the field; the worker goes on', async () => {
    const { recipe } = scenarios['gradient tracking, by the coordinator'];
    const scenario = gossipScenario(parseRecipe(JSON.stringify({ ...base, ...recipe })), nobody, claims);
    const sent: Message[] = [];
    const { weightsSha256 } = await new GossipNetwork(scenario, undefined, (message, worker) => {
      if (worker === 0) sent.push(message);
      return undefined;
    }).run();
    const wrong: string[] = [];
    let refused = 0;
    for (const kind of ['membership', 'returnTo', 'start', 'summarize'] as const) {
      const place = sent.filter((message) => message.kind === kind).length - 1;
      const message = sent.findLast((one) => one.kind === kind);
      if (message === undefined) throw new Error(`no ${kind} was sent`);
      const { readable, unreadable } = changesOf({ message, way: 'toWorker', place });
      for (const { field, change } of [...unreadable.slice(0, 1), ...readable]) {
        if (!isSampled(`${kind}: ${field}, ${change}`, SAMPLED)) continue;
        let seen = 0;
        const outcome = await new GossipNetwork(scenario, undefined, (one, worker) => {
          if (worker !== 0 || one.kind !== kind || seen++ !== place) return undefined;
          for (const mutation of mutationsOf(one)) {
            if (mutation.field === field && mutation.change === change) return mutation.frame;
          }
          return undefined;
        }).run();
        const named = outcome.log.some((line) => line.startsWith('worker 0') && line.includes(`'${kind}'`));
        if (named) refused++;
        const what = `${kind} ${field}, ${change}`;
        // Whoever follows a wrong order may be turned away for it, but says why.
        if (outcome.lost.some((sentence) => sentence.includes('\n    at ')))
          wrong.push(`${what}: ${outcome.lost.join()}`);
        if (named && outcome.weightsSha256 !== weightsSha256) wrong.push(`${what}: other bits`);
        const isAllowed = orders.some((one) => one.kind === kind && one.field.test(field));
        if (!named && !isAllowed) wrong.push(`${what}: it is followed`);
      }
    }
    expect(wrong).to.deep.equal([]);
    expect(refused).to.be.above(triesAll ? 50 : 50 * SAMPLED);
  });
});

/** Of each kind and way, the last; of summaries also the first, which is another. */
const lastOfEach = (sent: readonly Sent[]): Sent[] =>
  sent.filter(
    ({ message: { kind }, way, place }) =>
      (kind === 'summary' && place === 0) ||
      sent.findLast((one) => one.message.kind === kind && one.way === way)?.place === place,
  );

/** @returns what is wrong with a run in which insiders have tried changes; nothing where all is right */
function wrongWith({ tried, outcome }: Shown, honest: GossipOutcome, used: Set<Allowed>): string | undefined {
  const last = tried[tried.length - 1];
  const { lost, error, weightsSha256, insiders: names, log } = outcome;
  if (lost.length > 0) return `an honest worker was lost: ${lost.join()}`;
  if (error) return `the run failed: ${error.message}`;
  if (weightsSha256 === undefined) return 'the run did not end';
  const lines = complaints(outcome);
  const isNamed = (name: string) => lines.some((line) => line.includes(name));
  // Whoever is not in the run yet may have no name; lines about pending connections are few, however many come.
  const isIn = (name: string) => log.some((line) => line.startsWith(`worker ${name} is here`));
  const unnamed = names.slice(0, -1).find((name) => isIn(name) && !isNamed(name));
  if (unnamed !== undefined) return `${unnamed} is not named`;
  const isRight = weightsSha256 === honest.weightsSha256;
  const wasReplaced = names.length > tried.length;
  if (isRight && (wasReplaced || isNamed(names.at(-1) ?? ''))) return undefined;
  const allowed = isRight ? isAmong([...harmless, ...ownWord], last) : isAmong(ownWord, last);
  if (allowed === undefined) return isRight ? 'nobody is named' : 'the bits are other ones';
  used.add(allowed);
  return undefined;
}
