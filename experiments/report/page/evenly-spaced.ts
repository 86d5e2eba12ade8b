/** Too many to show: which of them to show. */

/** At most `most` of the indices 0 … count − 1, evenly spaced, the first and the last among them. */
export function evenlySpaced(count: number, most: number): number[] {
  const shown = Math.min(count, most);
  const step = shown > 1 ? (count - 1) / (shown - 1) : 0;
  return Array.from({ length: shown }, (_, i) => Math.round(i * step));
}
