/** A measure over two axes, as a map. */
import { axisLabel, valueLabel, type Axis } from '../../analysis/axes.js';
import { reachIn, type Comparison } from '../../analysis/compare.js';
import { settingsKey, type Group } from '../../analysis/groups.js';
import { intervalOf } from '../../analysis/interval.js';
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
  /** NaN where there is none. */
  readonly of: (group: Group) => number;
}

/** Nothing where fewer than two axes are left. */
export function gridsSection(comparison: Comparison): Section | undefined {
  const { axes, groups, compared } = comparison;
  if (compared === undefined || axes.length < 2) return undefined;
  const across = axes
    .filter((axis) => axis !== compared)
    .reduce((most, axis) => (axis.values.length > most.values.length ? axis : most));
  const views = measuresOf(comparison)
    .filter(({ of }) => groups.some((group) => Number.isFinite(of(group))))
    .map((measure) => ({
      key: measure.key,
      label: measure.label,
      content: figuresHtml(mapsOf(measure, comparison, across, compared)),
    }));
  return {
    id: 'grid',
    heading: `${capital(axisLabel(compared.name, axes))} × ${axisLabel(across.name, axes)}`,
    body: html`<p>Means over seeds. A cell stays empty where there is no run, or no number for it.</p>
      ${switchHtml('grid-measure', 'Measure', views)}`,
  };
}

function measuresOf({ target, area }: Comparison): Measure[] {
  const shown = [...metrics, ...(area ? [area] : [])].map((metric) => ({
    ...metric,
    of: (group: Group) => intervalOf(group.runs.map(metric.of)).mean,
  }));
  if (target === undefined) return shown;
  const rounds: Measure = {
    key: 'rounds_to_target',
    label: `Rounds to ${Number((100 * target).toFixed(2))} %, where every run reached`,
    unit: 'count',
    of: (group) => reachIn(group, target, ({ round }) => round)?.all?.mean ?? NaN,
  };
  return [shown[0], rounds, ...shown.slice(1)];
}

/** A map for each setting of the axes that are on neither side. */
function mapsOf(measure: Measure, { axes, groups }: Comparison, across: Axis, down: Axis): Figure[] {
  const others = axes.filter((axis) => axis !== across && axis !== down);
  const families = new Map<string, Group[]>();
  for (const group of groups) {
    const key = settingsKey(group.settings, others);
    families.set(key, [...(families.get(key) ?? []), group]);
  }
  const known = groups.map(measure.of).filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const scale = scaleOf(measure.unit, known);
  const unit = scale.symbol === '' ? '' : ` (${scale.symbol})`;
  return [...families.values()].slice(0, mostPanels).map((family, i) => {
    const where = otherSettings(family[0], axes, [across, down]);
    const columns = across.values.map((value) => valueLabel(value));
    const rows = down.values.map((value) => valueLabel(value));
    const values = rows.map((row) =>
      columns.map((column) => {
        const group = family.find(
          ({ labels }) => labels[axes.indexOf(across)] === column && labels[axes.indexOf(down)] === row,
        );
        const value = group === undefined ? NaN : measure.of(group);
        return Number.isFinite(value) ? value : undefined;
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
        values,
        amounts: { label: `${shortened(measure.label)}${unit}`, format: scale.write, low, high },
        written: true,
      }),
      caption: `${title}${where === '' ? '' : `, ${where}`}. Mean over seeds.`,
      table: {
        columns: [axisLabel(down.name, axes), ...columns],
        rows: rows.map((row, j) => [
          row,
          ...values[j].map((value) => (value === undefined ? '–' : scale.write(value))),
        ]),
      },
    };
  });
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const shortened = (label: string) => label.replace(/,.*/, '');
