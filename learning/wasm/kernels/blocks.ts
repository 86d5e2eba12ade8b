/**
 * The block of sums that every dense kernel is made of: a few rows × 8 columns held in registers, while one
 * factor comes as single numbers (one a row) and the other as rows of 8.
 */
import { wasm } from '../../../numerics/index.js';
import { PANEL_ROW } from '../plan.js';
import { addProduct, until } from './pointers.js';
const { f32x4, v128 } = wasm;

/** More rows than this do not fit the sixteen registers of x86-64. */
const MOST_BLOCK_ROWS = 5;

/** Rows split into blocks as evenly as possible: 7 = 4 + 3, 64 = 12 · 5 + 4. */
export function rowBlocks(rows: number): { readonly rows: number; readonly count: number }[] {
  const blocks = Math.ceil(rows / MOST_BLOCK_ROWS);
  const small = Math.floor(rows / blocks);
  const large = rows - small * blocks;
  return [
    { rows: small + 1, count: large },
    { rows: small, count: blocks - large },
  ].filter(({ count }) => count > 0);
}

/** The registers of one block. */
export interface Block {
  /** sums[row] is the pair of vectors of that row. */
  readonly sums: readonly (readonly [wasm.Local, wasm.Local])[];
  readonly pair: readonly [wasm.Local, wasm.Local];
  readonly number: wasm.Local;
}

export function newBlock(fresh: (type: 'v128') => wasm.Local): Block {
  const pair = (): [wasm.Local, wasm.Local] => [fresh('v128'), fresh('v128')];
  return { sums: Array.from({ length: MOST_BLOCK_ROWS }, pair), pair: pair(), number: fresh('v128') };
}

/** sums[row] += number at (left + row · rowBytes + leftOffset) × the 8 numbers at right + rightOffset, for all rows. */
export function addTerm(
  { sums, pair, number }: Block,
  rows: number,
  left: { readonly pointer: wasm.Local; readonly rowBytes: number; readonly offset: number },
  right: { readonly pointer: wasm.Local; readonly offset: number },
): wasm.Code {
  return [
    pair.map((half, h) => [right.pointer.get, v128.load(right.offset + 16 * h), half.set]),
    sums
      .slice(0, rows)
      .map((row, r) => [
        [left.pointer.get, v128.load32Splat(left.offset + r * left.rowBytes), number.set],
        row.map((sum, h) => addProduct(sum, number, pair[h])),
      ]),
  ];
}

/**
 * sums[row] += Σₜ left[row, t] × right[t], t ascending until `right` is `end`. `left` is row-major with rows
 * `rowBytes` apart, `right` a panel; both pointers move past what was used. The number of terms is even.
 */
export function addProducts(
  block: Block,
  rows: number,
  left: { readonly pointer: wasm.Local; readonly rowBytes: number },
  right: wasm.Local,
  end: wasm.Local | number,
): wasm.Code {
  const unroll = 2;
  const terms = Array.from({ length: unroll }, (_, t) =>
    addTerm(block, rows, { ...left, offset: 4 * t }, { pointer: right, offset: PANEL_ROW * t }),
  );
  const { i32 } = wasm;
  return until(
    right,
    end,
    terms,
    [left.pointer.get, i32.const(4 * unroll), i32.add, left.pointer.set],
    [right.get, i32.const(PANEL_ROW * unroll), i32.add, right.set],
  );
}

export const zero = (block: Block, rows: number): wasm.Code =>
  block.sums.slice(0, rows).map((row) => row.map((sum) => [v128.zero, sum.set]));

/** A vector plus +0, so that it is never −0: then adding a term of zero never changes a bit. */
export const withoutNegativeZero: wasm.Code = [v128.zero, f32x4.add];
