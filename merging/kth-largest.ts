/** Selection without sorting. */

/**
 * The k-th largest number, k = 1 … length, in time of the order of the length (Hoare's quickselect, the middle of three
 * as pivot). Reorders `values`, which must hold no NaN.
 */
export function kthLargest(values: Float64Array, k: number): number {
  const wanted = values.length - k;
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >>> 1], values[high]);
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
      i++;
      j--;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return values[wanted];
}

const middleOf = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
