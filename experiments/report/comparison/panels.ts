/** How groups are spread over drawings: a line for each, in one panel where they are few, else a panel for each
 * setting of the axes that are not compared. */
import { settingsKey, type Group } from '../../analysis/groups.js';
import { axisLabel, type Axis } from '../../analysis/axes.js';
import type { Comparison } from '../../analysis/compare.js';

export interface Line {
  readonly name: string;
  /** The same in every panel. */
  readonly look: number;
  readonly group: Group;
}

export interface Panel {
  /** Empty where there is one panel only. */
  readonly label: string;
  readonly lines: readonly Line[];
}

/** Lines that one drawing can take. */
const mostLines = 8;
/** Panels above this many are left out. */
export const mostPanels = 24;

export function panelsOf({ axes, groups, compared }: Comparison): Panel[] {
  if (groups.length <= mostLines || compared === undefined || axes.length < 2) {
    return [
      { label: '', lines: groups.map((group, look) => ({ name: groupName(group, axes), look, group })) },
    ];
  }
  const at = axes.indexOf(compared);
  const others = axes.filter((axis) => axis !== compared);
  const looks = [...new Set(groups.map(({ labels }) => labels[at]))];
  const panels = new Map<string, { label: string; lines: Line[] }>();
  for (const group of groups) {
    const key = settingsKey(group.settings, others);
    const label = otherSettings(group, axes, [compared]);
    const panel = panels.get(key) ?? { label, lines: [] };
    panel.lines.push({ name: group.labels[at], look: looks.indexOf(group.labels[at]), group });
    panels.set(key, panel);
  }
  return [...panels.values()];
}

/** The settings of the other axes, with what they are of. */
export const otherSettings = ({ labels }: Group, axes: readonly Axis[], but: readonly (Axis | undefined)[]) =>
  axes
    .flatMap((axis, i) => (but.includes(axis) ? [] : [`${axisLabel(axis.name, axes)} ${labels[i]}`]))
    .join(', ');

/** A group by its settings: words by themselves, numbers with what they are of. @param named which axes are named */
export function groupName(
  { labels, settings }: Group,
  axes: readonly Axis[],
  named: readonly Axis[] = axes,
): string {
  const parts = axes.flatMap((axis, i) => {
    if (labels[i] === '–' || !named.includes(axis)) return [];
    return [
      typeof settings[axis.name] === 'string' ? labels[i] : `${axisLabel(axis.name, axes)} ${labels[i]}`,
    ];
  });
  return parts.join(', ') || 'all runs';
}
