/** share · own + scale · Σ coefficient · model: the mean behind every averaging rule, block by block in float32. */
import { BLOCK, type Workbench } from './workbench.js';

export interface Term {
  readonly values: Float32Array;
  readonly coefficient: number;
}

export interface Blend {
  /** At least one. The sum runs in this order, every product and every sum rounded to float32. */
  readonly terms: readonly Term[];
  readonly scale: number;
  readonly own?: { readonly values: Float32Array; readonly share: number } | undefined;
}

/** Hears where the kernels find each block: of the terms and of the own model before, of the result after. */
export interface Watch {
  term?(index: number, address: number, count: number): void;
  own?(address: number, count: number): void;
  result?(address: number, count: number): void;
}

const SUM_SLOT = 0;
const TERM_SLOT = 1;
const OWN_SLOT = 2;
const RESULT_SLOT = 3;

/** Writes numbers `from` … `to` − 1 of the blend to `into`, which may be any of the inputs. */
export function blend(
  bench: Workbench,
  { terms, scale, own }: Blend,
  into: Float32Array,
  from: number,
  to: number,
  watch: Watch = {},
): void {
  const { kernels } = bench;
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(start + BLOCK, to);
    const count = end - start;
    const sum = sumOfTerms(bench, terms, start, end, watch);
    const result = bench.target(into, RESULT_SLOT, start);
    if (own === undefined) {
      kernels.affine(sum, result, sum + 4 * count, scale, -0);
    } else {
      const x = bench.read(own.values, OWN_SLOT, start, end);
      watch.own?.(x, count);
      kernels.combine(x, sum, result, x + 4 * count, own.share, scale);
    }
    watch.result?.(result, count);
    bench.finish(into, RESULT_SLOT, start, end);
  }
}

/** Replaces numbers `from` … `to` − 1 of `values` by p · number + q. */
export function rescale(
  bench: Workbench,
  values: Float32Array,
  from: number,
  to: number,
  p: number,
  q: number,
): void {
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(start + BLOCK, to);
    const x = bench.read(values, RESULT_SLOT, start, end);
    bench.kernels.affine(x, x, x + 4 * (end - start), p, q);
    bench.finish(values, RESULT_SLOT, start, end);
  }
}

/** The address of Σ coefficient · model; the first product is not added to a zero, so that −0 stays −0. */
function sumOfTerms(
  bench: Workbench,
  terms: readonly Term[],
  start: number,
  end: number,
  watch: Watch,
): number {
  const { kernels } = bench;
  const bytes = 4 * (end - start);
  const sum = bench.slot(SUM_SLOT);
  const readTerm = (index: number) => {
    const address = bench.read(terms[index].values, index === 0 ? SUM_SLOT : TERM_SLOT, start, end);
    watch.term?.(index, address, end - start);
    return address;
  };
  const first = readTerm(0);
  if (terms.length === 1) {
    if (terms[0].coefficient === 1) return first;
    kernels.affine(first, sum, first + bytes, terms[0].coefficient, -0);
    return sum;
  }
  kernels.combine(first, readTerm(1), sum, first + bytes, terms[0].coefficient, terms[1].coefficient);
  for (let index = 2; index < terms.length; index++) {
    kernels.combine(sum, readTerm(index), sum, sum + bytes, 1, terms[index].coefficient);
  }
  return sum;
}
