/** Ascending client numbers: as runs, and whether one is among them. */

/** As runs, both ends included. */
export function rangesOf(clients: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const client of clients) {
    const last = ranges.at(-1);
    if (last?.[1] === client - 1) last[1] = client;
    else ranges.push([client, client]);
  }
  return ranges;
}

/** Whether an ascending list has a number. */
export function isAmong(sorted: readonly number[], wanted: number): boolean {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] === wanted) return true;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
