/** What a run says before it trains: data, clients, measured skew, model; the topology and the memory of gossip. */
import { localDataClients, type Skew } from '../data/index.js';
import { consensusRateOf, gossipMemory } from '../gossip/index.js';
import { networkOnlyFieldsOf, warnOfBatch, type Federation, type Recipe } from '../recipe/index.js';
import type { RunDirectory } from '../records/host/index.js';

export function describeStart(federation: Federation, directory?: RunDirectory): string {
  const { recipe, dataset, model } = federation;
  const lines = [
    `${recipe.name}: ${recipe.algorithm.kind} with ${recipe.model.kind} (${count(model.manifest.length)} weights) on ${dataset.name}`,
    `  ${describeClients(federation)}`,
    ...warning(warnOfBatch(recipe, federation.partition)),
    ...describeGossip(federation),
    ...(directory ? [`  in ${directory.path}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Names the fields that only a run over a network reads, so that nobody waits for their effect; nothing if there are none. */
export function describeUnsimulated(recipe: Recipe): string {
  const fields = networkOnlyFieldsOf(recipe);
  return fields.length === 0
    ? ''
    : `  read by serve, join and launch only, not simulated: ${fields.join(', ')}\n`;
}

const warning = (sentence: string | undefined) => (sentence === undefined ? [] : [`  warning: ${sentence}`]);

function describeClients(federation: Federation): string {
  const { recipe, dataset, partition } = federation;
  const own = localDataClients(recipe.data.partition);
  if (own !== undefined) return `clients that bring their own data: ${own.join(', ')}`;
  const { kind } = recipe.data.partition;
  return `${count(partition.clients)} clients, ${kind}: ${describeSkew(federation.skew(), dataset.classes)}`;
}

function describeGossip(federation: Federation): string[] {
  const { algorithm, network, recipe } = federation;
  if (algorithm.family !== 'gossip' || network === undefined) return [];
  const { account, isCheckpointed } = gossipMemory(federation, algorithm);
  return [
    ...(recipe.topology ? [`  topology ${recipe.topology.kind}${describeGap(federation)}`] : []),
    `  memory: ${account}${isCheckpointed ? '' : ', too large to be checkpointed'}`,
    ...warning(algorithm.warn?.(network.community)),
  ];
}

/** How fast nodes come to agree, the end of a line. */
function describeGap(federation: Federation): string {
  const found = consensusRateOf(federation);
  if (found === undefined) return '';
  if ('none' in found) return `, no spectral gap: ${found.none}`;
  const { spectralGap, standardError, exactAfter } = found.rate;
  const error = standardError === undefined ? '' : ` ± ${standardError.toPrecision(1)}`;
  const exact = exactAfter === undefined ? '' : `, exact agreement after ${rounds(exactAfter)}`;
  const lossless = federation.network?.community.unreliable === true ? ' (while no message is lost)' : '';
  return `, spectral gap ${spectralGap.toPrecision(3)}${error}${exact}${lossless}`;
}

const rounds = (n: number) => (n === 1 ? '1 round' : `${count(n)} rounds`);

/** The measured skew in a line. */
export function describeSkew(
  { sizes, effectiveClasses, divergence, sizeGini }: Skew,
  classes: number,
): string {
  return [
    sizes.least === sizes.most
      ? `${count(sizes.least)} examples each`
      : `${count(sizes.least)}–${count(sizes.most)} examples each (Gini ${sizeGini.toFixed(2)})`,
    `${effectiveClasses.mean.toFixed(1)} of ${classes} classes in effect`,
    `mean divergence ${divergence.toFixed(2)} bits`,
  ].join(', ');
}

const count = (n: number) => n.toLocaleString('en');
