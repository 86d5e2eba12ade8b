/** Loss by inner step and by virtual time, and the spread of the replicas beside the inner rate. */
import type { Series } from '../../report/charts/series.js';
import { drawing, type Drawing } from '../drawing.js';
import { overSeeds, ratesOf, type Recorded } from './recorded.js';
import {
  contested,
  datasetNames,
  datasets,
  methodOf,
  replicaCounts,
  splitLabels,
  splitNames,
  type Dataset,
  type Split,
} from './settings.js';
import { timeOf } from './times.js';

/** How many replicas the figures are of. */
const REPLICAS = 8;

export function figures(recorded: Recorded, message: number): Drawing[] {
  return datasetNames.flatMap((dataset) =>
    splitNames.flatMap((split) => [
      ...lossFigures(dataset, split, recorded, message),
      ...spreadFigure(dataset, split, recorded),
    ]),
  );
}

function lossFigures(dataset: Dataset, split: Split, recorded: Recorded, message: number): Drawing[] {
  const ran = contested.flatMap((method) => {
    const curves = recorded({ dataset, split, replicas: REPLICAS, method });
    return curves.length > 0 ? [{ method, curves, name: methodOf(method).label }] : [];
  });
  if (ran.length === 0) return [];
  const where = `${datasets[dataset]}, ${splitLabels[split]}, ${REPLICAS} replicas`;
  const y = { label: 'mean test loss of the replicas', least: 0 };
  const path = (by: string) => `figures/noloco-${dataset}-${split}-${by}.svg`;
  return [
    drawing(path('steps'), {
      title: `Loss by inner step: ${where}`,
      description: 'Measured after outer steps; on 1,000 test images, after the last step on all.',
      x: { label: 'inner steps of a replica' },
      y,
      series: ran.map(({ name, curves }) => ({ name, points: overSeeds(curves, 'replicaLoss') })),
    }),
    drawing(path('time'), {
      title: `Loss by virtual time, messages of ${message} inner steps: ${where}`,
      description: 'The time at which the last replica is through the outer step; a logarithmic axis.',
      x: {
        label: 'virtual time in mean inner steps',
        scale: 'log',
        format: (time) => time.toFixed(0),
      },
      y,
      series: ran.map(({ name, curves, method }) => ({
        name,
        points: overSeeds(curves, 'replicaLoss').map(
          ([, loss], index) => [timeOf(curves[0], index, method, REPLICAS, message), loss] as const,
        ),
      })),
    }),
  ];
}

/** Spreads over the greatest of each, so that they can be laid over the rate over its greatest. */
function spreadFigure(dataset: Dataset, split: Split, recorded: Recorded): Drawing[] {
  const series = replicaCounts.flatMap((replicas): Series[] => {
    const curves = recorded({ dataset, split, replicas, method: 'noloco' });
    if (curves.length === 0) return [];
    return [{ name: `${replicas} replicas`, points: relative(overSeeds(curves, 'spread')) }];
  });
  const some = replicaCounts
    .map((replicas) => recorded({ dataset, split, replicas, method: 'noloco' }).at(0))
    .find((curve) => curve !== undefined);
  if (some === undefined) return [];
  const rates = ratesOf(some).map((rate, index) => [some.steps[index], rate] as const);
  return [
    drawing(`figures/noloco-${dataset}-${split}-spread.svg`, {
      title: `Spread of NoLoCo's replicas and inner rate: ${datasets[dataset]}, ${splitLabels[split]}`,
      description: 'Each over its greatest value.',
      x: { label: 'inner steps of a replica' },
      y: { label: 'over the greatest', least: 0 },
      series: [...series, { name: 'inner rate', points: relative(rates) }],
    }),
  ];
}

function relative(points: readonly (readonly [number, number])[]): [number, number][] {
  const most = Math.max(...points.map(([, value]) => value));
  return points.map(([x, value]) => [x, value / most]);
}
