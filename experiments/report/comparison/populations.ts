/** Gossip: how far apart the nodes' models are over time, and what becomes of each layer's variance. */
import type { PopulationEvent } from '../../../runs/index.js';
import type { Comparison } from '../../analysis/compare.js';
import type { Group } from '../../analysis/groups.js';
import { intervalOf, type Interval } from '../../analysis/interval.js';
import { lineChart, type Series } from '../charts/line-chart.js';
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
      panels.map((panel, k) =>
        figureOf(panel, k, {
          id: `variance-${i}`,
          label: `variance of ${tensor} ÷ at initialisation`,
          of: ({ varianceRatio }) => (Object.hasOwn(varianceRatio, tensor) ? varianceRatio[tensor] : NaN),
        }),
      ),
    ),
  }));
  return {
    id: 'populations',
    heading: 'Populations of models',
    body: html`<p>
        The consensus distance is the root mean square, over nodes, of the distance between a node’s model and
        the mean of all. Averaging models that are not alike shrinks the variance of their weights.
      </p>
      ${figuresHtml(panels.map((panel, k) => figureOf(panel, k, consensus)))}
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

function figureOf({ label, lines }: Panel, k: number, measure: Measure): Figure {
  const averaged = lines.map((line) => ({ ...line, points: overSeeds(line.group, measure.of) }));
  const title = `${capital(measure.label)} by round${label === '' ? '' : `, ${label}`}`;
  const values = averaged.flatMap(({ points }) => points.map(({ mean }) => mean)).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = low > 0 && high > 20 * low;
  return {
    id: `${measure.id}-${k + 1}`,
    svg: lineChart({
      title,
      description: averaged
        .map(({ name, points }) => `${name} ends at ${figure(points.at(-1)?.mean ?? NaN)}`)
        .join('; '),
      x: { label: 'round', least: 0, whole: true, format: count },
      y: { label: measure.label, format: figure, scale: isLog ? 'log' : 'linear' },
      series: averaged.map(({ name, look, points }): Series => ({
        name,
        look,
        points: points.map(({ round, mean }) => [round, mean]),
        band: points.map(({ round, mean, margin }) => [
          round,
          // A logarithmic axis has no place for what is not positive.
          isLog ? Math.max(mean - margin, low / 2) : mean - margin,
          mean + margin,
        ]),
      })),
    }),
    caption: `${title}; means over seeds with the band of their 95 % interval.`,
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
