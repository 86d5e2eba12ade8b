/** Writes the report of runs: a page, tables in the formats asked for, and the page's drawings as files. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../records/host/index.js';
import type { Comparison } from './analysis/compare.js';
import { themes, withColours } from './report/charts/colours.js';
import { csvTable } from './tables/csv.js';
import { latexTable } from './tables/latex.js';
import { markdownTable } from './tables/markdown.js';
import { choicesTable } from './tables/choices.js';
import { differencesTable } from './tables/differences.js';
import { resultsTable, type ResultsOptions } from './tables/results.js';
import type { Table } from './tables/table.js';

const writers = {
  md: (table: Table, _: string, { bold }: Output) => markdownTable(table, bold),
  csv: (table: Table) => csvTable(table),
  latex: (table: Table, label: string, { bold = false, longtable = false }: Output) =>
    latexTable(table, { label, bold, long: longtable }),
};

export type TableFormat = keyof typeof writers;
export const tableFormats = Object.keys(writers) as readonly TableFormat[];

export interface Output extends ResultsOptions {
  readonly directory: string;
  readonly formats: readonly TableFormat[];
  /** Whether Markdown and LaTeX have the best of what is compared in bold. */
  readonly bold?: boolean;
  /** Whether LaTeX's tables break between pages. */
  readonly longtable?: boolean;
  /** Whether each drawing also becomes a file. */
  readonly svg: boolean;
}

/** @returns the paths of the files written */
export function writeComparison(page: string, comparison: Comparison, output: Output): string[] {
  const { directory, formats, svg } = output;
  const tables = {
    results: resultsTable(comparison, output),
    differences: differencesTable(comparison),
    choices: choicesTable(comparison),
  };
  const files: [name: string, content: string][] = [['report.html', page]];
  for (const [name, table] of Object.entries(tables)) {
    if (table === undefined) continue;
    for (const format of formats) {
      files.push([`${name}.${format === 'latex' ? 'tex' : format}`, writers[format](table, name, output)]);
    }
  }
  if (svg) files.push(...drawingsOf(page));
  mkdirSync(svg ? join(directory, 'plots') : directory, { recursive: true });
  return files.map(([name, content]) => {
    const path = join(directory, name);
    writeAtomically(path, content);
    return path;
  });
}

/** Every figure's drawing as a file of its own, in the light colours that print well. */
function drawingsOf(page: string): [name: string, content: string][] {
  return [...page.matchAll(/<figure id="([\w-]+)"[\s\S]*?(<svg [\s\S]*?<\/svg>)/g)].map(([, id, drawing]) => [
    join('plots', `${id}.svg`),
    `${withColours(drawing, themes.light)}\n`,
  ]);
}
