/** Identifies the runs of a sweep by their result keys, from the checksums of data, files and plugins on this machine. */
import { canonicalJson } from '../../numerics/index.js';
import {
  bitsOf,
  fileChecksums,
  namedFiles,
  pluginChecksums,
  resultKey,
  type Recipe,
} from '../../recipe/index.js';
import type { ExpandedRun } from './expand.js';
import { dataChecksums } from './probe.js';
import type { SweepRun } from './sweep-run.js';

/** 64 bits: a collision among a million runs has a probability of 3 · 10⁻⁸. */
const ID_LENGTH = 16;

/** @throws UserError about the first dataset that is missing */
export async function identifyRuns(
  runs: readonly ExpandedRun[],
  plugins: readonly string[] = [],
): Promise<SweepRun[]> {
  const data = await dataChecksums(runs, plugins);
  const loaded = pluginChecksums(plugins);
  const filesOf = once(
    (recipe: Recipe) => canonicalJson(namedFiles(recipe).map((each) => [...each])),
    fileChecksums,
  );
  return runs.map((run) => {
    const { recipe } = run;
    const checksums = { ...data(recipe), ...filesOf(recipe), ...loaded };
    const dependencies = { checksums, bits: bitsOf(recipe) };
    return { ...run, id: resultKey(recipe, dependencies).slice(0, ID_LENGTH), dependencies };
  });
}

/** Caches by key: many runs of a sweep name the same files. */
function once<Value>(keyOf: (recipe: Recipe) => string, compute: (recipe: Recipe) => Value) {
  const known = new Map<string, Value>();
  return (recipe: Recipe): Value => {
    const key = keyOf(recipe);
    const value = known.get(key) ?? compute(recipe);
    known.set(key, value);
    return value;
  };
}
