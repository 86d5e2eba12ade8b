/** Keeps the finished runs of a sweep in experiments/results/sweeps/NAME.jsonl, and reads them again. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../numerics/index.js';
import { writeAtomically } from '../../records/host/index.js';
import type { AnalysedRun } from '../analysis/run.js';
import { loadRuns } from '../load-runs.js';
import { keyOfRun, runsOf } from './keys.js';
import { headSchema, lineOf, lineSchema, runOf, type Head } from './line.js';

export interface RecordedSweep extends Head {
  readonly recorded: readonly AnalysedRun[];
}

export const folderOf = (root: string) => join(root, 'experiments', 'results', 'sweeps');

/** @returns the file written */
export function recordSweep(directory: string, root = '.'): string {
  const { name, axes, runs, leftOut } = loadRuns([directory]);
  const head = headSchema.parse({ sweep: name, runs: runs.length + leftOut.length, axes });
  const lines = runs.map((run) => canonicalJson(lineOf(run)));
  const file = join(folderOf(root), `${name}.jsonl`);
  mkdirSync(folderOf(root), { recursive: true });
  writeAtomically(file, [canonicalJson(head), ...lines, ''].join('\n'));
  return file;
}

export function readRecordedSweeps(root = '.'): RecordedSweep[] {
  const folder = folderOf(root);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  return files.sort().map((name) => {
    const [head, ...lines] = readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
    const sweep = headSchema.parse(head);
    const keys = new Set([...runsOf(sweep.sweep, root).values()].map(keyOfRun));
    const runs = lines.map((line, i) => runOf(lineSchema.parse(line), `${name}:${i + 2}`));
    // Results of other bits than the sweep would have now do not go with new ones.
    return {
      ...sweep,
      recorded: runs.filter(({ record }) => keys.size === 0 || keys.has(record.resultKey ?? '')),
    };
  });
}
