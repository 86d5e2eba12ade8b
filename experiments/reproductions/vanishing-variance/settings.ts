/**
 * What is run: gossip of 50 nodes on MNIST by the protocol of Tian et al. (arXiv 2404.04616), by initialisation, merge
 * rule, topology, data and depth, and FedAvg as reference; most telling first, all of a seed before the next.
 */

/** Nodes of a run. */
export const NODES = 50;

/** β, the own model's share of a merge: the authors' default. */
export const SHARE = 0.5;

export const seeds = [1, 2, 3];

/** Rounds of ten ticks after which a run of perceptrons gives up. */
export const ROUNDS = 250;
/** The authors' longest runs, 10,000 ticks. */
export const ROUNDS_OF_LENET = 1000;
export const roundsOf = (model: ModelName) => (model === 'LeNet-5' ? ROUNDS_OF_LENET : ROUNDS);

/** Mean node accuracy that ends a run. */
export const ENOUGH = 0.97;

const topologies = {
  ring: { kind: 'ring' },
  '8-regular': { kind: 'regular', degree: 8 },
  'Watts–Strogatz': { kind: 'watts-strogatz', degree: 8, rewiring: 0.1 },
  'Barabási–Albert': { kind: 'barabasi-albert', edges: 4 },
  complete: { kind: 'complete' },
  star: { kind: 'star' },
} as const;
export type TopologyName = keyof typeof topologies;
export const topologyOf = (name: TopologyName) => topologies[name];
export const topologyNames = [
  'ring',
  '8-regular',
  'Watts–Strogatz',
  'Barabási–Albert',
  'complete',
  'star',
] as const;

const splits = {
  IID: { kind: 'iid' },
  'Dirichlet 0.5': { kind: 'dirichlet', alpha: 0.5 },
  'Dirichlet 0.1': { kind: 'dirichlet', alpha: 0.1 },
  shards: { kind: 'shards' },
} as const;
export type Split = keyof typeof splits;
export const splitOf = (name: Split) => splits[name];

const models = {
  '2NN': '2nn',
  /** Five hidden layers: what averaging does to scale is done five times over. */
  'five layers': { kind: 'mlp', hidden: [100, 100, 100, 100, 100] },
  'LeNet-5': 'lenet5',
} as const;
export type ModelName = keyof typeof models;
export const modelOf = (name: ModelName) => models[name];

export type Init = 'own' | 'same';
export type Merge = 'mean' | 'variance-corrected' | 'age-weighted' | 'sample-weighted';

export interface GossipSetting {
  readonly model: ModelName;
  readonly split: Split;
  readonly topology: TopologyName;
  readonly init: Init;
  readonly merge: Merge;
}

/** FedAvg with the same model; with one step a round, how the data is split plays no part. */
export type ReferenceSetting = Pick<GossipSetting, 'model'>;

export const inits = ['own', 'same'] as const;
/** Plain averaging and the corrected one. */
export const contested = ['mean', 'variance-corrected'] as const;
export const weighted = ['age-weighted', 'sample-weighted'] as const;

const usual = { model: '2NN', split: 'IID', topology: '8-regular', init: 'own' } as const;
type Changes = Partial<Omit<GossipSetting, 'merge'>>;
const pair = (changes: Changes): GossipSetting[] =>
  contested.map((merge) => ({ ...usual, ...changes, merge }));

const deep = 'five layers';
const lenet = 'LeNet-5';
const others = ['star', 'Barabási–Albert', 'Watts–Strogatz'] as const;
const skewed = ['Dirichlet 0.1', 'Dirichlet 0.5', 'shards'] as const;

/** In the order in which they are run. */
export const settings: readonly (GossipSetting | ReferenceSetting)[] = [
  ...pair({}),
  { model: usual.model },
  ...pair({ topology: 'ring' }),
  ...pair({ init: 'same' }),
  ...pair({ model: deep }),
  { model: deep },
  ...pair({ model: lenet }),
  { model: lenet },
  ...pair({ topology: 'complete' }),
  ...others.flatMap((topology) => pair({ topology })),
  ...skewed.flatMap((split) => pair({ split })),
  ...(['ring', 'complete'] as const).flatMap((topology) => pair({ model: deep, topology })),
  ...pair({ model: deep, init: 'same' }),
  ...skewed.flatMap((split) => pair({ split, init: 'same' })),
  // Weighting by examples differs from the plain mean only where nodes hold more or fewer of them.
  ...inits.flatMap((init) =>
    weighted.map((merge): GossipSetting => ({ ...usual, split: 'Dirichlet 0.5', init, merge })),
  ),
  ...(['ring', 'complete', ...others] as const).flatMap((topology) => pair({ topology, init: 'same' })),
  ...(['ring', 'complete'] as const).flatMap((topology) => pair({ model: deep, topology, init: 'same' })),
];

/** The topologies on which the variance is followed round by round. */
export const tracedTopologies = ['8-regular', 'ring', 'complete', 'star'] as const;

/** The runs whose first rounds are recorded by themselves: the variance of each round, the accuracy at the end. */
export const traced: readonly (GossipSetting | ReferenceSetting)[] = [
  ...tracedTopologies.flatMap((topology) => pair({ topology })),
  { model: usual.model },
  ...pair({ model: deep }),
  { model: deep },
  ...pair({ model: lenet }),
  { model: lenet },
  ...pair({ init: 'same' }),
  ...pair({ split: 'shards' }),
];

/** How many rounds these are. */
export const FIRST_ROUNDS = 20;

export const isGossip = (setting: GossipSetting | ReferenceSetting): setting is GossipSetting =>
  'merge' in setting;

/** E.g. 2NN/IID/8-regular/own/mean/seed=1, or 2NN/fedavg/seed=1. */
export function nameOf(setting: GossipSetting | ReferenceSetting, seed: number): string {
  const rest = isGossip(setting)
    ? [setting.split, setting.topology, setting.init, setting.merge]
    : ['fedavg'];
  return [setting.model, ...rest, `seed=${seed}`].join('/');
}
