/** Accuracy against what is a number: a swept field, or what was measured of the data or the topology. */
import { mean } from '../../../numerics/index.js';
import { axisLabel } from '../../analysis/axes.js';
import type { Comparison } from '../../analysis/compare.js';
import type { Group } from '../../analysis/groups.js';
import { sampleOf, type Interval, type Sample } from '../../analysis/interval.js';
import { rangeAround, rangeOf, scaleFor, type Axis } from '../charts/axes.js';
import { accuracy, averageModelAccuracy, type Metric } from '../../analysis/metrics.js';
import { lineChart } from '../charts/line-chart.js';
import type { Series } from '../charts/series.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { switchHtml } from '../page/switch.js';
import { groupName } from './panels.js';

interface Against {
  readonly key: string;
  readonly label: string;
  readonly of: (group: Group) => number;
  /** Whether the number does not concern the group, so that its accuracy is a line across. */
  readonly isNothingTo: (group: Group) => boolean;
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
    content: figuresHtml([accuracy, averageModelAccuracy].flatMap((y) => trendFigure(x, y, comparison))),
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
        isNothingTo: ({ settings }: Group) => !Object.hasOwn(settings, axis.name),
        of: ({ settings }: Group) => {
          const value = settings[axis.name];
          return typeof value === 'number' ? value : NaN;
        },
      },
    ];
  });
}

/** Both lie between 0 and 1. */
const measured: readonly Against[] = [
  {
    key: 'spectral-gap',
    label: 'spectral gap (measured)',
    joined: false,
    isNothingTo: ({ runs }) => runs.every(({ progress }) => progress.populations.length === 0),
    of: ({ runs }) => mean(runs.map(({ record }) => record.topology?.spectralGap ?? NaN)),
  },
  {
    key: 'divergence',
    label: 'divergence of labels (measured, bits)',
    joined: false,
    isNothingTo: () => false,
    of: ({ runs }) => mean(runs.map(({ record }) => record.skew?.divergence ?? NaN)),
  },
];

interface Row extends Sample {
  readonly group: Group;
  readonly name: string;
  readonly at: number;
}

/** None where the measure is not known. */
function trendFigure(x: Against, y: Metric, { axes, groups, compared }: Comparison): Figure[] {
  const comparedAt = compared === undefined ? -1 : axes.indexOf(compared);
  const name = ({ labels }: Group) =>
    x.joined
      ? labels.filter((label, i) => i !== x.axis && label !== '–').join(', ') || 'accuracy'
      : (labels.at(comparedAt) ?? 'accuracy');
  const all = groups.map((group): Row => ({
    group,
    name: name(group),
    at: x.of(group),
    ...sampleOf(group.runs.map(y.of)),
  }));
  const known = all.filter(({ mean: centre }) => Number.isFinite(centre));
  const rows = known.filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at);
  if (rows.length === 0) return [];
  const levels = known.filter((row) => !rows.includes(row) && x.isNothingTo(row.group));
  const lost = all.filter((row) => !rows.includes(row) && !levels.includes(row) && hasMeasure(row.group, y));
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
        ...endsFor(
          rows.map(({ at }) => at),
          x.joined,
        ),
      },
      y: {
        label: y.label.toLowerCase(),
        format: (share) => percent(share, 0),
        ...rangeAround(
          [...rows, ...levels].map((row) => row.mean),
          rows.flatMap(endsOf),
        ),
      },
      series: seriesOf(rows, levels, x, comparedAt),
    }),
    caption: [
      `${y === accuracy ? 'Accuracy' : 'Accuracy of the nodes’ models, mean over nodes,'} on the test set at the end, against ${x.joined ? '' : 'the '}${x.label}.`,
      ...(levels.length > 0 ? ['A line across is a setting without one.'] : []),
      ...(rows.some(({ count, of }) => count < of)
        ? ['Where a run has no result, the mean is of the others; the numbers say which.']
        : []),
      ...(lost.length > 0 ? [`Not drawn, as not known: ${named(lost, axes)}.`] : []),
    ].join(' '),
    table: {
      columns: [x.label, ...axes.map((axis) => axisLabel(axis.name, axes)), y.label],
      rows: [...rows, ...levels, ...lost].map((row) => [figure(row.at), ...row.group.labels, written(row)]),
    },
  };
  return [trend];
}

/** Only nodes of a population have an accuracy each. */
const hasMeasure = ({ runs }: Group, y: Metric) =>
  y === accuracy || runs.some(({ progress }) => progress.populations.length > 0);

/** A line for each name, and one across for each setting to which the number is nothing. */
function seriesOf(rows: readonly Row[], levels: readonly Row[], x: Against, comparedAt: number): Series[] {
  const beside = ({ labels }: Group) => labels.filter((_, i) => i !== comparedAt).join(', ');
  const names = [...new Set(rows.map(({ name }) => name))];
  return [
    ...names.map((one): Series => {
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
    ...levels.map(({ name, mean: level }): Series => ({ name, points: [], level })),
  ];
}

function written(row: Row): string {
  const { group, mean: centre, margin, count, of } = row;
  if (!Number.isFinite(centre)) return group.runs.some((run) => run.diverged) ? 'diverged' : '–';
  const part = count < of ? ` (${count} of ${of})` : '';
  return `${percent(centre)}${Number.isFinite(margin) ? ` ± ${percent(margin)}` : ''}${part}`;
}

/** Which settings, and that their runs diverged. */
const named = (rows: readonly Row[], axes: Comparison['axes']) =>
  rows
    .map((row) => `${groupName(row.group, axes)}${written(row) === 'diverged' ? ' (diverged)' : ''}`)
    .join('; ');

/** Of an interval, as far as there are such accuracies; NaN where there is none. */
const endsOf = ({ mean: centre, margin }: Interval): [low: number, high: number] => [
  Math.max(0, centre - margin),
  Math.min(1, centre + margin),
];

/** What is swept ends with its values; points that stand apart keep off the ends, but for those that there can be. */
function endsFor(values: readonly number[], joined: boolean): Partial<Axis> {
  const scale = scaleFor(values);
  if (joined) return { scale };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) / 20;
  const range = scale === 'log' ? rangeOf([low, high], { scale }) : rangeOf([low - room, high + room]);
  const { least = 0, most = 1 } = range;
  return { ...range, scale, least: Math.max(0, least), most: Math.min(1, most) };
}
