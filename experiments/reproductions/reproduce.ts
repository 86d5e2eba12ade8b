/** Runs the cells of a reproduction that are missing, and writes its pages. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors/index.js';
import { writeAtomically } from '../../records/host/index.js';
import { keyOf, parseLines, resultsOf, runCell, type Line, type Reproduction } from './reproduction.js';

export interface ReproduceOptions {
  /** Cells to run, by the beginnings of their names; left out, all but those that run on request. */
  readonly only?: readonly string[] | undefined;
  readonly threads: number;
  /** The folder that holds experiments/ and docs/. */
  readonly root?: string;
  /** Told which cell begins, and what was recorded of it. */
  readonly onProgress?: (message: string) => void;
}

/** Runs what is missing, cell after cell. Each line is appended as soon as its run is finished. */
export async function reproduce(
  reproduction: Reproduction,
  { only, threads, root = '.', onProgress }: ReproduceOptions,
): Promise<void> {
  const wanted = reproduction.cells.filter((cell) =>
    only ? only.some((name) => isWithin(cell.name, name)) : cell.onRequest !== true,
  );
  if (wanted.length === 0) {
    throw new UserError(
      `${reproduction.name} has no cell ${only?.join(' or ') ?? ''}: --list shows what it has`,
    );
  }
  const done = new Set(readResults(reproduction, root).map(({ key }) => key));
  for (const cell of wanted) {
    if (done.has(keyOf(cell))) continue;
    onProgress?.(cell.name);
    const line = await runCell(cell, { threads });
    appendResult(reproduction, line, root);
    done.add(line.key);
    onProgress?.(`  ${JSON.stringify(line.recorded).slice(0, 200)}`);
  }
}

/** Writes the reproduction's pages and figures from what is recorded. */
export function writePages(reproduction: Reproduction, root = '.'): string[] {
  const files = Object.entries(reproduction.files(resultsOf(readResults(reproduction, root))));
  return files.map(([path, content]) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeAtomically(file, content);
    return file;
  });
}

/** Whether a cell's name is `name`, or lies below it. */
const isWithin = (cell: string, name: string) => cell === name || cell.startsWith(`${name}/`);

export const resultsFile = ({ name }: Reproduction, root = '.') =>
  join(root, 'experiments', 'results', `${name}.jsonl`);

export function readResults(reproduction: Reproduction, root = '.'): Line[] {
  const file = resultsFile(reproduction, root);
  return existsSync(file) ? parseLines(readFileSync(file, 'utf8')) : [];
}

function appendResult(reproduction: Reproduction, line: Line, root: string): void {
  const file = resultsFile(reproduction, root);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
