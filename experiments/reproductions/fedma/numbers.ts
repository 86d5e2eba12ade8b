/** How this page writes its numbers. */
import type { Outcome } from './recorded.js';

/** E.g. "81.3", or "81.3 ± 0.4" over seeds: per cent. */
export function percent(value: Outcome | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return (100 * value).toFixed(1);
  const { test, deviation } = value;
  const around = deviation === undefined ? '' : ` ± ${(100 * deviation).toFixed(1)}`;
  return `${(100 * test).toFixed(1)}${around}`;
}

export const widthsText = (widths: readonly number[]) => widths.map((width) => width.toFixed(0)).join(' × ');

export const priorText = ({ sigma, sigma0, gamma }: { sigma: number; sigma0: number; gamma: number }) =>
  `(${sigma}, ${sigma0}, ${gamma})`;

export const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
