/**
 * All dot products of two sets of rows in float64, in WebAssembly: the expensive part of every score matrix.
 * Each product is summed in ascending order of coordinates, so blocking and lanes do not change its bits.
 */
import { range, wasm } from '../numerics/index.js';

const { assemble, control, f64, f64x2, i32, local, v128 } = wasm;

/** Rows of the left, rows of the right and coordinates that are in memory at a time; rows by fours. */
const LEFT = 128;
const RIGHT = 128;
const DEPTH = 256;
const TILE = 4;
const BYTES = 8;
const LEFT_AT = 0;
const RIGHT_AT = LEFT * DEPTH * BYTES;
const RESULT_AT = RIGHT_AT + RIGHT * DEPTH * BYTES;
const PAGES = Math.ceil((RESULT_AT + LEFT * RIGHT * BYTES) / 65536);

/**
 * Writes left[i] · right[k] to `into[i * stride + k]`.
 * @param depth how many coordinates every row has
 */
export function products(
  left: readonly Float64Array[],
  right: readonly Float64Array[],
  depth: number,
  into: Float64Array,
  stride: number,
): void {
  const kernel = load();
  for (let i = 0; i < left.length; i += LEFT) {
    const rows = left.slice(i, i + LEFT);
    for (let k = 0; k < right.length; k += RIGHT) {
      const columns = right.slice(k, k + RIGHT);
      kernel.result.fill(0);
      for (let d = 0; d < depth; d += DEPTH) {
        const end = Math.min(d + DEPTH, depth);
        rows.forEach((row, index) => {
          kernel.left.set(row.subarray(d, end), index * DEPTH);
        });
        columns.forEach((row, index) => {
          interleave(row, d, end, kernel.right, index);
        });
        kernel.add(Math.ceil(rows.length / TILE), Math.ceil(columns.length / TILE), end - d);
      }
      rows.forEach((_, index) => {
        const start = index * RIGHT;
        into.set(kernel.result.subarray(start, start + columns.length), (i + index) * stride + k);
      });
    }
  }
}

/** Right rows lie in panels of four, [coordinate][row of the panel], so that two lanes are two products. */
function interleave(row: Float64Array, from: number, to: number, panels: Float64Array, index: number): void {
  let at = Math.floor(index / TILE) * DEPTH * TILE + (index % TILE);
  for (let d = from; d < to; d++) {
    panels[at] = row[d];
    at += TILE;
  }
}

interface Kernel {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly result: Float64Array;
  /** Adds the products of tiles of left rows and panels of right rows over so many coordinates to the result. */
  add(tiles: number, panels: number, depth: number): void;
}

let loaded: Kernel | undefined;

function load(): Kernel {
  if (loaded !== undefined) return loaded;
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const { add } = new WebAssembly.Instance(new WebAssembly.Module(emit()), { host: { memory } }).exports;
  loaded = {
    left: new Float64Array(memory.buffer, LEFT_AT, LEFT * DEPTH),
    right: new Float64Array(memory.buffer, RIGHT_AT, RIGHT * DEPTH),
    result: new Float64Array(memory.buffer, RESULT_AT, LEFT * RIGHT),
    add: add as Kernel['add'],
  };
  return loaded;
}

/** Each turn of the innermost loop takes one coordinate of 4 left and 4 right rows: 16 products. */
function emit(): Uint8Array<ArrayBuffer> {
  const [tiles, panels, depth, a, b, end, panel, rowsLeft, panelsLeft, result, low, high, x] = range(13);
  const sum = (row: number, half: number) => 13 + 2 * row + half;
  const rows = Array.from(range(TILE));
  const resultOffset = (row: number, half: number) => row * RIGHT * BYTES + half * 16;
  const eachSum = (code: (row: number, half: number) => wasm.Code) =>
    rows.map((row) => [code(row, 0), code(row, 1)]);
  const move = (pointer: number, by: number) => [
    ...[local.get(pointer), i32.const(by), i32.add, local.set(pointer)],
  ];

  const oneCoordinate = [
    [local.get(b), v128.load(0), local.set(low), local.get(b), v128.load(16), local.set(high)],
    rows.map((row) => [
      [local.get(a), f64.load(row * DEPTH * BYTES), f64x2.splat, local.set(x)],
      [low, high].map((pair, half) => [
        [local.get(sum(row, half)), local.get(x), local.get(pair), f64x2.mul, f64x2.add],
        local.set(sum(row, half)),
      ]),
    ]),
    [move(a, BYTES), move(b, TILE * BYTES)],
  ];
  const oneTile = [
    [local.get(a), local.get(depth), i32.const(BYTES), i32.mul, i32.add, local.set(end)],
    [local.get(panel), local.set(b)],
    eachSum((row, half) => [
      ...[local.get(result), v128.load(resultOffset(row, half)), local.set(sum(row, half))],
    ]),
    control.loop([oneCoordinate, local.get(a), local.get(end), i32.ltU, control.brIf(0)]),
    eachSum((row, half) => [
      ...[local.get(result), local.get(sum(row, half)), v128.store(resultOffset(row, half))],
    ]),
    // from the end of this tile's first row to the start of the next tile
    [local.get(depth), i32.const(-BYTES), i32.mul, local.get(a), i32.add, local.set(a)],
    [move(a, TILE * DEPTH * BYTES), move(result, TILE * RIGHT * BYTES), move(rowsLeft, -1)],
  ];
  const onePanel = [
    [i32.const(LEFT_AT), local.set(a), local.get(tiles), local.set(rowsLeft)],
    control.loop([oneTile, local.get(rowsLeft), control.brIf(0)]),
    [move(panel, TILE * DEPTH * BYTES), move(panelsLeft, -1)],
    // back to the result's first row, four columns on
    [local.get(tiles), i32.const(-TILE * RIGHT * BYTES), i32.mul, local.get(result), i32.add],
    [i32.const(TILE * BYTES), i32.add, local.set(result)],
  ];
  return assemble([
    {
      name: 'add',
      parameters: ['i32', 'i32', 'i32'],
      locals: [...Array<'i32'>(7).fill('i32'), ...Array<'v128'>(11).fill('v128')],
      body: [
        [i32.const(RIGHT_AT), local.set(panel), i32.const(RESULT_AT), local.set(result)],
        [local.get(panels), local.set(panelsLeft)],
        control.loop([onePanel, local.get(panelsLeft), control.brIf(0)]),
      ],
    },
  ]);
}
