/** Refuses to average runs of one setting that were made with other data, files, plugins or bits than each other. */
import { UserError } from '../errors/index.js';
import { differingBits, differingFile, type Dependencies } from '../recipe/index.js';
import { settingsKey } from './analysis/groups.js';
import type { Axis } from './analysis/axes.js';
import type { Settings } from './analysis/run.js';

export interface Origin {
  readonly directory: string;
  readonly settings: Settings;
  /** Undefined where the run's directory does not say. */
  readonly dependencies: Dependencies | undefined;
}

/** @throws UserError with the first two runs that do not go together, and what they do not have alike */
export function refuseMixed(runs: readonly Origin[], axes: readonly Axis[]): void {
  const firsts = new Map<string, { directory: string; dependencies: Dependencies }>();
  for (const { directory, settings, dependencies } of runs) {
    if (dependencies === undefined) continue;
    const key = settingsKey(settings, axes);
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, { directory, dependencies });
      continue;
    }
    const [one, other] = [
      { at: `in ${first.directory}`, ...first.dependencies },
      { at: `in ${directory}`, ...dependencies },
    ];
    const difference = differingFile(one, other) ?? differingBits(one, other);
    if (difference !== undefined) {
      throw new UserError(
        `${first.directory} and ${directory} have the same settings but cannot be averaged: ${difference}. Report on runs that were made with the same`,
      );
    }
  }
}
