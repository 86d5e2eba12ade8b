/** share · own + scale · Σ coefficient · model: the mean behind every averaging rule, block by block in float32. */
import { CHUNK, type Moments } from './moments.js';
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

/** Whose mean and variance to find on the way: of terms and of the own model before, of the result after. */
export interface Measured {
  readonly terms?: readonly Moments[];
  readonly own?: Moments | undefined;
  readonly result?: Moments;
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
  measured: Measured = {},
): void {
  const { kernels } = bench;
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(start + BLOCK, to);
    const count = end - start;
    const { sum, unmeasured } = sumOfTerms(bench, terms, start, end, measured.terms);
    const result = bench.target(into, RESULT_SLOT, start);
    if (own === undefined) {
      unmeasured?.add(sum, count);
      kernels.affine(sum, result, sum + 4 * count, scale, -0);
      measured.result?.add(result, count);
    } else {
      const x = bench.read(own.values, OWN_SLOT, start, end);
      measured.own?.add(x, count);
      combine(bench, [x, sum, result], count, [own.share, scale], unmeasured, measured.result);
    }
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

/**
 * The address of Σ coefficient · model; the first product is not added to a zero, so that −0 stays −0. A single model
 * that needs no product is the sum, and is left to be measured by whoever reads it.
 */
function sumOfTerms(
  bench: Workbench,
  terms: readonly Term[],
  start: number,
  end: number,
  moments: readonly Moments[] = [],
): { sum: number; unmeasured?: Moments | undefined } {
  const { kernels } = bench;
  const count = end - start;
  const sum = bench.slot(SUM_SLOT);
  const readTerm = (index: number) =>
    bench.read(terms[index].values, index === 0 ? SUM_SLOT : TERM_SLOT, start, end);
  const first = readTerm(0);
  if (terms.length === 1 && terms[0].coefficient === 1) return { sum: first, unmeasured: moments.at(0) };
  moments.at(0)?.add(first, count);
  if (terms.length === 1) {
    kernels.affine(first, sum, first + 4 * count, terms[0].coefficient, -0);
    return { sum };
  }
  for (let index = 1; index < terms.length; index++) {
    const [before, factor] = index === 1 ? [first, terms[0].coefficient] : [sum, 1];
    const factors = [factor, terms[index].coefficient] as const;
    combine(bench, [before, readTerm(index), sum], count, factors, moments.at(index), undefined);
  }
  return { sum };
}

/** out = p·a + q·b, and what is measured of b and of out: in the same sweep, wherever that gives the same sums. */
function combine(
  { kernels, resultAddress }: Workbench,
  [a, b, out]: readonly [number, number, number],
  count: number,
  [p, q]: readonly [number, number],
  ofB: Moments | undefined,
  ofOut: Moments | undefined,
): void {
  if (ofB === undefined && ofOut === undefined) {
    kernels.combine(a, b, out, a + 4 * count, p, q);
    return;
  }
  const end = a + 4 * count;
  for (let start = 0; start < 4 * count; start += 4 * CHUNK) {
    const [x, y, z] = [a + start, b + start, out + start];
    const stop = Math.min(x + 4 * CHUNK, end);
    const length = (stop - x) / 4;
    const takesB = ofB?.isAboutZero === true;
    const takesOut = ofOut?.isAboutZero === true;
    // b goes first, for out may be in its place.
    if (!takesB) ofB?.add(y, length);
    if (takesB && takesOut) kernels.combineMeasuringBoth(x, y, z, stop, p, q, resultAddress);
    else if (takesB) kernels.combineMeasuringB(x, y, z, stop, p, q, resultAddress);
    else if (takesOut) kernels.combineMeasuringOut(x, y, z, stop, p, q, resultAddress);
    else kernels.combine(x, y, z, stop, p, q);
    if (takesB) ofB.take(length, 0);
    if (takesOut) ofOut.take(length, takesB ? 2 : 0);
    else ofOut?.add(z, length);
  }
}
