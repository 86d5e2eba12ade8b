/** Writes report.html into a run's directory. */
import { join } from 'node:path';
import { writeAtomically } from '../records/host/index.js';
import { runPage } from './report-runs.js';

/** @returns the path of the report */
export function writeReport(directory: string): string {
  const path = join(directory, 'report.html');
  writeAtomically(path, runPage(directory));
  return path;
}
