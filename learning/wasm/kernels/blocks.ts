/**
 * The block of sums that every dense kernel is made of: a few rows × 8 columns held in registers, while one
 * factor comes as single numbers (one a row) and the other as rows of 8.
 */
import { wasm } from '../../../numerics/index.js';
import { PANEL, PANEL_ROW } from '../panels.js';
import { addProduct, advance, setFrom, until } from './pointers.js';
const { control, f32x4, i32, v128 } = wasm;

/** More rows than this do not fit the sixteen registers of x86-64. */
const MOST_BLOCK_ROWS = 5;

/** Items split into blocks of at most `most`, as evenly as possible: 64 by fives is 12 · 5 + 4, 7 is 4 + 3. */
export function evenBlocks(items: number, most: number): { readonly size: number; readonly count: number }[] {
  const blocks = Math.ceil(items / most);
  const small = Math.floor(items / blocks);
  const large = items - small * blocks;
  return [
    { size: small + 1, count: large },
    { size: small, count: blocks - large },
  ].filter(({ count }) => count > 0);
}

export const rowBlocks = (rows: number) => evenBlocks(rows, MOST_BLOCK_ROWS);

/** The registers of one block. */
export interface Block {
  /** sums[row] is the pair of vectors of that row. */
  readonly sums: readonly (readonly [wasm.Local, wasm.Local])[];
  /** Where each row's single numbers are read: a pointer a row is cheaper than many constant offsets. */
  readonly rows: readonly wasm.Local[];
  readonly pair: readonly [wasm.Local, wasm.Local];
  readonly number: wasm.Local;
}

export function newBlock(fresh: (type: 'i32' | 'v128') => wasm.Local): Block {
  const pair = (): [wasm.Local, wasm.Local] => [fresh('v128'), fresh('v128')];
  const each = { length: MOST_BLOCK_ROWS };
  return {
    sums: Array.from(each, pair),
    rows: Array.from(each, () => fresh('i32')),
    pair: pair(),
    number: fresh('v128'),
  };
}

/** Sets the pointers of the block's rows to `first` and on, `bytes` apart. */
export const pointRows = ({ rows }: Block, count: number, first: wasm.Local, bytes: number): wasm.Code =>
  rows.slice(0, count).map((row, r) => setFrom(row, first, r * bytes));

/**
 * sums[row] += the number at rows[row] + offset × the 8 numbers at right + rightOffset, for the first `count` rows.
 *
 * Between rows the code leaves `exit` blocks if a pointer is odd, which it never is. V8 on Node 20 and 22 moves
 * loads to the top of a straight piece of code and multiplications to its end, which takes more registers than
 * there are; it cannot do so across a branch. The conditions differ, since it drops those it has seen.
 */
export function addTerm(
  { sums, rows, pair, number }: Block,
  count: number,
  offset: number,
  right: wasm.Local,
  rightOffset: number,
  exit: number,
): wasm.Code {
  return [
    pair.map((half, h) => [right.get, v128.load(rightOffset + 16 * h), half.set]),
    sums
      .slice(0, count)
      .map((row, r) => [
        [rows[r].get, v128.load32Splat(offset), number.set],
        row.map((sum, h) => addProduct(sum, number, pair[h])),
        r % 2 === 1 || r === count - 1
          ? [right.get, i32.const(rightOffset + 2 * r + 1), i32.eq, control.brIf(exit)]
          : [],
      ]),
  ];
}

/**
 * sums[row] += Σₜ (number t of the row) × (row t of a panel), t ascending until `right` is `end`. The number of
 * terms is a multiple of eight.
 */
export function addProducts(
  block: Block,
  count: number,
  right: wasm.Local,
  end: wasm.Local | number,
): wasm.Code {
  const terms = Array.from({ length: PANEL }, (_, t) =>
    addTerm(block, count, 4 * t, right, PANEL_ROW * t, 1),
  );
  return control.block(
    until(
      right,
      end,
      terms,
      block.rows.slice(0, count).map((row) => advance(row, 4 * PANEL)),
      advance(right, PANEL_ROW * PANEL),
    ),
  );
}

/**
 * Stores a sum at out + offset: with `relu` what is positive of it, with `positive` only where the number at this distance
 * is positive; zeros elsewhere.
 */
export const storeSum = (
  out: wasm.Local,
  sum: wasm.Local,
  offset: number,
  { relu, positive }: { readonly relu: boolean; readonly positive: number | undefined },
): wasm.Code => [
  [out.get, sum.get, relu ? [v128.zero, f32x4.pmax] : []],
  positive === undefined
    ? []
    : [
        [out.get, i32.const(positive), i32.add, v128.load(offset)],
        [v128.zero, f32x4.gt, v128.and],
      ],
  v128.store(offset),
];

export const zero = (block: Block, rows: number): wasm.Code =>
  block.sums.slice(0, rows).map((row) => row.map((sum) => [v128.zero, sum.set]));

/** A vector plus +0, so that it is never −0: then adding a term of zero never changes a bit. */
export const withoutNegativeZero: wasm.Code = [v128.zero, f32x4.add];
