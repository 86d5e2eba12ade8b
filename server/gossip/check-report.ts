/** What a worker may say of a round of its nodes: everything that follows from the recipe, and bounds for the rest. */
import { z } from 'zod';
import type { Algorithm } from '../../algorithms/index.js';
import { latestTimes } from '../../gossip/index.js';
import { stepsOf } from '../../learning/index.js';
import { ProtocolError, type MessageOf } from '../../protocol/index.js';
import { meanOf, type Federation } from '../../recipe/index.js';
import { hasEdge } from '../../topologies/index.js';
import { isAmong } from '../client-ranges.js';
import type { RegisteredWorker } from '../worker-registry.js';

type Report = MessageOf<'report'>;
type Gossip = Extract<Algorithm, { family: 'gossip' }>;

/** Counters stay far from where whole numbers end, whatever is added up. */
const MOST_COUNTED = 2 ** 40;
/** Sums are whole numbers of 2⁻³². */
const GRID = 2n ** 32n;
/** A mean loss, and a factor, are below 2³¹. */
const LARGEST_MEAN = 2n ** 31n;
/** How much nodes train at a time, where an algorithm has these options. */
const training = z.object({
  amount: z.union([z.object({ epochs: z.int() }), z.object({ steps: z.int() })]),
  batchSize: z.union([z.int(), z.literal('all')]),
});
/** Passes for a gradient besides the steps that a recipe names. */
const BESIDES = 2;
/** Vectors of a message, for a bound on bytes. */
const MOST_VECTORS = 16;

/**
 * @param before the same worker's report of the round before, since all returned last
 * @throws ProtocolError that names the field
 */
export function checkReport(
  federation: Federation,
  { clients }: RegisteredWorker,
  report: Report,
  before: Report | undefined,
): void {
  const { recipe, model, partition, codec, algorithm } = federation;
  if (algorithm.family !== 'gossip') throw new ProtocolError('unexpected', 'this run has no gossip nodes');
  const isAsynchronous = recipe.schedule.kind === 'asynchronous';
  const { missing, woken, merges, examples, corrections, clamped, localSteps, evaluatedSteps } = report;
  const field = (name: keyof Report, isRight: boolean, right: string) => {
    if (isRight) return;
    const value = report[name] === undefined ? 'missing' : JSON.stringify(report[name]).slice(0, 60);
    throw new ProtocolError('malformed', `${name} of round ${report.round} is ${value}; it must be ${right}`);
  };
  const upTo = (
    name: 'examples' | 'corrections' | 'localSteps' | 'evaluatedSteps' | 'bytes',
    most: number,
  ) => {
    field(name, report[name] <= most, `at most ${most}`);
  };
  field(
    'missing',
    missing.every((node) => isAmong(clients, node)),
    "nodes of the worker's own",
  );
  const trace = report.trace ?? [];
  field('trace', (report.trace !== undefined) === isAsynchronous, isAsynchronous ? 'there' : 'left out');
  const acts = isAsynchronous ? checkTrace(trace, report, clients, federation, algorithm) : clients.length;
  if (!isAsynchronous) {
    field('missing', new Set(missing).size === missing.length, 'without a node twice');
    field('woken', woken === clients.length - missing.length, `${clients.length - missing.length}`);
    field('merges', merges <= woken, `at most ${woken}`);
  }
  const least = { localSteps: before?.localSteps ?? 0, evaluatedSteps: before?.evaluatedSteps ?? 0 };
  field('localSteps', localSteps >= least.localSteps, `at least ${least.localSteps}`);
  field('evaluatedSteps', evaluatedSteps >= least.evaluatedSteps, `at least ${least.evaluatedSteps}`);
  field('evaluatedSteps', evaluatedSteps <= localSteps, `at most ${localSteps}`);
  const largest = clients.reduce((most, client) => Math.max(most, partition.size(client)), 0);
  const steps = acts * mostSteps(federation, largest);
  const since = before === undefined ? (isAsynchronous ? MOST_COUNTED : report.round * steps) : steps;
  upTo('localSteps', Math.min(MOST_COUNTED, least.localSteps + since));
  upTo('examples', Math.min(MOST_COUNTED, largest * (localSteps - least.localSteps)));
  upTo('corrections', merges * partition.clients * model.manifest.tensors.length);
  field('clamped', clamped <= corrections, `at most ${corrections}`);
  const message = codec.bytes(model.manifest.length) * MOST_VECTORS;
  upTo('bytes', Math.min(MOST_COUNTED * 2 ** 10, acts * partition.clients * message * (1 + merges)));
  field('relayed', report.relayed + report.direct <= report.bytes, `with direct at most ${report.bytes}`);
  checkSum('loss', report, BigInt(examples), BigInt(4 * (acts + merges)));
  checkSum('factors', report, BigInt(corrections), BigInt(corrections));
  const counts = Object.entries(report.counts);
  const known = algorithm.counts ?? (algorithm.forms && []);
  const isKnown = (name: string) => known?.includes(name) ?? !['merges', 'clamped'].includes(name);
  const bound = known === undefined ? MOST_COUNTED : acts * partition.clients;
  const isCount = (value: number) => Number.isInteger(value) && value >= 0 && value <= bound;
  field(
    'counts',
    counts.every(([name, value]) => isKnown(name) && isCount(value)),
    `whole numbers up to ${bound} of ${known?.join(', ') ?? 'its own'}`,
  );
  if (recipe.schedule.kind === 'asynchronous') {
    const end = report.round * meanOf(recipe.schedule.period);
    field('time', report.time === end, `${end}`);
  } else {
    const [from, to] = [report.round - 1, latestTimes(federation)(report.round - 1)];
    field('time', report.time >= from && report.time <= to, `${from} to ${to}`);
  }
}

/** Batches of a node with this many examples whenever it does something; algorithms that are not ours may take any number. */
function mostSteps({ recipe, algorithm }: Federation, examples: number): number {
  if (algorithm.family !== 'gossip' || algorithm.forms === undefined) return MOST_COUNTED;
  const { data } = training.safeParse(recipe.algorithm);
  return BESIDES + (data === undefined ? 0 : stepsOf(data.amount, data.batchSize, Math.max(examples, 1)));
}

function checkSum(name: 'loss' | 'factors', report: Report, terms: bigint, most: bigint): void {
  const { sum, weight } = { sum: BigInt(report[name].sum), weight: BigInt(report[name].weight) };
  const size = sum < 0n ? -sum : sum;
  const isWeight = weight >= 0n && weight % GRID === 0n && weight <= most * GRID;
  if (isWeight && size <= terms * LARGEST_MEAN * GRID) return;
  throw new ProtocolError(
    'malformed',
    `${name} of round ${report.round} is ${sum} of weight ${weight}; sums of ${terms} are at most ${LARGEST_MEAN * GRID} each`,
  );
}

/** @returns how often a node did something */
function checkTrace(
  trace: NonNullable<Report['trace']>,
  { woken, missing, merges, round }: Report,
  clients: RegisteredWorker['clients'],
  { partition, network }: Federation,
  { expects }: Gossip,
): number {
  const wrong = (sentence: string) => new ProtocolError('malformed', `trace of round ${round}: ${sentence}`);
  const count = { woke: 0, away: [] as number[], handed: 0 };
  const graph = network?.topology.timeVarying === false ? network.topology.at(0) : undefined;
  const isSender = (from: number, to: number) =>
    from < partition.clients && from !== to && (graph === undefined || hasEdge(graph, from, to));
  let last = -1;
  for (const { node, happened } of trace) {
    if (!isAmong(clients, node) || node <= last)
      throw wrong(`node ${node} is not the worker's, or comes twice`);
    last = node;
    for (const happening of happened) {
      if (happening === 'woke') count.woke++;
      else if (happening === 'away') count.away.push(node);
      else {
        count.handed++;
        checkHanded(happening, node, isSender, expects, wrong);
      }
    }
  }
  const sameMissing = [...missing].sort((a, b) => a - b).join() === count.away.join();
  if (count.woke !== woken || !sameMissing || count.handed !== merges) {
    throw wrong(
      `woken is ${woken}, merges ${merges}, missing ${missing.length}; it has ${count.woke}, ${count.handed}, ${count.away.length}`,
    );
  }
  return count.woke + count.handed;
}

/** Messages that were handed over at a time, ascending by sender and number. */
function checkHanded(
  handed: readonly number[],
  node: number,
  isSender: (from: number, to: number) => boolean,
  expects: Gossip['expects'],
  wrong: (sentence: string) => ProtocolError,
): void {
  if (handed.length === 0 || handed.length % 2 !== 0 || (expects.kind === 'each' && handed.length !== 2)) {
    throw wrong(`node ${node} was handed ${handed.length} numbers`);
  }
  for (let i = 0; i < handed.length; i += 2) {
    const [from, sequence] = [handed[i], handed[i + 1]];
    if (!isSender(from, node) || sequence > MOST_COUNTED) {
      throw wrong(`node ${node} was handed message ${sequence} of node ${from}`);
    }
    const isAscending =
      i === 0 || handed[i - 2] < from || (handed[i - 2] === from && handed[i - 1] < sequence);
    if (!isAscending) throw wrong(`what node ${node} was handed does not ascend`);
  }
}
