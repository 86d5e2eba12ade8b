/** What a coordinator may ask of gossip nodes: a message that cannot be meant ends the connection, and nothing is done. */
import { numbersOf, ProtocolError, type MessageOf } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';

export type GossipOrder = MessageOf<'membership' | 'start' | 'summarize'>;

type Ranges = MessageOf<'membership'>['workers'][number]['nodes'];

/**
 * @param nodes those of the worker
 * @param self the worker's name
 * @throws ProtocolError that names the field
 */
export function checkOrder(
  federation: Federation,
  nodes: readonly number[],
  self: string,
  order: GossipOrder,
): void {
  if (order.kind === 'membership') checkMembership(federation, nodes, self, order);
  else if (order.kind === 'start') checkStart(federation, order);
  else checkRequest(federation, nodes, order);
}

function checkMembership(
  { partition }: Federation,
  nodes: readonly number[],
  self: string,
  { workers }: MessageOf<'membership'>,
): void {
  const owners = new Map<number, string>();
  const names = new Set<string>();
  for (const [at, { worker, nodes: ranges, address }] of workers.entries()) {
    const where = `workers.${at} of 'membership'`;
    if (names.has(worker)) throw wrong(`${where} is worker ${worker} again`);
    names.add(worker);
    for (const node of nodesOf(ranges, partition.clients, `${where}: nodes`)) {
      if (owners.has(node))
        throw wrong(`${where}: nodes have ${node}, which worker ${owners.get(node) ?? ''} has`);
      owners.set(node, worker);
    }
    if (address !== undefined && !(/^wss?:\/\//.test(address) && URL.canParse(address))) {
      throw wrong(
        `${where}: address is '${address.slice(0, 100)}'; it must be ws://HOST:PORT or wss://HOST:PORT`,
      );
    }
  }
  const own = [...owners].filter(([, worker]) => worker === self).length;
  const isOwn = own === nodes.length && nodes.every((node) => owners.get(node) === self);
  if (!isOwn) throw wrong(`workers of 'membership' say that worker ${self} has other nodes than its welcome`);
}

function checkStart({ recipe }: Federation, { until, durable }: MessageOf<'start'>): void {
  // `durable` may be after `until`: nodes roll back further where a worker has lost its checkpoints.
  for (const [name, round] of Object.entries({ until, durable })) {
    if (round > recipe.rounds)
      throw wrong(`${name} of 'start' is ${round}; the run has ${recipe.rounds} rounds`);
  }
}

function checkRequest(
  federation: Federation,
  nodes: readonly number[],
  { sum, tests, measure, digests, tensors }: MessageOf<'summarize'>,
): void {
  const own = new Set(nodes);
  const check = (name: string, asked: readonly number[]) => {
    const other = asked.find((node) => !own.has(node));
    if (other !== undefined) throw wrong(`${name} of 'summarize' has node ${other}, which is not here`);
    if (new Set(asked).size !== asked.length) throw wrong(`${name} of 'summarize' has a node twice`);
  };
  for (const [name, ranges] of Object.entries({ sum, measure, digests })) {
    check(name, nodesOf(ranges ?? [], federation.partition.clients, `${name} of 'summarize'`));
  }
  for (const [at, { on, nodes: asked, examples }] of tests.entries()) {
    check(`tests.${at}`, asked);
    if (tests.findIndex((test) => test.on === on) !== at)
      throw wrong(`tests.${at} of 'summarize' is on '${on}' again`);
    const most = on === 'own' ? 0 : federation.heldOut(on).count;
    if (examples > most)
      throw wrong(`tests.${at} of 'summarize': examples is ${examples}; there are ${most}`);
  }
  const names = [...tensors.keys()].join();
  const expected = measure === undefined ? '' : 'mean';
  if (names !== expected)
    throw wrong(`the tensors of 'summarize' are '${names}'; they must be '${expected}'`);
  if (measure === undefined) return;
  const { length } = federation.model.manifest;
  const mean = numbersOf(tensors, 'mean', 'float32');
  if (mean.length !== length)
    throw wrong(`the tensor 'mean' has ${mean.length} numbers; it must have ${length}`);
}

function nodesOf(ranges: Ranges, nodes: number, where: string): number[] {
  const all: number[] = [];
  for (const [first, last] of ranges) {
    if (first > last || last >= nodes)
      throw wrong(`${where} have ${first}-${last}; there are nodes 0-${nodes - 1}`);
    for (let node = first; node <= last; node++) all.push(node);
  }
  return all;
}

const wrong = (sentence: string) => new ProtocolError('malformed', sentence);
