/** How groups are spread over drawings: a line for each, in one panel where they are few, else a panel for each
 * setting of the axes that are not compared. */
import { familiesOf } from '../../analysis/families.js';
import type { Group } from '../../analysis/groups.js';
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

/** A group that does not read an axis of the panels is in all that it can be compared in. */
export function panelsOf({ axes, groups, compared }: Comparison): Panel[] {
  if (groups.length <= mostLines || compared === undefined || axes.length < 2) {
    return [
      {
        label: '',
        lines: groups.map((group, look) => ({ name: marked(groupName(group, axes), group), look, group })),
      },
    ];
  }
  const at = axes.indexOf(compared);
  const looks = [...new Set(groups.map(({ labels }) => labels[at]))];
  return familiesOf(
    groups,
    axes.filter((axis) => axis !== compared),
  ).map((family) => ({
    label: otherSettings(family, axes, [compared]),
    lines: family.map((group) => ({
      name: marked(group.labels[at], group),
      look: looks.indexOf(group.labels[at]),
      group,
    })),
  }));
}

/** A line of runs that diverged ends early, and says so. */
function marked(name: string, { runs }: Group): string {
  const diverged = runs.filter((run) => run.diverged).length;
  if (diverged === 0) return name;
  return diverged === runs.length ? `${name} (diverged)` : `${name} (${diverged} of ${runs.length} diverged)`;
}

/** The settings of the other axes, with what they are of; those of the groups that have them. */
export const otherSettings = (
  groups: readonly Group[],
  axes: readonly Axis[],
  but: readonly (Axis | undefined)[],
) =>
  axes
    .flatMap((axis, i) => {
      if (but.includes(axis)) return [];
      const label = groups.map(({ labels }) => labels[i]).find((one) => one !== '–') ?? '–';
      return [`${axisLabel(axis.name, axes)} ${label}`];
    })
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
