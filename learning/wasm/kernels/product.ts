/** Products of matrices of any strides: what layers over sequences are made of. Strides are in bytes. */
import { wasm } from '../../../numerics/index.js';
import { withNative, type Emitted } from './native-form.js';
import { PANEL, PANEL_ROW } from '../panels.js';
import { addTerm, newBlock, pointRows, rowBlocks, storeSum, withoutNegativeZero } from './blocks.js';
import { advance, set, setFrom, until } from './pointers.js';
const { control, f32x4, i32, v128 } = wasm;

export interface Product {
  /** result [rows, columns] = start + left [rows, depth] × right [depth, columns]; columns in panels of eight. */
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly left: { readonly row: number; readonly column: number };
  /** From row to row of a panel, and from panel to panel. */
  readonly right: { readonly row: number; readonly panel: number };
  readonly result: { readonly row: number; readonly panel: number };
  /** Where the terms come in pieces of `depth`: how many, and what the left factor skips between them. */
  readonly pieces?: { readonly count: number; readonly leftSkip: number };
  /** What sums start from: 0, the row before the right panel's first, or what the result is already. */
  readonly start: 'zero' | 'bias' | 'result';
  readonly relu?: boolean;
  /** Keeps only what stands where the numbers at this distance from the result are positive. */
  readonly positive?: number;
}

/** product(left, right, result): each sum in ascending order of depth. */
export function emitProduct(product: Product): Emitted {
  const { rows, depth, columns, left, right, result, start, relu = false, positive } = product;
  const { count: pieces, leftSkip } = product.pieces ?? { count: 1, leftSkip: 0 };
  const rest = depth % PANEL;
  const emitted = wasm.defineFunction(
    'product',
    { parameters: ['i32', 'i32', 'i32'] },
    ([a, b, c], fresh) => {
      const [row, rowsEnd, at, runEnd, out, last, piecesEnd] = Array.from({ length: 7 }, () => fresh('i32'));
      const block = newBlock(fresh);
      const each = (count: number, code: (sum: wasm.Local, r: number, half: number) => wasm.Code) =>
        block.sums.slice(0, count).map((pair, r) => pair.map((sum, half) => code(sum, r, half)));
      const begin = (count: number) =>
        each(count, (sum, r, half) => {
          if (start === 'zero') return [v128.zero, sum.set];
          return start === 'result'
            ? [out.get, v128.load(r * result.row + 16 * half), sum.set]
            : [[b.get, i32.const(right.row), i32.sub], v128.load(16 * half), withoutNegativeZero, sum.set];
        });
      const finish = (count: number) =>
        each(count, (sum, r, half) => storeSum(out, sum, r * result.row + 16 * half, { relu, positive }));
      const terms = (count: number, length: number, exit: number) =>
        Array.from({ length }, (_, t) => addTerm(block, count, t * left.column, at, t * right.row, exit));
      const moveRows = (count: number, terms: number) =>
        block.rows.slice(0, count).map((pointer) => advance(pointer, terms * left.column));
      const piece = (count: number) =>
        control.block(
          depth < PANEL
            ? []
            : [
                setFrom(runEnd, at, (depth - rest) * right.row),
                until(
                  at,
                  runEnd,
                  terms(count, PANEL, 1),
                  moveRows(count, PANEL),
                  advance(at, PANEL * right.row),
                ),
              ],
          terms(count, rest, 0),
        );
      const sums = (count: number) => [
        [b.get, at.set],
        pieces === 1
          ? piece(count)
          : [
              setFrom(piecesEnd, b, pieces * depth * right.row),
              until(at, piecesEnd, piece(count), advance(at, rest * right.row), [
                block.rows.slice(0, count).map((pointer) => advance(pointer, rest * left.column + leftSkip)),
              ]),
            ],
      ];
      const blocks = rowBlocks(rows).map(({ size, count }) => [
        setFrom(rowsEnd, row, count * size * left.row),
        until(row, rowsEnd, begin(size), pointRows(block, size, row, left.row), sums(size), finish(size), [
          advance(row, size * left.row),
          advance(out, size * result.row),
        ]),
      ]);
      const toNextPanel = result.panel;
      return [
        setFrom(last, b, (columns / PANEL) * right.panel),
        until(b, last, [a.get, row.set, c.get, out.set], blocks, [
          advance(b, right.panel),
          advance(c, toNextPanel),
        ]),
      ];
    },
  );
  return withNative(emitted, 'product', {
    ...{ rows, depth, columns, relu, pieces, leftSkip },
    ...{ leftRow: left.row, leftColumn: left.column, rightRow: right.row, rightPanel: right.panel },
    ...{ resultRow: result.row, resultPanel: result.panel },
    fromResult: start === 'result',
    fromBias: start === 'bias',
    masked: positive !== undefined,
    positive: positive ?? 0,
  });
}

/** addRows(from, result): adds `rows` rows of `columns` numbers, `row` bytes apart, to the rows of panels. */
export const emitAddRows = (rows: number, columns: number, row: number, panel: number): wasm.WasmFunction =>
  wasm.defineFunction('addRows', { parameters: ['i32', 'i32'] }, ([from, result], fresh) => {
    const [at, end, last] = [fresh('i32'), fresh('i32'), fresh('i32')];
    const pair = [fresh('v128'), fresh('v128')];
    return [
      setFrom(last, from, 4 * columns),
      until(
        from,
        last,
        pair.map((sum, half) => [result.get, v128.load(16 * half), sum.set]),
        [from.get, at.set, setFrom(end, from, rows * row)],
        until(
          at,
          end,
          pair.map((sum, half) => [sum.get, at.get, v128.load(16 * half), f32x4.add, sum.set]),
          advance(at, row),
        ),
        pair.map((sum, half) => [result.get, sum.get, v128.store(16 * half)]),
        [advance(from, PANEL_ROW), advance(result, panel)],
      ),
    ];
  });

/** Panels of a matrix [depth, width]: where the kernel's first row is, and from panel to panel. */
export interface Matrix {
  readonly rows: number;
  readonly panelBytes: number;
  readonly depth: number;
  readonly width: number;
}

/** transpose(): the panels of a matrix as those of its transpose, at `to`; both extents are multiples of eight. */
export const emitTranspose = ({ rows, panelBytes, depth, width }: Matrix, to: number): wasm.WasmFunction =>
  wasm.defineFunction('transpose', {}, (_, fresh) => {
    const [panel, from, target, end, next] = Array.from({ length: 5 }, () => fresh('i32'));
    return [
      [set(panel, rows), set(next, to)],
      until(
        panel,
        rows + (width / PANEL) * panelBytes,
        [panel.get, from.set, next.get, target.set, setFrom(end, from, depth * PANEL_ROW)],
        until(from, end, emitSquare(fresh, from, target), [
          advance(from, PANEL * PANEL_ROW),
          advance(target, width * PANEL_ROW),
        ]),
        [advance(panel, panelBytes), advance(next, PANEL * PANEL_ROW)],
      ),
    ];
  });

/** The panels that `emitTranspose` makes. */
export const transposedMatrix = ({ depth, width }: Matrix, at: number): Matrix => ({
  rows: at,
  panelBytes: width * PANEL_ROW,
  depth: width,
  width: depth,
});

/** Eight rows of 8 at `from`, `row` bytes apart, transposed to `to`, as four squares of 4 × 4. */
export function emitSquare(
  fresh: (type: 'v128') => wasm.Local,
  from: wasm.Local,
  to: wasm.Local,
  row = PANEL_ROW,
): wasm.Code {
  const lanes = (indices: readonly number[]) =>
    v128.shuffle(indices.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
  const low = lanes([0, 4, 1, 5]);
  const high = lanes([2, 6, 3, 7]);
  const rows = Array.from({ length: 4 }, () => fresh('v128'));
  const halves = Array.from({ length: 4 }, () => fresh('v128'));
  const square = (top: number, left: number) => [
    rows.map((vector, r) => [from.get, v128.load((top + r) * row + 4 * left), vector.set]),
    // halves: columns 0 and 1 of rows 0, 2 and of rows 1, 3; then columns 2 and 3
    [rows[0].get, rows[2].get, low, halves[0].set, rows[1].get, rows[3].get, low, halves[1].set],
    [rows[0].get, rows[2].get, high, halves[2].set, rows[1].get, rows[3].get, high, halves[3].set],
    [0, 1, 2, 3].map((c) => [
      [to.get, halves[c < 2 ? 0 : 2].get, halves[c < 2 ? 1 : 3].get, c % 2 === 0 ? low : high],
      v128.store((left + c) * PANEL_ROW + 4 * top),
    ]),
  ];
  return [square(0, 0), square(4, 0), square(0, 4), square(4, 4)];
}
