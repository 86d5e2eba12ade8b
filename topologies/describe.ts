/** What `murmur topology` prints: the diagnosis in lines for people. */
import { canonicalJson } from '../numerics/index.js';
import type { Choice } from '../registry/index.js';
import type { Degrees, Diagnosis } from './diagnostics/diagnose.js';
import type { ConsensusRate } from './diagnostics/consensus-rate.js';
import type { Measured } from './diagnostics/consensus.js';

type Row = readonly [name: string, value: string];

/** @returns lines without line ends: a heading, then a name and a value each */
export function describeTopology(choice: Choice, found: Diagnosis): string[] {
  const everyRound: Row[] = [
    ['edges', count(found.edges)],
    ['connected', found.connected ? 'yes' : `no: ${found.disconnection ?? ''}`],
    ...degreeRows(found),
    ['diameter', diameterOf(found)],
    ['clustering', `${digits(found.clustering.value)}${found.clustering.sampled ? ' (of a sample)' : ''}`],
    ['mixing', mixingOf(found)],
  ];
  const overTime: Row[] = [
    ...(found.together ? [['connected', togetherOf(found.together)] as const] : []),
    ...rateRows(found),
    ...(found.measured ? [['distance', measuredOf(found.measured)] as const] : []),
    ['rounds to consensus', roundsOf(found)],
  ];
  const width = Math.max(...[...everyRound, ...overTime].map(([name]) => name.length)) + 2;
  const lines = (rows: readonly Row[], indent: string) =>
    rows.map(([name, value]) => `${indent}${name.padEnd(width)}${value}`);
  return found.timeVarying
    ? [
        heading(choice, found),
        '  the first round',
        ...lines(everyRound, '    '),
        '  round after round',
        ...lines(overTime, '    '),
      ]
    : [heading(choice, found), ...lines([...everyRound, ...overTime], '  ')];
}

/** "regular (degree 8, connected true): 100 nodes, undirected, the same in every round" */
function heading({ kind, ...options }: Choice, { nodes, directed, timeVarying }: Diagnosis): string {
  const chosen = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : canonicalJson(value)}`);
  const said = chosen.length > 0 ? ` (${chosen.join(', ')})` : '';
  const rounds = timeVarying ? 'different in every round' : 'the same in every round';
  return `${kind}${said}: ${count(nodes)} nodes, ${directed ? 'directed' : 'undirected'}, ${rounds}`;
}

function degreeRows({ degrees, receiving }: Diagnosis): Row[] {
  if (receiving === undefined) return [['neighbours', spread(degrees)]];
  return [
    ['sends to', spread(degrees)],
    ['receives from', spread(receiving)],
  ];
}

const spread = ({ least, mean, most }: Degrees) =>
  least === most ? count(least) : `${count(least)} to ${count(most)}, ${digits(mean)} on average`;

function diameterOf({ diameter }: Diagnosis): string {
  if (diameter === undefined) return 'infinite';
  if (diameter.least === diameter.most) return count(diameter.least);
  return `${count(diameter.least)} to ${count(diameter.most)} (bounds from a sample)`;
}

function mixingOf({ mixing }: Diagnosis): string {
  const { kind, symmetric, rowStochastic, columnStochastic } = mixing;
  if (rowStochastic && columnStochastic) return `${kind}: ${symmetric ? 'symmetric, ' : ''}doubly stochastic`;
  if (rowStochastic) return `${kind}: row-stochastic only, so nodes agree on a weighted mean`;
  return `${kind}: column-stochastic only, so values are divided by their mass (push-sum)`;
}

function rateRows({ timeVarying, rate }: Diagnosis): Row[] {
  if (rate === undefined) {
    return [['spectral gap', 'not worked out for random rounds of so many nodes']];
  }
  return [
    [timeVarying ? 'factor a round' : 'second |eigenvalue|', factorOf(rate)],
    ['spectral gap', `${digits(rate.spectralGap)} (${certaintyOf(rate)})`],
  ];
}

const certainties: Readonly<Record<Exclude<ConsensusRate['certainty'], 'sampled'>, string>> = {
  exact: 'exact',
  converged: 'by Lanczos or Arnoldi steps',
  'at most': 'at most; Lanczos steps ran out',
  'at least': 'at least; from singular values',
  estimate: 'an estimate; steps ran out',
};

function certaintyOf({ certainty, standardError = 0, exactAfter }: ConsensusRate): string {
  if (certainty === 'sampled')
    return `in mean square, over sampled rounds; standard error ${digits(standardError)}`;
  return exactAfter === undefined || exactAfter === 1
    ? certainties[certainty]
    : `${certainties[certainty]}: all agree after ${exactAfter} rounds`;
}

/** Near 1, where rounding would hide it, by its distance from 1. */
function factorOf({ factor, spectralGap }: ConsensusRate): string {
  return spectralGap > 0 && spectralGap < 1e-4 ? `1 − ${digits(spectralGap)}` : digits(factor);
}

function togetherOf({ rounds, connected }: { rounds: number; connected: boolean }): string {
  const over = rounds === 1 ? 'in the first round' : `over the first ${rounds} rounds together`;
  return `${connected ? 'yes' : 'no'}, ${over}`;
}

function measuredOf({ distances, perRound, agreed }: Measured): string {
  const rounds = `${distances.length} round${distances.length === 1 ? '' : 's'}`;
  if (!agreed) return `× ${digits(perRound)} a round, measured on random vectors over ${rounds}`;
  const together = `none to within rounding after ${rounds}, measured on random vectors`;
  // Where the last round alone brings them together, a mean factor would say nothing.
  const last = distances[distances.length - 1] / (distances.at(-2) ?? 1);
  return last < 1e-6 ? together : `× ${digits(perRound)} a round, ${together}`;
}

function roundsOf({ roundsToConsensus, measured, rate, epsilon }: Diagnosis): string {
  if (roundsToConsensus === Infinity) return 'never';
  const rounds = `${count(roundsToConsensus)} to ${epsilon} of the distance`;
  if (measured) return `${rounds} (${measured.reached === undefined ? 'extrapolated' : 'measured'})`;
  const bound = {
    'at most': 'at least ',
    'at least': 'at most ',
    estimate: 'about ',
    exact: '',
    converged: '',
    sampled: 'about ',
  };
  return `${bound[rate?.certainty ?? 'exact']}${rounds} (predicted)`;
}

const count = (n: number) => n.toLocaleString('en');
const digits = (x: number) => String(Number(x.toPrecision(4)));
