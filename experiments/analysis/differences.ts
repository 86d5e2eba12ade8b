/** Each value of one axis against its first, everything else and the seeds being equal. */
import { canonicalJson } from '../../numerics/index.js';
import { valueLabel, type Axis } from './axes.js';
import { familiesOf } from './families.js';
import type { Group } from './groups.js';
import { holm, pairedDifference, type PairedDifference } from './paired-tests.js';
import type { AnalysedRun } from './run.js';

export interface Difference extends PairedDifference {
  /** The setting of the other axes. */
  readonly among: readonly string[];
  readonly value: string;
  readonly baseline: string;
  /** Seeds that either of the two ran with; `count` of them have a number for both. */
  readonly of: number;
  /** pStudent and pSignFlip after Holm's adjustment over all differences of the list. */
  readonly adjustedStudent: number;
  readonly adjustedSignFlip: number;
}

/** @param measure of a run; pairs without it are left out */
export function differencesAlong(
  axis: Axis,
  groups: readonly Group[],
  axes: readonly Axis[],
  measure: (run: AnalysedRun) => number,
): Difference[] {
  const others = axes.filter((other) => other !== axis);
  const found = pairsAlong(axis, groups, others).map(([group, baseline]) => ({
    ...pairedDifference(bySeed(group, baseline, measure)),
    of: new Set([...group.runs, ...baseline.runs].map(({ seed }) => seed)).size,
    among: others.map(({ name }) => valueLabel(group.settings[name] ?? baseline.settings[name])),
    value: valueLabel(group.settings[axis.name]),
    baseline: valueLabel(axis.values[0]),
  }));
  const student = holm(found.map(({ pStudent }) => pStudent));
  const signFlip = holm(found.map(({ pSignFlip }) => pSignFlip));
  return found.map((difference, i) => ({
    ...difference,
    adjustedStudent: student[i],
    adjustedSignFlip: signFlip[i],
  }));
}

/** Of each family its groups beside the first value's. Two that do not read an axis meet in several families, and count once. */
function pairsAlong(axis: Axis, groups: readonly Group[], others: readonly Axis[]): [Group, Group][] {
  const first = canonicalJson(axis.values[0]);
  const isFirst = ({ settings }: Group) => canonicalJson(settings[axis.name] ?? null) === first;
  const met = new Map<Group, Set<Group>>();
  return familiesOf(groups, others).flatMap((family) =>
    family
      .filter((group) => !isFirst(group))
      .flatMap((group) =>
        family.filter(isFirst).flatMap((baseline): [Group, Group][] => {
          const before = met.get(group) ?? new Set();
          if (before.has(baseline)) return [];
          met.set(group, before.add(baseline));
          return [[group, baseline]];
        }),
      ),
  );
}

function bySeed(group: Group, baseline: Group, measure: (run: AnalysedRun) => number): number[] {
  return group.runs.flatMap((run) => {
    const partner = baseline.runs.find(({ seed }) => seed === run.seed);
    const difference = partner === undefined ? NaN : measure(run) - measure(partner);
    return Number.isFinite(difference) ? [difference] : [];
  });
}
