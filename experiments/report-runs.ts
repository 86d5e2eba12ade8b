/** `murmur report`: from directories of runs to a page and tables. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents, readRecord } from '../records/host/index.js';
import { compareRuns, type CompareOptions } from './analysis/compare.js';
import { loadRuns } from './load-runs.js';
import { renderComparison, type ReportedComparison } from './report/comparison/comparison.js';
import { renderReport } from './report/report.js';
import { markdownTable } from './tables/markdown.js';
import { resultsTable } from './tables/results.js';
import { writeComparison, type Output } from './write-comparison.js';

export interface ReportOptions extends CompareOptions, Omit<Output, 'directory'> {
  /** Where the report goes; otherwise into the only directory, or into `report` where there are several. */
  readonly out?: string;
}

export interface WrittenReport {
  readonly files: readonly string[];
  /** The results as a Markdown table. */
  readonly results: string;
  readonly leftOut: ReportedComparison['leftOut'];
}

/** @throws ReportError or Error with a sentence where the runs cannot be read or compared as asked */
export function reportRuns(directories: readonly string[], options: ReportOptions): WrittenReport {
  const { name, axes, runs, leftOut } = loadRuns(directories);
  const comparison = compareRuns(runs, axes, options);
  const out = options.out ?? (directories.length === 1 ? directories[0] : 'report');
  const page = pageOf(directories, { name, comparison, leftOut });
  return {
    files: writeComparison(page, comparison, { ...options, directory: out }),
    results: markdownTable(resultsTable(comparison, options), options.bold),
    leftOut,
  };
}

/** A run named by itself has the page that it got when it ended. */
function pageOf(directories: readonly string[], reported: ReportedComparison): string {
  const [directory] = directories;
  return directories.length === 1 && existsSync(join(directory, 'run.json'))
    ? runPage(directory)
    : renderComparison(reported);
}

export function runPage(directory: string): string {
  const recipe = readFileSync(join(directory, 'recipe.yaml'), 'utf8');
  return renderReport({ record: readRecord(directory), events: readEvents(directory), recipe });
}
