/** How the report writes numbers: percentages, counts, figures, bytes, durations. Unknown ones are a dash. */

const grouped = new Intl.NumberFormat('en');
const unknown = '–';
const space = '\u00a0';

/** 12,345 */
export const count = (value: number) => (Number.isFinite(value) ? grouped.format(value) : unknown);

/** A share of one as percent: 0.9712 → 97.12 % */
export function percent(share: number, digits = 2): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)}${space}%` : unknown;
}

/** Four significant digits: 0.09123, 12.35, 1.235e-7 */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return unknown;
  const rounded = Number(value.toPrecision(4));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

/** Decimal multiples: 12.3 MB */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return unknown;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))}${space}${units[unit]}`;
}

/** 0.84 s, 12.3 s, 3 min 20 s, 2 h 5 min */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return unknown;
  if (seconds < 59.95) return `${Number(seconds.toPrecision(seconds < 1 ? 2 : 3))}${space}s`;
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${Math.floor(whole / 60)}${space}min ${whole % 60}${space}s`
    : `${count(Math.floor(whole / 3600))}${space}h ${Math.floor((whole % 3600) / 60)}${space}min`;
}
