/**
 * Which recipes had a fraction of a count rounded wrongly before 2026-11-30: 0.29 of 100 was 28, equal shares of a
 * partition were unequal.
 */
import type { Recipe } from './recipe.js';

/** The fields that are fractions of counts, by the section of the recipe. */
const fields = {
  algorithm: ['fraction', 'trim', 'density', 'maxWidthFactor'],
  data: ['fraction', 'testFraction'],
  network: ['fraction', 'overSelection'],
} as const;

/** Counts that are looked at; a fraction of few decimals that is off at all is so at one of them. */
const COUNTS = 20_000;

export function mayHaveRoundedFractions(recipe: Recipe): boolean {
  const { partition } = recipe.data;
  if (partition.kind === 'quantity-power-law') return true;
  // An even split of a label among few clients, or among ten, was right.
  if (partition.kind === 'labels' && !(partition.exponent === 0 && splitsEvenly(partition.clients)))
    return true;
  return (['algorithm', 'data', 'network'] as const).some((section) =>
    // Texts and grayscale images are counted by 1 − fraction too.
    numbersAt(recipe[section], fields[section]).some(
      (x) => isRounded(x) || (section === 'data' && isRounded(1 - x)),
    ),
  );
}

const splitsEvenly = (clients: unknown) => typeof clients === 'number' && (clients <= 7 || clients === 10);

/** Whether some multiple of x is a whole number, or one and a half, on paper and something else in float64. */
function isRounded(x: number): boolean {
  for (let count = 1; count <= COUNTS; count++) {
    const product = x * count;
    const nearest = Math.round(2 * product) / 2;
    if (product !== nearest && Math.abs(product - nearest) < 1e-11 * nearest) return true;
  }
  return false;
}

/** The numbers in fields of these names, however deep. */
function numbersAt(value: unknown, names: readonly string[]): number[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'number' ? (names.includes(name) ? [inner] : []) : numbersAt(inner, names),
  );
}
