/** How the numbers of one column are written, so that they can be compared down the column. */

/** A difference of shares is in percentage points. */
export type Unit = 'share' | 'points' | 'plain' | 'bytes' | 'count' | 'p';

export interface Scale {
  /** Of the unit, for the column's head; empty where it has none. */
  readonly symbol: string;
  readonly write: (value: number) => string;
}

const multiples = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function scaleOf(unit: Unit, values: readonly number[]): Scale {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  switch (unit) {
    case 'share':
      return { symbol: '%', write: (value) => (100 * value).toFixed(2) };
    case 'points':
      return { symbol: 'pp', write: (value) => (100 * value).toFixed(2) };
    case 'p':
      return { symbol: '', write: (value) => (value < 0.001 ? '< 0.001' : value.toFixed(3)) };
    case 'bytes': {
      const power = Math.min(multiples.length - 1, Math.max(0, Math.floor(Math.log10(largest || 1) / 3)));
      const decimals = power === 0 ? 0 : decimalsFor(largest / 1000 ** power);
      return { symbol: multiples[power], write: (value) => (value / 1000 ** power).toFixed(decimals) };
    }
    case 'count': {
      const decimals = values.filter(Number.isFinite).every(Number.isInteger) ? 0 : 1;
      return { symbol: '', write: (value) => value.toFixed(decimals) };
    }
    case 'plain': {
      const decimals = decimalsFor(largest);
      return { symbol: '', write: (value) => value.toFixed(decimals) };
    }
  }
}

/** For four significant digits of the largest. */
const decimalsFor = (largest: number) => Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(largest || 1))));
