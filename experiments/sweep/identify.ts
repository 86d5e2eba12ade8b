/** Which result a run of a sweep is: of which data, files, plugins and bits, read from this machine before anything starts. */
import { canonicalJson } from '../../numerics/index.js';
import {
  bitsOf,
  fileChecksums,
  namedFiles,
  pluginChecksums,
  resultKey,
  type Dependencies,
  type Recipe,
} from '../../recipe/index.js';
import type { ExpandedRun } from './expand.js';
import { dataChecksums } from './probe.js';

export interface SweepRun extends ExpandedRun {
  /** The beginning of the result's key: names the run's directory. */
  readonly id: string;
  readonly dependencies: Dependencies;
}

/** 64 bits: among a million runs two are the same with a probability of 3 · 10⁻⁸. */
const ID_LENGTH = 16;

/** @throws Error with the sentence of the first dataset that is not there */
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

/** Many runs of a sweep name the same files. */
function once<Value>(keyOf: (recipe: Recipe) => string, compute: (recipe: Recipe) => Value) {
  const known = new Map<string, Value>();
  return (recipe: Recipe): Value => {
    const key = keyOf(recipe);
    const value = known.get(key) ?? compute(recipe);
    known.set(key, value);
    return value;
  };
}
