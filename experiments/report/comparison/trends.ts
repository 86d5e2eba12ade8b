/** Accuracy against what is a number: a swept field, or what was measured of the data or the topology. */
import { mean } from '../../../numerics/index.js';
import { axisLabel } from '../../analysis/axes.js';
import type { Comparison } from '../../analysis/compare.js';
import type { Group } from '../../analysis/groups.js';
import { intervalOf, type Interval } from '../../analysis/interval.js';
import { rangeAround, rangeOf } from '../charts/axes.js';
import { accuracy, nodeAccuracy, type Metric } from '../../analysis/metrics.js';
import { lineChart } from '../charts/line-chart.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { switchHtml } from '../page/switch.js';

interface Against {
  readonly key: string;
  readonly label: string;
  readonly of: (group: Group) => number;
  /** Whether something lies between the points, so that a line may join them. */
  readonly joined: boolean;
  /** The place of the axis that it is, among the axes. */
  readonly axis?: number;
}

/** Nothing where no number differs between settings. */
export function trendsSection(comparison: Comparison): Section | undefined {
  const against = [...sweptNumbers(comparison), ...measured].filter(
    ({ of }) => new Set(comparison.groups.map(of).filter(Number.isFinite).map(figure)).size > 2,
  );
  if (against.length === 0) return undefined;
  const views = against.map((x) => ({
    key: x.key,
    label: x.label,
    content: figuresHtml([accuracy, nodeAccuracy].flatMap((y) => trendFigure(x, y, comparison))),
  }));
  return {
    id: 'trends',
    heading: 'What accuracy goes with',
    body: html`<p>Means over seeds; bands and bars are 95 % intervals.</p>
      ${switchHtml('trends-against', 'Against', views)}`,
  };
}

function sweptNumbers({ axes }: Comparison): Against[] {
  return axes.flatMap((axis, place) => {
    if (!axis.values.every((value) => typeof value === 'number')) return [];
    const label = axisLabel(axis.name, axes);
    return [
      {
        key: axis.name.replaceAll('.', '-'),
        label,
        joined: true,
        axis: place,
        of: ({ settings }: Group) => {
          const value = settings[axis.name];
          return typeof value === 'number' ? value : NaN;
        },
      },
    ];
  });
}

const measured: readonly Against[] = [
  {
    key: 'spectral-gap',
    label: 'spectral gap (measured)',
    joined: false,
    of: ({ runs }) => mean(runs.map(({ record }) => record.topology?.spectralGap ?? NaN)),
  },
  {
    key: 'divergence',
    label: 'divergence of labels (measured, bits)',
    joined: false,
    of: ({ runs }) => mean(runs.map(({ record }) => record.skew.divergence)),
  },
];

/** None where the measure is not known. */
function trendFigure(x: Against, y: Metric, { axes, groups, compared }: Comparison): Figure[] {
  const comparedAt = compared === undefined ? -1 : axes.indexOf(compared);
  const name = ({ labels }: Group) =>
    x.joined
      ? labels.filter((label, i) => i !== x.axis && label !== '–').join(', ') || 'accuracy'
      : (labels.at(comparedAt) ?? 'accuracy');
  const rows = groups
    .map((group) => ({
      group,
      name: name(group),
      at: x.of(group),
      ...intervalOf(group.runs.map(y.of)),
    }))
    .filter(({ at, mean: centre }) => Number.isFinite(at) && Number.isFinite(centre))
    .sort((a, b) => a.at - b.at);
  const beside = ({ labels }: Group) => labels.filter((_, i) => i !== comparedAt).join(', ');
  const names = [...new Set(groups.map(name))].filter((one) => rows.some((row) => row.name === one));
  if (rows.length === 0) return [];
  const title = `${y.label} against ${x.label}`;
  const trend: Figure = {
    id: `trend-${y.key.replaceAll('_', '-')}-${x.key}`,
    wide: true,
    svg: lineChart({
      title,
      description: `${rows.length} settings.`,
      width: 944,
      height: 440,
      x: {
        label: x.label,
        format: figure,
        ...scaleFor(
          rows.map(({ at }) => at),
          x.joined,
        ),
      },
      y: {
        label: y.label.toLowerCase(),
        format: (share) => percent(share, 0),
        ...rangeAround(
          rows.map((row) => row.mean),
          rows.flatMap(endsOf),
        ),
      },
      series: names.map((one) => {
        const mine = rows.filter((row) => row.name === one);
        return {
          name: one,
          apart: !x.joined,
          // Settings of one series say where those of all are.
          ...(!x.joined && one === names[0] && { labels: mine.map(({ group }) => beside(group)) }),
          points: mine.map((row) => [row.at, row.mean]),
          band: mine.map((row) => [row.at, ...endsOf(row)]),
        };
      }),
    }),
    caption: `${y === accuracy ? 'Accuracy' : 'Accuracy of the nodes’ models, mean over nodes,'} on the test set at the end, against ${x.joined ? '' : 'the '}${x.label}.`,
    table: {
      columns: [x.label, ...axes.map((axis) => axisLabel(axis.name, axes)), y.label],
      rows: rows.map(({ at, group, mean: centre, margin }) => [
        figure(at),
        ...group.labels,
        Number.isFinite(margin) ? `${percent(centre)} ± ${percent(margin)}` : percent(centre),
      ]),
    },
  };
  return [trend];
}

/** Of an interval, as far as there are such accuracies; NaN where there is none. */
const endsOf = ({ mean: centre, margin }: Interval): [low: number, high: number] => [
  Math.max(0, centre - margin),
  Math.min(1, centre + margin),
];

/** Positive numbers over more than a factor of 20 are read on a logarithmic axis. */
function scaleFor(values: readonly number[], joined: boolean) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = low > 0 && high > 20 * low ? ('log' as const) : ('linear' as const);
  if (joined) return { scale };
  // Points that stand apart keep off the ends.
  const room = (high - low) / 20;
  return {
    scale,
    ...(scale === 'log'
      ? { least: figures(low / 1.5), most: figures(1.5 * high) }
      : rangeOf([low - room, high + room])),
  };
}

const figures = (value: number) => Number(value.toPrecision(1));
