/**
 * Gives recorded lines the keys that their cells have now, where a cell was recorded under the hash of its recipe alone or
 * under another spelling of it. One cheap cell of each algorithm is run first and compared, so that no line is taken
 * over whose bits have changed without an entry in recipe/bits.ts. Cells that an entry affects keep their old key: they are
 * missing, and `reproduce` runs them.
 */
import { isDeepStrictEqual } from 'node:util';
import { isCatalogued } from '../../data/index.js';
import { defaultDataHome, findDataset } from '../../data/host/index.js';
import { canonicalJson, sha256 } from '../../numerics/index.js';
import { hasKeptWeights } from '../../recipe/index.js';
import { keyOf, recipeOf, runCell, type Cell, type Line } from './reproduction.js';

type Written = Cell<unknown>['recipe'];

export interface Rekeyed {
  readonly lines: readonly Line[];
  /** The cells whose lines have another key than before. */
  readonly renamed: readonly Taken[];
  /** Cells that were recorded, and are to be run again since their bits have changed. */
  readonly changed: readonly Cell<unknown>[];
}

export interface Taken {
  readonly cell: Cell<unknown>;
  readonly line: Line;
}

export function rekeyed(cells: readonly Cell<unknown>[], lines: readonly Line[]): Rekeyed {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  const renamed: Taken[] = [];
  const changed: Cell<unknown>[] = [];
  for (const cell of cells) {
    if (byKey.has(keyOf(cell))) continue;
    const line = formerKeys(cell.recipe).flatMap((key) => byKey.get(key) ?? [])[0] as Line | undefined;
    if (line === undefined) continue;
    if (!hasKeptWeights(recipeOf(cell))) changed.push(cell);
    else renamed.push({ cell, line });
  }
  const keys = new Map(renamed.map(({ cell, line }) => [line.key, keyOf(cell)]));
  return { lines: lines.map((line) => ({ ...line, key: keys.get(line.key) ?? line.key })), renamed, changed };
}

/** The keys of before 30 November 2026: hashes of the recipe as it is written, or was. */
const formerKeys = (recipe: Written): string[] =>
  [recipe, withEpochs(recipe)].map((each) => sha256(canonicalJson(each)));

/** `amount: { epochs: E }` was `epochs: E` in federated algorithms. */
function withEpochs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withEpochs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, unknown]) =>
      name === 'amount' && typeof each === 'object' && each !== null && 'epochs' in each
        ? ['epochs', each.epochs]
        : [name, withEpochs(each)],
    ),
  );
}

/** The cheapest of the renamed cells of each algorithm whose data are on this machine. */
export function spotChecks(renamed: readonly Taken[], mostSeconds: number): Taken[] {
  const cheapest = new Map<string, Taken>();
  for (const taken of renamed) {
    const { algorithm, data } = recipeOf(taken.cell);
    const { kind } = algorithm;
    const before = cheapest.get(kind);
    if (taken.line.seconds > mostSeconds || !isHere(data.dataset.kind)) continue;
    if (before === undefined || taken.line.seconds < before.line.seconds) cheapest.set(kind, taken);
  }
  return [...cheapest.values()];
}

const isHere = (kind: string) => !isCatalogued(kind) || findDataset(kind, defaultDataHome()) !== undefined;

/** Runs the cell. @throws Error where something else comes out than is recorded */
export async function compareAgain({ cell, line }: Taken, threads: number): Promise<void> {
  const { recorded } = await runCell(cell, { threads });
  if (isDeepStrictEqual(results(recorded), results(line.recorded))) return;
  throw new Error(
    `${cell.name} ends in other results than are recorded: a change of bits has no entry in recipe/bits.ts, or affects more recipes than its entry says`,
  );
}

/** What is recorded, as it was written down, without times and the name of the kernels' code. */
function results(recorded: unknown): unknown {
  return JSON.parse(JSON.stringify(recorded), (name, value: unknown) =>
    name === 'kernelHash' || name === 'seconds' ? undefined : value,
  );
}
