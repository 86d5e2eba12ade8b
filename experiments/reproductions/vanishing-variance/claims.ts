/** The abstract's claims, and what our runs say of each: sentences made of what is recorded. */
import { claim, type Finding } from '../findings.js';
import { firstLayer, predicted, type Network } from './figures.js';
import { finalAccuracy, meanRoundsTo, type Recorded } from './recorded.js';
import {
  contested,
  NODES,
  roundsOf,
  FIRST_ROUNDS,
  isGossip,
  traced,
  tracedTopologies,
  type GossipSetting,
  type Init,
  type Merge,
} from './settings.js';

/** The accuracies at which claims are judged: by the first of them, where it was reached. */
const targets = [0.8, 0.9] as const;

/** Twice the accuracy of guessing: the plateau at chance is over. */
const OFF_THE_PLATEAU = 0.2;

/** What counts as "about as fast": up to so many times FedAvg's rounds. */
const ABOUT_AS_FAST = 1.5;

/** What counts as keeping the variance: within so much of the initial one. */
const KEPT = 0.05;

/** What is said of claims, on the networks that the page lists. */
export function claims(networks: readonly Network[], recorded: Recorded): string {
  const findings = (init: Init, merge: Merge, say: (setting: GossipSetting, recorded: Recorded) => Finding) =>
    networks
      .map((network): GossipSetting => ({ ...network, init, merge }))
      .filter((setting) => recorded.curves(setting).length > 0)
      .map((setting) => say(setting, recorded));
  const earlyFindings = (
    init: Init,
    merge: Merge,
    say: (setting: GossipSetting, recorded: Recorded) => Finding[],
  ) =>
    traced.flatMap((setting) =>
      isGossip(setting) && setting.init === init && setting.merge === merge ? say(setting, recorded) : [],
    );
  return `## Which claims hold in our runs

${[
  claim('Averaging models that are not correlated shrinks the variance of their weights.', shrinks(recorded)),
  claim('This delays learning (own initialisations).', [
    ...findings('own', 'mean', delay),
    ...earlyFindings('own', 'mean', earlyDelay),
  ]),
  claim('The corrected average keeps the variance, whatever the topology.', keeps(recorded)),
  claim(
    'With it gossip converges about as fast as federated learning, whatever the topology and the data ' +
      `(own initialisations; at most ${ABOUT_AS_FAST} times FedAvg's rounds).`,
    [
      ...findings('own', 'variance-corrected', besideFedavg),
      ...earlyFindings('own', 'variance-corrected', earlyBesideFedavg),
    ],
  ),
  claim(
    'Models that are correlated from the start are spared (one initialisation, plain averages; by the same measure).',
    [...findings('same', 'mean', besideFedavg), ...earlyFindings('same', 'mean', earlyBesideFedavg)],
  ),
].join('\n')}`;
}

function firstRounds(merge: Merge, recorded: Recorded) {
  return tracedTopologies.flatMap((topology) => {
    const curve = recorded.first({ model: '2NN', split: 'IID', topology, init: 'own', merge });
    return curve ? [{ topology, ratios: firstLayer(curve) }] : [];
  });
}

function shrinks(recorded: Recorded): Finding[] {
  return firstRounds('mean', recorded).map(({ topology, ratios }) => {
    const last = ratios.length;
    const forms = predicted(topology, last);
    return {
      holds: ratios[last - 1] < 0.5,
      text:
        `${topology}: the first layer has ${ratios[0].toFixed(3)} of its variance after one round ` +
        `(closed form: ${forms[0].toFixed(3)}) and ${ratios[last - 1].toFixed(3)} after ${last} ` +
        `(${forms[last - 1].toFixed(3)}; 1/${NODES} is ${(1 / NODES).toFixed(3)}).`,
    };
  });
}

function keeps(recorded: Recorded): Finding[] {
  return firstRounds('variance-corrected', recorded).map(({ topology, ratios }) => {
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
    return {
      holds: least > 1 - KEPT && most < 1 + KEPT,
      text:
        `${topology}: the first layer has from ${least.toFixed(3)} to ${most.toFixed(3)} of its variance ` +
        `in the first ${ratios.length} rounds.`,
    };
  });
}

/** The rounds of a setting's nodes to a target as words; undefined where nothing ran. */
function reaching(target: number, setting: GossipSetting, recorded: Recorded) {
  const curves = recorded.curves(setting);
  if (curves.length === 0) return undefined;
  const rounds = meanRoundsTo(target, curves);
  const words =
    rounds === undefined
      ? `not in ${roundsOf(setting.model)} rounds (${percent(finalAccuracy(curves))} then)`
      : `after ${rounds.toFixed(0)} rounds`;
  return { rounds, words };
}

/** Plain beside corrected: how much later the plain one is. */
function delay(setting: GossipSetting, recorded: Recorded): Finding {
  const judged = [OFF_THE_PLATEAU, ...targets].map((target) => {
    const [plain, corrected] = contested.map((merge) => reaching(target, { ...setting, merge }, recorded));
    const words = `${percent(target)} ${plain?.words ?? ''} plain, ${corrected?.words ?? 'not run'} corrected`;
    if (plain?.rounds !== undefined && corrected?.rounds !== undefined) {
      const rounds = plain.rounds - corrected.rounds;
      const later = `${Math.abs(rounds).toFixed(0)} rounds ${rounds < 0 ? 'earlier' : 'later'}`;
      return { holds: rounds > 0, text: `${words}: ${later}` };
    }
    return { holds: corrected?.rounds === undefined ? undefined : true, text: words };
  });
  return finding(setting, judged);
}

/** A setting beside FedAvg with the same model. */
function besideFedavg(setting: GossipSetting, recorded: Recorded): Finding {
  const reference = recorded.curves({ model: setting.model });
  const judged = targets.map((target) => {
    const gossip = reaching(target, setting, recorded);
    const fedavg = meanRoundsTo(target, reference);
    const text = `${percent(target)} ${gossip?.words ?? ''}`;
    if (fedavg === undefined) return { holds: undefined, text };
    if (gossip?.rounds === undefined)
      return { holds: false, text: `${text}, FedAvg after ${fedavg.toFixed(0)}` };
    const ratio = gossip.rounds / fedavg;
    return {
      holds: ratio <= ABOUT_AS_FAST,
      text: `${text}, ${ratio.toFixed(2)} times FedAvg's ${fedavg.toFixed(0)}`,
    };
  });
  return finding(setting, judged);
}

/** Plain beside corrected after the first rounds. */
function earlyDelay(setting: GossipSetting, recorded: Recorded): Finding[] {
  const [plain, corrected] = contested.map((merge) => recorded.first({ ...setting, merge }));
  if (plain === undefined || corrected === undefined) return [];
  const [p, c] = [plain, corrected].map((curve) => finalAccuracy([curve]));
  return [{ holds: c > p, text: `${early(setting)} ${percent(p)} plain, ${percent(c)} corrected.` }];
}

/** Beside FedAvg after the first rounds; accuracies alone do not say how many rounds lie between. */
function earlyBesideFedavg(setting: GossipSetting, recorded: Recorded): Finding[] {
  const gossip = recorded.first(setting);
  const fedavg = recorded.first({ model: setting.model });
  if (gossip === undefined || fedavg === undefined) return [];
  const [g, f] = [gossip, fedavg].map((curve) => percent(finalAccuracy([curve])));
  return [{ holds: undefined, text: `${early(setting)} ${g}, FedAvg ${f}.` }];
}

const early = ({ model, split, topology }: GossipSetting) =>
  `${model}, ${split}, ${topology}, after the first ${FIRST_ROUNDS} rounds:`;

const finding = ({ model, split, topology }: GossipSetting, judged: readonly Finding[]): Finding => ({
  holds: judged.find(({ holds }) => holds !== undefined)?.holds,
  text: `${model}, ${split}, ${topology}: ${judged.map(({ text }) => text).join('; ')}.`,
});

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
