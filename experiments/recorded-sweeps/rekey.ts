/** Gives lines of recorded sweeps the keys that their runs have now, after fields of recipes were renamed. One run of each series is run first and compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../numerics/index.js';
import { writeAtomically } from '../../records/host/index.js';
import { simulate } from '../../simulator/index.js';
import { curveOf } from '../analysis/curve.js';
import { progressOf } from '../analysis/progress.js';
import type { ExpandedRun } from '../sweep/index.js';
import { formerKeyOfRun, keyOfRun, labelOf, runsOf } from './keys.js';
import { headSchema, lineOf, lineSchema, type Line } from './line.js';
import { folderOf } from './record.js';

/** @param threads with which one run of each series is compared; none where it is 0 */
export async function rekeySweeps(
  threads: number,
  say: (sentence: string) => void,
  root = '.',
): Promise<void> {
  for (const name of readdirSync(folderOf(root)).filter((each) => each.endsWith('.jsonl'))) {
    const file = join(folderOf(root), name);
    const [first, ...rest] = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const head = headSchema.parse(JSON.parse(first));
    const lines = rest.map((line) => lineSchema.parse(JSON.parse(line)));
    const runs = runsOf(head.sweep, root);
    const renamed = lines.flatMap((line) => {
      const run = runs.get(labelOf(line));
      return run !== undefined && line.key === formerKeyOfRun(run) && line.key !== keyOfRun(run)
        ? [{ line, run }]
        : [];
    });
    const series = new Map(renamed.map((each) => [each.run.series, each]));
    if (threads > 0)
      for (const each of series.values()) await compareAgain(each.line, each.run, threads, say);
    const keys = new Map(renamed.map(({ line, run }) => [line, keyOfRun(run)]));
    const keyed = lines.map((line) => ({ ...line, key: keys.get(line) ?? line.key }));
    if (renamed.length > 0) {
      writeAtomically(
        file,
        [canonicalJson(head), ...keyed.map((line) => canonicalJson(line)), ''].join('\n'),
      );
    }
    say(`${head.sweep}: ${renamed.length} of ${lines.length} lines have a new key`);
  }
}

/** @throws Error where the run ends in something else than is recorded */
async function compareAgain(line: Line, run: ExpandedRun, threads: number, say: (s: string) => void) {
  const { record, events } = await simulate(run.recipe, { threads });
  const progress = progressOf(events);
  const { settings } = line;
  const again = lineOf({
    directory: '',
    settings,
    seed: run.seed,
    record,
    progress,
    curve: curveOf(progress),
  });
  if (!isDeepStrictEqual(results(again), results(line))) {
    throw new Error(
      `${canonicalJson(settings)} ends in other results than are recorded: a change of bits has no entry in recipe/bits.ts, or affects more recipes than its entry says`,
    );
  }
  say(`${canonicalJson(settings)}: as recorded`);
}

/** What a run ends in. Lines from before may lack columns of curves, and what is only derived is no result. */
const results = ({ accuracy, loss, averageModel, rounds, nodes, consensusDistance }: Line) => ({
  accuracy,
  loss,
  averageModel,
  rounds,
  nodes,
  consensusDistance,
});
