/** The keys that the results of a sweep that comes along would have now: recorded lines with another are not those of its runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../../numerics/index.js';
import { decisiveFields, resultKey } from '../../recipe/index.js';
import { cellDependencies } from '../reproductions/cell-dependencies.js';
import { formerSpelling } from '../reproductions/former-names.js';
import { expandSweep, readSweep, type ExpandedRun } from '../sweep/index.js';

/** What a line is called by: the values of the axes, the series among them, and the seed. */
export const labelOf = ({ settings, seed }: { readonly settings: object; readonly seed: number }) =>
  canonicalJson({ settings: Object.fromEntries(Object.entries(settings)), seed });

/** By `labelOf`, the runs of a sweep of experiments/sweeps; none where there is no such file. */
export function runsOf(name: string, root = '.'): Map<string, ExpandedRun> {
  const file = join(root, 'experiments', 'sweeps', `${name.replace(/-quick$/, '')}.yaml`);
  if (!existsSync(file)) return new Map();
  const runs = expandSweep(readSweep(file, { quick: name.endsWith('-quick') }));
  return new Map(
    runs.map((run) => {
      const { settings, series, seed } = run;
      return [labelOf({ settings: { ...settings, ...(series !== undefined && { series }) }, seed }), run];
    }),
  );
}

export const keyOfRun = ({ recipe }: ExpandedRun) => resultKey(recipe, cellDependencies(recipe));

/** The key that a run had before fields of recipes were renamed. */
export function formerKeyOfRun({ recipe }: ExpandedRun): string {
  const { checksums, bits } = cellDependencies(recipe);
  return sha256(canonicalJson({ recipe: formerSpelling(decisiveFields(recipe)), checksums, bits }));
}
