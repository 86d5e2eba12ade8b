/** The tables of NoLoCo's page. */
import { mixing, spectrum, topologies } from '../../../topologies/index.js';
import { allReduceRatio, blockingTimes } from '../../latency-model.js';
import { table } from '../markdown.js';
import { final, meanOfAll, settledSpread, type Measure, type Recorded } from './recorded.js';
import {
  ABLATED,
  ablationOf,
  constantRates,
  contested,
  datasetNames,
  datasets,
  graphNames,
  graphOf,
  methodOf,
  outerSettings,
  published,
  replicaCounts,
  seeds,
  splitLabels,
  splitNames,
  type Dataset,
  type Graph,
  type Setting,
  type Split,
} from './settings.js';
import { timeTo } from './times.js';

export const percent = (value: number | undefined) => (value === undefined ? '' : (100 * value).toFixed(1));
export const loss = (value: number | undefined) => value?.toFixed(3) ?? '';
const inMillionths = (value: number | undefined) => (value === undefined ? '' : (1e6 * value).toFixed(0));

interface Row {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly replicas: number;
}

export const rows: readonly Row[] = datasetNames.flatMap((dataset) =>
  splitNames.flatMap((split) => replicaCounts.map((replicas) => ({ dataset, split, replicas }))),
);

const named = ({ dataset, split, replicas }: Row) => [
  datasets[dataset],
  splitLabels[split],
  String(replicas),
];

const labels = contested.map((method) => methodOf(method).label);

/** A measure at the end of the runs, by method, and how many seeds ran. */
export function endsTable(
  recorded: Recorded,
  measure: Measure,
  write: (value: number | undefined) => string,
) {
  return table(
    ['data', 'split', 'replicas', ...labels, 'seeds'],
    2,
    rows.map((row) => {
      const curves = contested.map((method) => recorded({ ...row, method }));
      return [
        ...named(row),
        ...curves.map((of) => write(final(of, measure))),
        seedsText(curves.map((of) => of.length)),
      ];
    }),
  );
}

/** E.g. "1", or "1 to 3"; nothing where nothing ran. */
function seedsText(counts: readonly number[]): string {
  const ran = counts.filter((count) => count > 0);
  if (ran.length === 0) return '';
  const [least, most] = [Math.min(...ran), Math.max(...ran)];
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Accuracy of the replicas whose time is asked for. */
export const targets = { mnist: 0.9, 'fashion-mnist': 0.75 } as const;

/** Virtual time until the replicas reach the target, by method. */
export function timesTable(recorded: Recorded, message: number): string {
  return table(
    ['data', 'split', 'replicas', ...labels],
    2,
    rows.map((row) => [
      ...named(row),
      ...contested.map((method) => {
        const curves = recorded({ ...row, method });
        const times = curves.map((curve) =>
          timeTo(targets[row.dataset], curve, method, row.replicas, message),
        );
        if (times.length === 0) return '';
        return meanOfAll(times)?.toFixed(0) ?? 'not reached';
      }),
    ]),
  );
}

const outerText = (alpha: number, gamma: number) => `α ${alpha}, γ ${gamma}`;

/** What the published α and γ, and others, make of the replicas. */
export function outerTable(recorded: Recorded): string {
  const settings = outerSettings.map((outer) => ({ alpha: published.alpha, ...outer }));
  return table(
    [
      'split',
      'outer step',
      'accuracy of replicas',
      'of their mean',
      'loss of replicas',
      'spread · 10⁶',
      'seeds',
    ],
    2,
    splitNames.flatMap((split) =>
      settings.map(({ alpha, gamma }) => {
        const curves = recorded(outerSetting(split, alpha, gamma));
        const diverged = curves.filter(({ ended }) => ended === 'diverged').length;
        return [
          splitLabels[split],
          outerText(alpha, gamma),
          diverged > 0
            ? `diverged (${diverged} of ${curves.length})`
            : percent(final(curves, 'replicaAccuracy')),
          percent(final(curves, 'averageAccuracy')),
          loss(final(curves, 'replicaLoss')),
          inMillionths(final(curves, 'spread')),
          curves.length === 0 ? '' : String(curves.length),
        ];
      }),
    ),
  );
}

/** The published setting is a run of the comparison. */
export function outerSetting(split: Split, alpha: number, gamma: number): Setting {
  return ablationOf(split, {
    ...(alpha !== published.alpha && { alpha }),
    ...((gamma !== published.gamma || alpha !== published.alpha) && { gamma }),
  });
}

/** 1 − |λ₂| of Metropolis–Hastings weights on the graph of the first seed. */
export function spectralGap(graph: Graph): number {
  const made = topologies.create(graphOf(graph), { seed: seeds[0], nodes: ABLATED, readFile: () => '' });
  return spectrum(mixing.create({ kind: 'metropolis-hastings' }, made.at(0))).spectralGap;
}

export const graphSetting = (split: Split, graph: Graph): Setting =>
  ablationOf(split, graph === 'complete' ? {} : { graph });

/** Pairs from the edges of graphs, by spectral gap. */
export function graphsTable(recorded: Recorded): string {
  return table(
    [
      'split',
      'pairs from',
      'spectral gap',
      'accuracy of replicas',
      'of their mean',
      'loss of replicas',
      'spread · 10⁶',
      'seeds',
    ],
    2,
    splitNames.flatMap((split) =>
      graphNames.map((graph) => {
        const curves = recorded(graphSetting(split, graph));
        return [
          splitLabels[split],
          graph,
          spectralGap(graph).toFixed(3),
          percent(final(curves, 'replicaAccuracy')),
          percent(final(curves, 'averageAccuracy')),
          loss(final(curves, 'replicaLoss')),
          inMillionths(final(curves, 'spread')),
          curves.length === 0 ? '' : String(curves.length),
        ];
      }),
    ),
  );
}

export const rateSetting = (split: Split, rate: number): Setting => ablationOf(split, { rate, replicas: 8 });

/** The spread that constant inner rates settle at. */
export function ratesTable(recorded: Recorded): string {
  return table(
    ['split', ...constantRates.map((rate) => `η = ${rate}`)],
    1,
    splitNames.map((split) => [
      splitLabels[split],
      ...constantRates.map((rate) => inMillionths(settledSpread(recorded(rateSetting(split, rate))))),
    ]),
  );
}

const nodeCounts = [4, 16, 64, 256, 1024];
const spreads = [0, 0.5, 1, 1.5, 2, 2.5];

/** How many times longer a tree all-reduce takes than a pair's exchange. */
export const allReduceTable = (): string =>
  table(
    ['std / mean', ...nodeCounts.map(String)],
    0,
    spreads.map((spread) => [
      String(spread),
      ...nodeCounts.map((nodes) => allReduceRatio(nodes, spread, Math.ceil(300_000 / nodes), 1).toFixed(1)),
    ]),
  );

/** How many times longer waiting for all takes than waiting for a partner. */
export const blockingTable = (): string =>
  table(
    ['replicas', ...[10, 25, 50, 100].map((steps) => `m = ${steps}`)],
    0,
    nodeCounts.map((replicas) => [
      String(replicas),
      ...[10, 25, 50, 100].map((innerSteps) => {
        const { all, pairs } = blockingTimes({ replicas, innerSteps, outerSteps: 100, seed: 1 });
        return (all / pairs).toFixed(2);
      }),
    ]),
  );
