/**
 * All dot products of two sets of rows in float64, in WebAssembly: the expensive part of every score matrix.
 * Each product is summed in ascending order of coordinates, so blocking and lanes do not change its bits.
 */
import { wasm, WasmModule } from '../numerics/index.js';

const { control, defineFunction, f64, f64x2, i32, v128 } = wasm;

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
  loaded = {
    left: new Float64Array(memory.buffer, LEFT_AT, LEFT * DEPTH),
    right: new Float64Array(memory.buffer, RIGHT_AT, RIGHT * DEPTH),
    result: new Float64Array(memory.buffer, RESULT_AT, LEFT * RIGHT),
    add: new WasmModule([add]).instantiate(memory).add,
  };
  return loaded;
}

/** Each turn of the innermost loop takes one coordinate of 4 left and 4 right rows: 16 products. */
const add = defineFunction('add', { parameters: ['i32', 'i32', 'i32'] }, ([tiles, panels, depth], fresh) => {
  const [a, b, end, panel, result] = [fresh('i32'), fresh('i32'), fresh('i32'), fresh('i32'), fresh('i32')];
  const [tilesLeft, panelsLeft] = [fresh('i32'), fresh('i32')];
  const [low, high, x] = [fresh('v128'), fresh('v128'), fresh('v128')];
  /** The sums of a left row with the first and with the last two rows of a panel, and where they are kept. */
  const sums = Array.from({ length: TILE }, (_, row) =>
    [low, high].map((pair, half) => ({ pair, sum: fresh('v128'), at: row * RIGHT * BYTES + half * 16 })),
  );
  const move = (pointer: wasm.Local, by: number) => [pointer.get, i32.const(by), i32.add, pointer.set];

  const oneCoordinate = [
    [b.get, v128.load(0), low.set, b.get, v128.load(16), high.set],
    sums.map((pairs, row) => [
      [a.get, f64.load(row * DEPTH * BYTES), f64x2.splat, x.set],
      pairs.map(({ pair, sum }) => [sum.get, x.get, pair.get, f64x2.mul, f64x2.add, sum.set]),
    ]),
    [move(a, BYTES), move(b, TILE * BYTES)],
  ];
  const oneTile = [
    [a.get, depth.get, i32.const(BYTES), i32.mul, i32.add, end.set, panel.get, b.set],
    sums.flat().map(({ sum, at }) => [result.get, v128.load(at), sum.set]),
    control.loop(oneCoordinate, a.get, end.get, i32.ltU, control.brIf(0)),
    sums.flat().map(({ sum, at }) => [result.get, sum.get, v128.store(at)]),
    // from the end of this tile's first row to the start of the next tile
    [a.get, depth.get, i32.const(BYTES), i32.mul, i32.sub, i32.const(TILE * DEPTH * BYTES), i32.add, a.set],
    [move(result, TILE * RIGHT * BYTES), move(tilesLeft, -1)],
  ];
  const onePanel = [
    [i32.const(LEFT_AT), a.set, tiles.get, tilesLeft.set],
    control.loop(oneTile, tilesLeft.get, control.brIf(0)),
    [move(panel, TILE * DEPTH * BYTES), move(panelsLeft, -1)],
    // back to the result's first row, four columns on
    [result.get, tiles.get, i32.const(TILE * RIGHT * BYTES), i32.mul, i32.sub],
    [i32.const(TILE * BYTES), i32.add, result.set],
  ];
  return [
    [i32.const(RIGHT_AT), panel.set, i32.const(RESULT_AT), result.set, panels.get, panelsLeft.set],
    control.loop(onePanel, panelsLeft.get, control.brIf(0)),
  ];
});
