/** The figures: accuracy by round for each network, and what averaging does to the variance in the first rounds. */
import { topologies } from '../../../topologies/index.js';
import { lineChart } from '../../report/charts/line-chart.js';
import type { Series } from '../../report/charts/series.js';
import { themes, withColours } from '../../report/charts/colours.js';
import type { Curve } from './cells.js';
import { afterMerges } from './closed-form.js';
import { overSeeds, type Recorded } from './recorded.js';
import {
  contested,
  inits,
  NODES,
  seeds,
  SHARE,
  topologyOf,
  type GossipSetting,
  type TopologyName,
} from './settings.js';

/** What a figure of accuracies is of. */
export type Network = Pick<GossipSetting, 'model' | 'split' | 'topology'>;

/** A figure's place in docs/, and what its picture says. */
export interface Drawing {
  readonly path: string;
  readonly text: string;
  readonly svg: string;
}

export const labels = {
  mean: 'plain',
  'variance-corrected': 'corrected',
  'age-weighted': 'age-weighted',
  'sample-weighted': 'sample-weighted',
} as const;

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** Accuracy by round on one network, with what there is; nothing where nothing ran. */
export function accuracyFigure(network: Network, recorded: Recorded): Drawing | undefined {
  const gossip = inits.flatMap((init) =>
    contested.flatMap((merge) =>
      series(`${init}, ${labels[merge]}`, recorded.curves({ ...network, init, merge })),
    ),
  );
  if (gossip.length === 0) return undefined;
  const { model, split, topology } = network;
  const title = `Mean accuracy of the nodes by round: ${model}, ${split}, ${topology}`;
  return {
    path: `figures/vanishing-variance-${slug(model)}-${slug(split)}-${slug(topology)}.svg`,
    text: title,
    svg: drawn({
      title,
      description:
        'Initialisation own per node or the same for all, merged by the plain or the corrected mean, and FedAvg.',
      x: { label: 'round' },
      y: { label: 'accuracy', format: percent },
      series: [...gossip, ...series('FedAvg', recorded.curves({ model }))],
    }),
  };
}

function series(name: string, curves: readonly Curve[]): Series[] {
  if (curves.length === 0) return [];
  const rows = overSeeds(curves);
  return [
    {
      name,
      points: rows.map((row) => [row.round, row.mean]),
      ...(curves.length > 1 && { band: rows.map((row) => [row.round, row.least, row.greatest]) }),
    },
  ];
}

/** The ratio of the first layer's variance to the initial one in the first rounds, beside the closed form. */
export function varianceFigure(topology: TopologyName, recorded: Recorded): Drawing | undefined {
  const measured = contested.flatMap((merge) => {
    const curve = recorded.first({ model: '2NN', split: 'IID', topology, init: 'own', merge });
    return curve ? [{ name: labels[merge], points: fromOne(firstLayer(curve)) }] : [];
  });
  if (measured.length === 0) return undefined;
  const rounds = Math.max(...measured.map(({ points }) => points.length)) - 1;
  const title = `Variance of the first layer over its initial variance: ${topology}`;
  return {
    path: `figures/vanishing-variance-first-rounds-${slug(topology)}.svg`,
    text: title,
    svg: drawn({
      title,
      description: `Own initialisation; the closed form is for merges without training; the least is 1/${NODES}.`,
      x: { label: 'round' },
      y: { label: 'variance / initial', scale: 'log' },
      series: [
        ...measured,
        { name: 'closed form, plain', points: fromOne(predicted(topology, rounds)) },
        {
          name: `1/${NODES}`,
          points: [
            [0, 1 / NODES],
            [rounds, 1 / NODES],
          ],
        },
      ],
    }),
  };
}

/** What is left of the variance after each of so many plain merges on the graph of the traced seed. */
export function predicted(topology: TopologyName, merges: number): number[] {
  const made = topologies.create(topologyOf(topology), {
    seed: seeds[0],
    nodes: NODES,
    readFile: () => '',
  });
  return afterMerges(made.at(0), SHARE, merges);
}

export const firstLayer = ({ varianceRatio }: Curve): readonly number[] =>
  varianceRatio['dense1/kernel'] ?? [];

const fromOne = (values: readonly number[]) => [1, ...values].map((value, round) => [round, value] as const);

const drawn = (chart: Parameters<typeof lineChart>[0]) => withColours(lineChart(chart), themes.light);

const slug = (name: string) =>
  name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
