/** Each value of one axis against its first, everything else and the seeds being equal. */
import { canonicalJson } from '../../numerics/index.js';
import { valueLabel, type Axis } from './axes.js';
import { settingsKey, type Group } from './groups.js';
import { holm, pairedDifference, type PairedDifference } from './paired-tests.js';
import type { AnalysedRun } from './run.js';

export interface Difference extends PairedDifference {
  /** The setting of the other axes. */
  readonly among: readonly string[];
  readonly value: string;
  readonly baseline: string;
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
  const families = new Map<string, Group[]>();
  for (const group of groups) {
    const name = settingsKey(group.settings, others);
    families.set(name, [...(families.get(name) ?? []), group]);
  }
  const first = canonicalJson(axis.values[0]);
  const found = [...families.values()].flatMap((family) => {
    const baseline = family.find(({ settings }) => canonicalJson(settings[axis.name] ?? null) === first);
    if (baseline === undefined) return [];
    return family.flatMap((group) => {
      const differences = group === baseline ? [] : bySeed(group, baseline, measure);
      if (differences.length === 0) return [];
      return [
        {
          ...pairedDifference(differences),
          among: others.map((other) => valueLabel(group.settings[other.name])),
          value: valueLabel(group.settings[axis.name]),
          baseline: valueLabel(axis.values[0]),
        },
      ];
    });
  });
  const student = holm(found.map(({ pStudent }) => pStudent));
  const signFlip = holm(found.map(({ pSignFlip }) => pSignFlip));
  return found.map((difference, i) => ({
    ...difference,
    adjustedStudent: student[i],
    adjustedSignFlip: signFlip[i],
  }));
}

function bySeed(group: Group, baseline: Group, measure: (run: AnalysedRun) => number): number[] {
  return group.runs.flatMap((run) => {
    const partner = baseline.runs.find(({ seed }) => seed === run.seed);
    const difference = partner === undefined ? NaN : measure(run) - measure(partner);
    return Number.isFinite(difference) ? [difference] : [];
  });
}
