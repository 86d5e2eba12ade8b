/** The table of a sweep: a row for each run, `runs.csv`. */
import { join } from 'node:path';
import { readDivergence, writeAtomically } from '../../records/host/index.js';
import { finishedRecord } from './run-processes.js';
import { readSweepRecord, type SweepRecord } from './layout.js';

type Cell = string | number | boolean | undefined;

/** The columns that a run's record gives; empty where the run is not finished. */
const results = ['accuracy', 'loss', 'rounds', 'ended', 'weightsSha256', 'wallSeconds'] as const;

/** Writes runs.csv. @returns its path */
export function writeSweepTable(directory: string): string {
  const file = join(directory, 'runs.csv');
  writeAtomically(file, sweepTable(directory));
  return file;
}

/** Comma-separated, with a line of headings. */
export function sweepTable(directory: string): string {
  const sweep = readSweepRecord(directory);
  const fields = [...new Set(sweep.axes.map(({ name }) => name).concat(sweep.runs.flatMap(fieldsOf)))];
  const headings = [...(sweep.series ? ['series'] : []), ...fields, 'seed', 'hash', ...results];
  const rows = sweep.runs.map((run) => {
    const path = join(directory, run.directory);
    const divergence = readDivergence(path);
    const record: Partial<Record<(typeof results)[number], Cell>> | undefined =
      finishedRecord(path) ?? (divergence && { ended: 'diverged', rounds: divergence.round });
    return [
      ...(sweep.series ? [run.series] : []),
      ...fields.map((field) => (field in run.settings ? run.settings[field] : undefined)),
      run.seed,
      run.hash,
      ...results.map((name) => record?.[name]),
    ];
  });
  return [headings, ...rows]
    .map((row) => row.map(quoted).join(','))
    .join('\n')
    .concat('\n');
}

const fieldsOf = ({ settings }: SweepRecord['runs'][number]) => Object.keys(settings);

function quoted(cell: Cell): string {
  const text = cell === undefined || Number.isNaN(cell) ? '' : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
