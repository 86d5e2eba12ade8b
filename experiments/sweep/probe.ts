/** Looks at recipes before a sweep starts, in processes of their own: are the data there, what will a run take. */
import { fork } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../numerics/index.js';
import type { Recipe } from '../../recipe/index.js';
import type { SweepRun } from './sweep-run.js';

export type ToProbe = { readonly plugins: readonly string[] } & (
  | { readonly question: 'data' | 'cost'; readonly recipe: Recipe }
  | { readonly question: 'validity'; readonly recipes: readonly Recipe[] }
);

export type FromProbe =
  | { readonly type: 'data'; readonly checksums: Readonly<Record<string, string>> }
  | { readonly type: 'answer'; readonly seconds: number; readonly memoryMiB: number }
  | { readonly type: 'error'; readonly message: string }
  /** One of several recipes has been looked at; `refused` says why it cannot be run. */
  | { readonly type: 'checked'; readonly index: number; readonly refused?: string };

/**
 * The checksums of the files that a recipe's data are read from.
 * @throws UserError about the first dataset that is missing
 */
export async function dataChecksums(
  runs: readonly Pick<SweepRun, 'recipe'>[],
  plugins: readonly string[],
): Promise<(recipe: Recipe) => Readonly<Record<string, string>>> {
  const byData = new Map(runs.map(({ recipe }) => [dataOf(recipe), recipe]));
  const found = new Map<string, Readonly<Record<string, string>>>();
  for (const [data, recipe] of byData) {
    const answer = await probe({ question: 'data', recipe, plugins });
    if (answer.type !== 'data')
      throw new Error(answer.type === 'error' ? answer.message : 'no checksums came');
    found.set(data, answer.checksums);
  }
  return (recipe) => found.get(dataOf(recipe)) ?? {};
}

const dataOf = ({ data }: Recipe) => canonicalJson(data.dataset);

/**
 * The runs that cannot be run, and why: found before the sweep starts, in one process that loads each dataset once.
 * @param onChecked is told how many of the runs have been looked at
 */
export async function invalidRuns(
  runs: readonly SweepRun[],
  plugins: readonly string[],
  onChecked: (count: number) => void = () => undefined,
): Promise<Map<SweepRun, string>> {
  const invalid = new Map<SweepRun, string>();
  if (runs.length === 0) return invalid;
  let count = 0;
  const recipes = runs.map(({ recipe }) => recipe);
  const last = await probe({ question: 'validity', recipes, plugins }, (answer) => {
    if (answer.type !== 'checked') return;
    if (answer.refused !== undefined) invalid.set(runs[answer.index], answer.refused);
    onChecked(++count);
  });
  if (last.type === 'error') throw new Error(last.message);
  return invalid;
}

/** What one run takes on one thread: seconds at most, and memory; or why it cannot be run. */
export type Cost = { readonly seconds: number; readonly memoryMiB: number } | { readonly refused: string };

/** So many milliseconds are spent on measuring; combinations that are left then are guessed from those before. */
const CALIBRATION = 30_000;

/** Measures the combinations in turn, as far as time allows; runs that differ by their seed are measured once. */
export async function measureCosts(
  runs: readonly SweepRun[],
  plugins: readonly string[],
): Promise<Map<SweepRun, Cost | undefined>> {
  const measured = new Map<string, Cost>();
  const start = performance.now();
  for (const run of runs) {
    if (measured.has(combinationOf(run)) || performance.now() - start > CALIBRATION) continue;
    const answer = await probe({ question: 'cost', recipe: run.recipe, plugins });
    if (answer.type === 'error') measured.set(combinationOf(run), { refused: answer.message });
    else if (answer.type === 'answer') measured.set(combinationOf(run), answer);
  }
  return new Map(runs.map((run) => [run, measured.get(combinationOf(run))]));
}

const combinationOf = ({ series, settings }: SweepRun) => JSON.stringify([series, settings]);

const program = fileURLToPath(new URL('./probe-process.js', import.meta.url));

function probe(
  question: ToProbe,
  onAnswer: (answer: FromProbe) => void = () => undefined,
): Promise<FromProbe> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
  let answer: FromProbe | undefined;
  child.on('message', (message: FromProbe) => {
    answer = message;
    onAnswer(message);
  });
  child.send(question);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const how = signal ?? `code ${String(code)}`;
      resolve(answer ?? { type: 'error', message: `the process that looks at the data ended with ${how}` });
    });
  });
}
