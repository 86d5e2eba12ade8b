/** Accuracy and loss of all settings, against rounds, local steps, bytes or virtual time. */
import { averageCurve, type AveragePoint } from '../../analysis/average.js';
import type { Comparison } from '../../analysis/compare.js';
import type { Interval } from '../../analysis/interval.js';
import { lineChart } from '../charts/line-chart.js';
import type { Series } from '../charts/series.js';
import { rangeAround, scaleFor, type Axis } from '../charts/axes.js';
import { mostBands } from '../charts/band.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { bytes, count, figure, percent } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { switchHtml } from '../page/switch.js';
import { mostPanels, panelsOf, type Panel } from './panels.js';

interface Across {
  readonly key: 'round' | 'steps' | 'bytes' | 'time';
  readonly label: string;
  readonly format: (value: number) => string;
}

const across: readonly Across[] = [
  { key: 'round', label: 'round', format: count },
  { key: 'steps', label: 'local steps of all clients', format: count },
  { key: 'bytes', label: 'bytes moved', format: bytes },
  { key: 'time', label: 'virtual time', format: figure },
];

interface Height {
  readonly key: 'accuracy' | 'loss';
  readonly label: string;
  readonly format: (value: number) => string;
}

const heights: readonly Height[] = [
  { key: 'accuracy', label: 'accuracy', format: percent },
  { key: 'loss', label: 'loss', format: figure },
];

/** A panel's lines, averaged. */
interface Drawn {
  readonly label: string;
  readonly lines: readonly (Panel['lines'][number] & { readonly points: readonly AveragePoint[] })[];
}

export function curvesSection(comparison: Comparison): Section {
  const all = panelsOf(comparison);
  const panels = all.slice(0, mostPanels).map(({ label, lines }): Drawn => ({
    label,
    lines: lines.map((line) => ({
      ...line,
      points: averageCurve(line.group.runs.map(({ curve }) => curve)),
    })),
  }));
  const points = panels.flatMap(({ lines }) => lines.flatMap((line) => line.points));
  const known = across.filter(({ key }) => points.some((point) => point[key] !== undefined));
  const views = known.map((x) => ({
    key: x.key,
    label: x.label,
    content: html`${heights.map((y) => grid(x, y, panels, points))}`,
  }));
  return {
    id: 'curves',
    heading: 'Learning curves',
    body:
      points.length === 0
        ? html`<p>The runs recorded no evaluations.</p>`
        : html`<p>
              On the test set; means over seeds at the rounds that all seeds of a setting were evaluated at,
              with the band of their 95 % interval, cut where it would leave little room for the lines, and
              left to the numbers where a drawing has more than ${mostBands} lines. A line ends where the
              first of its seeds diverged.
              ${all.length > panels.length ? `The first ${mostPanels} of ${count(all.length)} panels are drawn.` : undefined}
            </p>
            ${switchHtml('curves-across', 'Against', views)}`,
  };
}

/** All panels of one measure, on the same vertical axis so that they can be compared. */
function grid(x: Across, y: Height, panels: readonly Drawn[], points: readonly AveragePoint[]) {
  const banded = panels.filter(({ lines }) => lines.length <= mostBands).flatMap(({ lines }) => lines);
  const means = points.map((point) => point[y.key].mean);
  // A loss that grew beyond all others would flatten them on a linear axis.
  const scale = y.key === 'loss' ? scaleFor(means) : 'linear';
  const range = {
    ...rangeAround(
      means,
      banded.flatMap((line) => line.points).flatMap((point) => endsOf(point[y.key], y)),
      { scale },
    ),
    scale,
  };
  return figuresHtml(
    panels.map((panel, i) => curvesFigure(x, y, panel, `${y.key}-by-${x.key}-${i + 1}`, range)),
  );
}

function curvesFigure(
  x: Across,
  y: Height,
  { label, lines }: Drawn,
  id: string,
  range: Partial<Axis>,
): Figure {
  const where = label === '' ? '' : `, ${label}`;
  const title = `${y.label === 'loss' ? 'Loss' : 'Accuracy'} by ${x.label}${where}`;
  const series = lines.map((line): Series => {
    const shown = line.points.flatMap((point) => (point[x.key] === undefined ? [] : [point]));
    return {
      name: line.name,
      look: line.look,
      points: shown.map((point) => [point[x.key] ?? NaN, point[y.key].mean]),
      band: shown.map((point) => [point[x.key] ?? NaN, ...endsOf(point[y.key], y)]),
    };
  });
  const description = `${lines.map(({ name, points }) => `${name}: ${ending(y, points)}`).join('; ')}.`;
  return {
    id,
    svg: lineChart({
      title,
      description,
      x: { label: x.label, least: 0, whole: x.key === 'round', format: x.format },
      y: { label: y.label, format: y.key === 'accuracy' ? (share) => percent(share, 0) : figure, ...range },
      series,
    }),
    caption: `${title}.`,
    table: {
      columns: [
        'Round',
        ...lines.flatMap(({ name }) => (x.key === 'round' ? [name] : [`${name}: ${x.label}`, name])),
      ],
      rows: rowsByRound(x, y, lines),
    },
  };
}

function ending(y: Height, points: readonly AveragePoint[]): string {
  const last = points.at(-1);
  return last === undefined ? 'no evaluations' : `${written(last[y.key], y)} at round ${count(last.round)}`;
}

function rowsByRound(x: Across, y: Height, lines: Drawn['lines']): string[][] {
  const byRound = lines.map(({ points }) => new Map(points.map((point) => [point.round, point])));
  const rounds = [...new Set(byRound.flatMap((points) => [...points.keys()]))].sort((a, b) => a - b);
  return rounds.map((round) => [
    count(round),
    ...byRound.flatMap((points) => {
      const point = points.get(round);
      const value = point === undefined ? '' : written(point[y.key], y);
      return x.key === 'round' ? [value] : [point === undefined ? '' : x.format(point[x.key] ?? NaN), value];
    }),
  ]);
}

const written = ({ mean, margin }: Interval, { format }: Height) =>
  Number.isFinite(margin) ? `${format(mean)} ± ${format(margin)}` : format(mean);

/** The interval, as far as there can be such values; the mean alone where there is none. */
function endsOf({ mean, margin }: Interval, { key }: Height): [low: number, high: number] {
  const wide = Number.isFinite(margin) ? margin : 0;
  return [Math.max(0, mean - wide), key === 'accuracy' ? Math.min(1, mean + wide) : mean + wide];
}
