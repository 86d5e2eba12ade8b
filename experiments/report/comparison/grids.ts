/** A measure over two axes, as a map. */
import { axisLabel, valueLabel, type Axis } from '../../analysis/axes.js';
import { reachIn, type Comparison } from '../../analysis/compare.js';
import { familiesOf } from '../../analysis/families.js';
import type { Group } from '../../analysis/groups.js';
import { sampleOf, type Sample } from '../../analysis/interval.js';
import { metrics } from '../../analysis/metrics.js';
import { scaleOf, type Unit } from '../../tables/scale.js';
import { heatmap } from '../charts/heatmap.js';
import { figuresHtml, type Figure } from '../page/figure.js';
import type { Section } from '../page/page.js';
import { html } from '../page/html.js';
import { switchHtml } from '../page/switch.js';
import { mostPanels, otherSettings } from './panels.js';

interface Measure {
  readonly key: string;
  readonly label: string;
  readonly unit: Unit;
  /** The mean is NaN where there is none. */
  readonly of: (group: Group) => Pick<Sample, 'mean' | 'count' | 'of'>;
}

/** Nothing where fewer than two axes are left. */
export function gridsSection(comparison: Comparison): Section | undefined {
  const { axes, groups, compared } = comparison;
  if (compared === undefined || axes.length < 2) return undefined;
  const across = axes
    .filter((axis) => axis !== compared)
    .reduce((most, axis) => (axis.values.length > most.values.length ? axis : most));
  const views = measuresOf(comparison)
    .filter(({ of }) => groups.some((group) => Number.isFinite(of(group).mean)))
    .map((measure) => ({
      key: measure.key,
      label: measure.label,
      content: figuresHtml(mapsOf(measure, comparison, across, compared)),
    }));
  return {
    id: 'grid',
    heading: `${capital(axisLabel(compared.name, axes))} × ${axisLabel(across.name, axes)}`,
    body: html`<p>
        Means over seeds. A cell is empty where there is no run; “–” is a run without this number, and
        “diverged” one that has none for that reason. * is the mean of those runs of a setting that have it.
      </p>
      ${switchHtml('grid-measure', 'Measure', views)}`,
  };
}

function measuresOf({ target, area }: Comparison): Measure[] {
  const shown = [...metrics, ...(area ? [area] : [])].map((metric) => ({
    ...metric,
    of: (group: Group) => sampleOf(group.runs.map(metric.of)),
  }));
  if (target === undefined) return shown;
  const rounds: Measure = {
    key: 'rounds_to_target',
    label: `Rounds to ${Number((100 * target).toFixed(2))} %, where every run reached`,
    unit: 'count',
    of: ({ runs, ...group }) => {
      const mean = reachIn({ runs, ...group }, target, ({ round }) => round)?.all?.mean ?? NaN;
      return { mean, count: runs.length, of: runs.length };
    },
  };
  return [shown[0], rounds, ...shown.slice(1)];
}

/** A map for each setting of the axes that are on neither side. */
function mapsOf(measure: Measure, { axes, groups }: Comparison, across: Axis, down: Axis): Figure[] {
  const families = familiesOf(
    groups,
    axes.filter((axis) => axis !== across && axis !== down),
  );
  const known = groups.map((group) => measure.of(group).mean).filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const scale = scaleOf(measure.unit, known);
  const unit = scale.symbol === '' ? '' : ` (${scale.symbol})`;
  return families.slice(0, mostPanels).map((family, i) => {
    const where = otherSettings(family, axes, [across, down]);
    const columns = namesAlong(across, axes, family);
    const rows = namesAlong(down, axes, family);
    const cells = rows.map((row) =>
      columns.map((column) => {
        const group = family.find(
          ({ labels }) => labels[axes.indexOf(across)] === column && labels[axes.indexOf(down)] === row,
        );
        return group && cellOf(measure, group, scale.write);
      }),
    );
    const title = `${measure.label}${unit} by ${axisLabel(down.name, axes)} and ${axisLabel(across.name, axes)}`;
    const isWide = columns.length > 6;
    return {
      id: `grid-${measure.key.replaceAll('_', '-')}-${i + 1}`,
      wide: isWide,
      svg: heatmap({
        title,
        description: `From ${scale.write(low)} to ${scale.write(high)}${unit}.`,
        width: isWide ? 960 : 460,
        height: Math.max(180, 110 + 30 * rows.length),
        x: { label: axisLabel(across.name, axes), names: columns },
        y: { label: axisLabel(down.name, axes), names: rows },
        values: cells.map((row) => row.map((cell) => cell?.value)),
        amounts: { label: `${shortened(measure.label)}${unit}`, format: scale.write, low, high },
        written: cells.map((row) => row.map((cell) => cell?.text ?? '')),
      }),
      caption: `${title}${where === '' ? '' : `, ${where}`}. Mean over seeds.`,
      table: {
        columns: [axisLabel(down.name, axes), ...columns],
        rows: rows.map((row, j) => [row, ...cells[j].map((cell) => cell?.text ?? '')]),
      },
    };
  });
}

/** The axis' values; before them a dash where a group has none, as its algorithm does not read the axis. */
function namesAlong(axis: Axis, axes: readonly Axis[], groups: readonly Group[]): string[] {
  const at = axes.indexOf(axis);
  const hasNone = groups.some(({ labels }) => labels[at] === '–');
  return [...(hasNone ? ['–'] : []), ...axis.values.map(valueLabel)];
}

function cellOf({ of }: Measure, group: Group, write: (value: number) => string) {
  const { mean, count, of: runs } = of(group);
  if (Number.isFinite(mean)) return { value: mean, text: `${write(mean)}${count < runs ? ' *' : ''}` };
  return { value: undefined, text: group.runs.every((run) => run.diverged) ? 'diverged' : '–' };
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const shortened = (label: string) => label.replace(/,.*/, '');
