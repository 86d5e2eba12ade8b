/** Gossip: how far apart the nodes' models are over time, and what becomes of each layer's variance. */
import type { PopulationEvent } from '../../../records/index.js';
import type { Comparison } from '../../analysis/compare.js';
import type { Group } from '../../analysis/groups.js';
import { intervalOf, type Interval } from '../../analysis/interval.js';
import { rangeAround, scaleFor, type Axis } from '../charts/axes.js';
import { mostBands } from '../charts/band.js';
import { lineChart } from '../charts/line-chart.js';
import type { Series } from '../charts/series.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import { html } from '../page/html.js';
import { count, figure } from '../page/numbers.js';
import type { Section } from '../page/page.js';
import { switchHtml } from '../page/switch.js';
import { mostPanels, panelsOf, type Panel } from './panels.js';

/** Nothing where no run had a population of models. */
export function populationsSection(comparison: Comparison): Section | undefined {
  const populations = comparison.groups.flatMap(({ runs }) =>
    runs.flatMap(({ progress }) => progress.populations),
  );
  if (populations.length === 0) return undefined;
  const panels = panelsOf(comparison)
    .map(({ label, lines }) => ({ label, lines: lines.filter(({ group }) => hasPopulation(group)) }))
    .filter(({ lines }) => lines.length > 0)
    .slice(0, mostPanels);
  const tensors = [...new Set(populations.flatMap(({ varianceRatio }) => Object.keys(varianceRatio)))];
  const consensus: Measure = {
    id: 'consensus',
    label: 'consensus distance',
    of: (event) => event.consensusDistance,
  };
  const variances = tensors.map((tensor, i) => ({
    key: `tensor-${i}`,
    label: tensor,
    content: figuresHtml(
      figuresOf(panels, {
        id: `variance-${i}`,
        label: `variance of ${tensor} ÷ at initialisation`,
        of: ({ varianceRatio }) => (Object.hasOwn(varianceRatio, tensor) ? varianceRatio[tensor] : NaN),
      }),
    ),
  }));
  return {
    id: 'populations',
    heading: 'Populations of models',
    body: html`<p>
        The consensus distance is the root mean square, over nodes, of the distance between a node’s model and
        the mean of all. Averaging models that are not alike shrinks the variance of their weights.
      </p>
      ${figuresHtml(figuresOf(panels, consensus))}
      ${variances.length > 0 ? html`<h3>Variance by layer</h3>` : undefined}
      ${switchHtml('variance-tensor', 'Tensor', variances)}`,
  };
}

const hasPopulation = ({ runs }: Group) => runs.some(({ progress }) => progress.populations.length > 0);

interface Measure {
  readonly id: string;
  readonly label: string;
  readonly of: (event: PopulationEvent) => number;
}

/** A panel's lines, over seeds. */
interface Drawn {
  readonly label: string;
  readonly lines: readonly (Panel['lines'][number] & { readonly points: readonly Averaged[] })[];
}

/** All panels of one measure, on the same vertical axis so that they can be compared. */
function figuresOf(panels: readonly Panel[], measure: Measure): Figure[] {
  const drawn = panels.map(({ label, lines }): Drawn => ({
    label,
    lines: lines.map((line) => ({ ...line, points: overSeeds(line.group, measure.of) })),
  }));
  const points = drawn.flatMap(({ lines }) => lines.flatMap((line) => line.points));
  const banded = drawn.filter(({ lines }) => lines.length <= mostBands).flatMap(({ lines }) => lines);
  const means = points.map(({ mean }) => mean);
  const scale = scaleFor(means);
  const low = Math.min(...means.filter(Number.isFinite));
  // Neither a distance nor a variance is below zero, and a logarithmic axis has no place for what is not positive.
  const floor = scale === 'log' ? low / 2 : 0;
  const endsOf = ({ mean, margin }: Averaged): [low: number, high: number] => [
    Math.max(floor, mean - margin),
    mean + margin,
  ];
  const range = rangeAround(means, banded.flatMap((line) => line.points).flatMap(endsOf), { scale });
  return drawn.map((panel, k) => figureOf(panel, k, measure, { ...range, scale }, endsOf));
}

function figureOf(
  { label, lines: averaged }: Drawn,
  k: number,
  measure: Measure,
  range: Partial<Axis>,
  endsOf: (point: Averaged) => [low: number, high: number],
): Figure {
  const title = `${capital(measure.label)} by round${label === '' ? '' : `, ${label}`}`;
  return {
    id: `${measure.id}-${k + 1}`,
    svg: lineChart({
      title,
      description: averaged
        .map(({ name, points }) => `${name} ends at ${figure(points.at(-1)?.mean ?? NaN)}`)
        .join('; '),
      x: { label: 'round', least: 0, whole: true, format: count },
      y: { label: measure.label, format: figure, ...range },
      series: averaged.map(({ name, look, points }): Series => ({
        name,
        look,
        points: points.map(({ round, mean }) => [round, mean]),
        band: points.map((point) => [point.round, ...endsOf(point)]),
      })),
    }),
    caption: `${title}; means over seeds${averaged.length > mostBands ? '' : ' with the band of their 95 % interval'}.`,
    table: {
      columns: ['Round', ...averaged.map(({ name }) => name)],
      rows: tabled(averaged.map(({ points }) => points)),
    },
  };
}

type Averaged = Interval & { readonly round: number };

/** At the rounds that all seeds have. */
function overSeeds({ runs }: Group, of: Measure['of']): Averaged[] {
  const bySeed = runs.map(
    ({ progress }) => new Map(progress.populations.map((event) => [event.round, event])),
  );
  return [...bySeed[0].keys()].flatMap((round) => {
    const events = bySeed.flatMap((events) => events.get(round) ?? []);
    return events.length < runs.length ? [] : [{ round, ...intervalOf(events.map(of)) }];
  });
}

function tabled(lines: readonly (readonly Averaged[])[]): string[][] {
  const rounds = [...new Set(lines.flatMap((points) => points.map(({ round }) => round)))].sort(
    (a, b) => a - b,
  );
  return rounds.map((round) => [
    count(round),
    ...lines.map((points) => {
      const point = points.find((one) => one.round === round);
      if (point === undefined) return '';
      return Number.isFinite(point.margin)
        ? `${figure(point.mean)} ± ${figure(point.margin)}`
        : figure(point.mean);
    }),
  ]);
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
