/**
 * Settings such as learning rates are chosen on the validation part, and only then is the test set looked at: the
 * best of several test results is no estimate of anything.
 */
import { UserError } from '../../errors/index.js';
import { mean } from '../../numerics/index.js';
import type { Axis } from './axes.js';
import { settingsKey, type Group } from './groups.js';

export interface Choice {
  readonly chosen: Group;
  /**
   * All that could be chosen, in their order, with the mean validation accuracy at the end over their seeds: NaN where
   * one of them diverged.
   */
  readonly candidates: readonly { readonly group: Group; readonly validation: number }[];
}

/** Axes under an optimizer are settings to be chosen, unless it is said otherwise. */
export const isTuned = ({ name }: Axis) => /(^|\.)(\w*[oO]ptimizer\.\w+|\w*[lL]earningRate)$/.test(name);

/** Whether every run was evaluated on a validation part; one that diverged may have ended before. */
export function hasValidation(groups: readonly Group[]): boolean {
  const ended = groups.flatMap(({ runs }) => runs.filter(({ diverged }) => diverged !== true));
  return ended.length > 0 && ended.every(({ progress }) => progress.validation.length > 0);
}

/** For each setting of the other axes, the setting of `tuned` that was best on the validation part. */
export function chooseSettings(
  groups: readonly Group[],
  axes: readonly Axis[],
  tuned: readonly Axis[],
): Choice[] {
  const others = axes.filter((axis) => !tuned.includes(axis));
  const contests = new Map<string, Choice['candidates'][number][]>();
  for (const group of groups) {
    const name = settingsKey(group.settings, others);
    const candidate = { group, validation: mean(group.runs.map(finalValidation)) };
    contests.set(name, [...(contests.get(name) ?? []), candidate]);
  }
  return [...contests.values()].map((candidates) => ({
    candidates,
    chosen: candidates.reduce((best, candidate) =>
      candidate.validation > best.validation || Number.isNaN(best.validation) ? candidate : best,
    ).group,
  }));
}

function finalValidation({ progress, directory, diverged }: Group['runs'][number]): number {
  if (diverged === true) return NaN;
  const last = progress.validation.at(-1);
  if (last === undefined) throw new UserError(`${directory} was not evaluated on a validation part`);
  return last.accuracy;
}
