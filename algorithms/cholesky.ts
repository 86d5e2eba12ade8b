/** Solving with a symmetric positive definite matrix, by Cholesky's decomposition in float64. */

/**
 * The lower triangle of A becomes L with A = L Lᵀ.
 * @returns the row at which A turns out not to be positive definite; nothing where it is
 */
export function choleskyDecompose(a: Float64Array, size: number): number | undefined {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      if (j < i) a[row + j] = sum / a[other + j];
      else if (sum > 0) a[row + i] = Math.sqrt(sum);
      else return i;
    }
  }
  return undefined;
}

/** x ← (L Lᵀ)⁻¹ x for several right-hand sides at once, x row-major [size, columns]. */
export function substitute(a: Float64Array, size: number, x: Float64Array, columns: number): void {
  /** x[to] −= factor · x[from], by rows. */
  const subtract = (to: number, from: number, factor: number): void => {
    if (factor === 0) return;
    for (let c = 0; c < columns; c++) x[to * columns + c] -= factor * x[from * columns + c];
  };
  const divide = (row: number): void => {
    for (let c = 0; c < columns; c++) x[row * columns + c] /= a[row * size + row];
  };
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, a[i * size + k]);
    divide(i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) subtract(i, k, a[k * size + i]);
    divide(i);
  }
}
