/**
 * What is run for NoLoCo's page: replicas of the 2NN that take 1,000 inner steps each, by algorithm, number of
 * replicas, data, inner learning rate, γ and the graph that pairs are drawn from.
 */

export const seeds = [1, 2, 3];

/** Inner steps of a run, and examples of each. */
export const STEPS = 1000;
export const BATCH = 20;
/** The inner rate after the warm-up, unless a setting says otherwise; it falls to FLOOR of it along a cosine. */
export const RATE = 0.1;
export const WARMUP = 100;
export const FLOOR = 0.1;

export const datasets = { mnist: 'MNIST', 'fashion-mnist': 'Fashion-MNIST' } as const;
export type Dataset = keyof typeof datasets;
export const datasetNames = ['mnist', 'fashion-mnist'] as const;

const splits = {
  iid: { kind: 'iid' },
  dirichlet: { kind: 'dirichlet', alpha: 0.5 },
} as const;
export type Split = keyof typeof splits;
export const splitNames = ['iid', 'dirichlet'] as const;
export const splitLabels = { iid: 'IID', dirichlet: 'Dirichlet 0.5' } as const;
export const splitOf = (name: Split) => splits[name];

export const replicaCounts = [4, 8, 16, 32] as const;

/** α, β and γ as published for NoLoCo; DiLoCo heavy-ball as in its comparison, and as its own paper has it. */
export const published = { alpha: 0.5, beta: 0.7, gamma: 0.7 } as const;

interface Exchanging {
  readonly label: string;
  /** Inner steps from one outer step to the next: m or H. */
  readonly every: number;
  /** Whether an outer step waits for all replicas or for a partner. */
  readonly waits: 'all' | 'pairs';
  readonly algorithm: Readonly<Record<string, unknown>>;
}

const heavyball = { kind: 'diloco', outerOptimizer: 'heavyball', outerMomentum: 0.3, outerLearningRate: 0.7 };

export const methods = {
  noloco: { label: 'NoLoCo', every: 50, waits: 'pairs', algorithm: { kind: 'noloco', ...published } },
  'diloco-50': { label: 'DiLoCo, H = 50', every: 50, waits: 'all', algorithm: heavyball },
  'diloco-100': { label: 'DiLoCo, H = 100', every: 100, waits: 'all', algorithm: heavyball },
  'local-sgd': { label: 'local SGD', every: 50, waits: 'all', algorithm: { kind: 'local-sgd' } },
  'data-parallel': { label: 'data-parallel', every: 1, waits: 'all', algorithm: { kind: 'data-parallel' } },
  'diloco-nesterov': {
    label: 'DiLoCo, H = 50, Nesterov 0.9',
    every: 50,
    waits: 'all',
    algorithm: { kind: 'diloco' },
  },
} as const satisfies Readonly<Record<string, Exchanging>>;
export type Method = keyof typeof methods;
export const methodOf = (name: Method): Exchanging => methods[name];

/** Those that are compared at every number of replicas. */
export const contested = ['noloco', 'diloco-50', 'diloco-100', 'local-sgd', 'data-parallel'] as const;

const graphs = {
  complete: { kind: 'complete' },
  'small world': { kind: 'watts-strogatz', degree: 4, rewiring: 0.2 },
  torus: { kind: 'torus' },
  ring: { kind: 'ring' },
} as const;
export type Graph = keyof typeof graphs;
export const graphNames = ['complete', 'small world', 'torus', 'ring'] as const;
export const graphOf = (name: Graph) => graphs[name];

export interface Setting {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly replicas: number;
  readonly method: Method;
  /** Of NoLoCo: the pairs' graph, α and γ where they differ from the published ones. */
  readonly graph?: Graph;
  readonly alpha?: number;
  readonly gamma?: number;
  /** A constant inner rate in place of the schedule. */
  readonly rate?: number;
}

/** The comparison: every method, number of replicas, data and split. */
export const comparison: readonly Setting[] = datasetNames.flatMap((dataset) =>
  splitNames.flatMap((split) =>
    replicaCounts.flatMap((replicas) => contested.map((method) => ({ dataset, split, replicas, method }))),
  ),
);

/** How many replicas the ablations have, but for those of the inner rate, which have 8. */
export const ABLATED = 16;
export const ablationOf = (split: Split, changes: Partial<Setting>): Setting => ({
  dataset: 'mnist',
  split,
  replicas: ABLATED,
  method: 'noloco',
  ...changes,
});

/** γ: none, small, the published one; and two of α = 0.9, of which one lies outside the stable interval. */
export const outerSettings = [
  { gamma: 0 },
  { gamma: 0.2 },
  { gamma: published.gamma },
  { alpha: 0.9, gamma: 0.2 },
  { alpha: 0.9, gamma: 0.7 },
] as const;

/** Constant inner rates, a factor 2 apart. */
export const constantRates = [0.0125, 0.025, 0.05, 0.1, 0.2] as const;

/** NoLoCo at another γ, over another graph or with another rate: what there is besides the comparison. */
export const ablations: readonly Setting[] = splitNames.flatMap((split) => [
  ...graphNames.slice(1).map((graph) => ablationOf(split, { graph })),
  ...outerSettings
    .filter(({ gamma, ...rest }) => gamma !== published.gamma || 'alpha' in rest)
    .map((outer) => ablationOf(split, outer)),
  ...constantRates.map((rate) => ablationOf(split, { rate, replicas: 8 })),
  ablationOf(split, { method: 'diloco-nesterov' }),
]);

/** E.g. mnist/iid/N=8/noloco/seed=1, or mnist/iid/N=16/noloco/gamma=0/seed=1. */
export function nameOf({ dataset, split, replicas, method, ...rest }: Setting, seed: number): string {
  const changes = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return [dataset, split, `N=${replicas}`, method, ...changes, `seed=${seed}`].join('/');
}
