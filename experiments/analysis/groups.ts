/** Runs that differ in nothing but their seed stand together: a group is one setting of all axes. */
import { canonicalJson } from '../../numerics/index.js';
import { valueLabel, type Axis } from './axes.js';
import type { AnalysedRun, Settings } from './run.js';

export interface Group {
  readonly settings: Settings;
  /** What its values are called, in the order of the axes. */
  readonly labels: readonly string[];
  /** By seed, ascending. */
  readonly runs: readonly AnalysedRun[];
}

/** In the order of the axes' values, the first axis' slowest. */
export function groupRuns(runs: readonly AnalysedRun[], axes: readonly Axis[]): Group[] {
  const groups = new Map<string, AnalysedRun[]>();
  for (const run of runs) {
    const name = settingsKey(run.settings, axes);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [run]);
    else group.push(run);
  }
  return [...groups.values()]
    .map((members) => ({
      settings: members[0].settings,
      labels: axes.map((axis) => valueLabel(members[0].settings[axis.name])),
      runs: members.toSorted((a, b) => a.seed - b.seed),
      places: axes.map((axis) => placeOf(members[0].settings, axis)),
    }))
    .sort((a, b) => firstNonZero(a.places.map((place, i) => place - b.places[i])))
    .map(({ places, ...group }) => group);
}

/** The settings of these axes as one text, equal where they are equal. */
export function settingsKey(settings: Settings, axes: readonly Axis[]): string {
  return JSON.stringify(
    axes.map(({ name }) => (Object.hasOwn(settings, name) ? canonicalJson(settings[name]) : undefined)),
  );
}

function placeOf(settings: Settings, { name, values }: Axis): number {
  if (!Object.hasOwn(settings, name)) return -1;
  const value = canonicalJson(settings[name]);
  return values.findIndex((other) => canonicalJson(other) === value);
}

const firstNonZero = (numbers: readonly number[]) => numbers.find((number) => number !== 0) ?? 0;
