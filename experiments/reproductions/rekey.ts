/**
 * Gives recorded lines the keys that their cells have now, after fields of recipes were renamed. One cheap cell of each
 * algorithm is run first and compared, so that no line is kept whose bits have changed without an entry in recipe/bits.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { isCatalogued } from '../../data/index.js';
import { defaultDataHome, findDataset } from '../../data/host/index.js';
import { formerSpelling } from './former-names.js';
import { keyOf, keyOfSpelling, recipeOf, runCell, type Cell, type Line } from './reproduction.js';

export interface Rekeyed {
  readonly lines: readonly Line[];
  /** The cells whose lines have another key than before. */
  readonly renamed: readonly Taken[];
}

export interface Taken {
  readonly cell: Cell<unknown>;
  readonly line: Line;
}

export function rekeyed(cells: readonly Cell<unknown>[], lines: readonly Line[]): Rekeyed {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  const renamed = cells.flatMap((cell): Taken[] => {
    const line = byKey.get(keyOfSpelling(cell, formerSpelling(cell.recipe)));
    return byKey.has(keyOf(cell)) || line === undefined ? [] : [{ cell, line }];
  });
  const keys = new Map(renamed.map(({ cell, line }) => [line.key, keyOf(cell)]));
  return { lines: lines.map((line) => ({ ...line, key: keys.get(line.key) ?? line.key })), renamed };
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

/** What a run ends in: without its time, the hash of the kernels' code, and the spectral gap, which is derived from the recipe. */
function results(recorded: unknown): unknown {
  return JSON.parse(JSON.stringify(recorded), (name, value: unknown) =>
    ['kernelHash', 'seconds', 'spectralGap'].includes(name) ? undefined : value,
  );
}
