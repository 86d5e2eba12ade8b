/** Writes report.html into a run's directory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents, readRecord, writeAtomically } from '../runs/index.js';
import { renderReport } from './report/report.js';

/** @returns the path of the report */
export function writeReport(directory: string): string {
  const path = join(directory, 'report.html');
  const recipe = readFileSync(join(directory, 'recipe.yaml'), 'utf8');
  writeAtomically(
    path,
    renderReport({ record: readRecord(directory), events: readEvents(directory), recipe }),
  );
  return path;
}
