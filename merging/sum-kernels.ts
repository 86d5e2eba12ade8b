/** Kernels that add up in float64, in one order that does not depend on where blocks begin. */
import { wasm } from '../numerics/index.js';
import { loop } from './kernel-loops.js';

const { defineFunction, f32, f32x4, f64, f64x2, v128 } = wasm;

/** Eight lanes, two by two in four locals, and a ninth for what is left over. */
interface Lanes {
  readonly pairs: readonly wasm.Local[];
  readonly ninth: wasm.Local;
  readonly scratch: wasm.Local;
}

const lanes = (fresh: (type: wasm.ValueType) => wasm.Local): Lanes => ({
  pairs: Array.from({ length: 4 }, () => fresh('v128')),
  ninth: fresh('f64'),
  scratch: fresh('v128'),
});

/** ((0 + 2) + (4 + 6)) + ((1 + 3) + (5 + 7)) + ninth */
const total = ({ pairs: [a, b, c, d], ninth, scratch }: Lanes): wasm.Code => [
  [a.get, b.get, f64x2.add, c.get, d.get, f64x2.add, f64x2.add],
  [scratch.tee, f64x2.extractLane(0), scratch.get, f64x2.extractLane(1), f64.add],
  [ninth.get, f64.add],
];

/** Two neighbouring float32, or one, as float64. */
const twoAt = (pointer: wasm.Local, pair: number) => [
  pointer.get,
  v128.load64Zero(8 * pair),
  f64x2.promoteLowF32x4,
];
const oneAt = (pointer: wasm.Local) => [pointer.get, f32.load(0), f64.fromF32];

const square = (d: wasm.Local, into: wasm.Local, { mul, add }: typeof f64 | typeof f64x2) => [
  [d.get, d.get, mul, into.get, add, into.set],
];

function emitMoments<Name extends string>(name: Name, shifted: boolean): wasm.WasmFunction<Name> {
  return defineFunction(name, { parameters: ['i32', 'i32', 'f64', 'i32'] }, ([a, end, shift, out], fresh) => {
    const [shifts, two, one] = [fresh('v128'), fresh('v128'), fresh('f64')];
    const [sums, squares] = [lanes(fresh), lanes(fresh)];
    return [
      [shift.get, f64x2.splat, shifts.set],
      loop(
        [a],
        end,
        32,
        sums.pairs.map((sum, pair) => [
          [twoAt(a, pair), shifted ? [shifts.get, f64x2.sub] : [], two.tee, sum.get, f64x2.add, sum.set],
          square(two, squares.pairs[pair], f64x2),
        ]),
      ),
      loop([a], end, 4, [
        [oneAt(a), shifted ? [shift.get, f64.sub] : [], one.tee, sums.ninth.get, f64.add, sums.ninth.set],
        square(one, squares.ninth, f64),
      ]),
      [out.get, total(sums), f64.store(0), out.get, total(squares), f64.store(8)],
    ];
  });
}

export const moments = emitMoments('moments', true);
export const momentsAboutZero = emitMoments('momentsAboutZero', false);

/** The upper two of four float32 in the place of the lower. */
const upperHalf = v128.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);

/** combine and, in the same sweep, momentsAboutZero of b, of out, or of both. */
function emitCombineMeasuring<Name extends string>(
  name: Name,
  measured: readonly ('b' | 'out')[],
): wasm.WasmFunction<Name> {
  const parameters = ['i32', 'i32', 'i32', 'i32', 'f32', 'f32', 'i32'] as const;
  return defineFunction(name, { parameters }, ([a, b, out, end, p, q, results], fresh) => {
    const [ps, qs, two] = [fresh('v128'), fresh('v128'), fresh('v128')];
    const four = { b: fresh('v128'), out: fresh('v128') };
    const one = { b: fresh('f32'), out: fresh('f32'), wide: fresh('f64') };
    const moments = measured.map((which) => ({ which, sums: lanes(fresh), squares: lanes(fresh) }));
    return [
      [p.get, f32x4.splat, ps.set, q.get, f32x4.splat, qs.set],
      loop(
        [a, b, out],
        end,
        32,
        [0, 1].map((half) => [
          [a.get, v128.load(16 * half), ps.get, f32x4.mul],
          [b.get, v128.load(16 * half), four.b.tee, qs.get, f32x4.mul, f32x4.add, four.out.set],
          [out.get, four.out.get, v128.store(16 * half)],
          moments.map(({ which, sums, squares }) =>
            [2 * half, 2 * half + 1].map((pair) => [
              [four[which].get, pair % 2 === 0 ? [] : [four[which].get, upperHalf]],
              [f64x2.promoteLowF32x4, two.tee, sums.pairs[pair].get, f64x2.add, sums.pairs[pair].set],
              square(two, squares.pairs[pair], f64x2),
            ]),
          ),
        ]),
      ),
      loop([a, b, out], end, 4, [
        [a.get, f32.load(0), p.get, f32.mul],
        [b.get, f32.load(0), one.b.tee, q.get, f32.mul, f32.add, one.out.set],
        [out.get, one.out.get, f32.store(0)],
        moments.map(({ which, sums, squares }) => [
          [one[which].get, f64.fromF32, one.wide.tee, sums.ninth.get, f64.add, sums.ninth.set],
          square(one.wide, squares.ninth, f64),
        ]),
      ]),
      moments.map(({ sums, squares }, index) => [
        [results.get, total(sums), f64.store(16 * index)],
        [results.get, total(squares), f64.store(16 * index + 8)],
      ]),
    ];
  });
}

export const combineMeasuringB = emitCombineMeasuring('combineMeasuringB', ['b']);
export const combineMeasuringOut = emitCombineMeasuring('combineMeasuringOut', ['out']);
export const combineMeasuringBoth = emitCombineMeasuring('combineMeasuringBoth', ['b', 'out']);

export const distance = defineFunction(
  'distance',
  { parameters: ['i32', 'i32', 'i32'], results: ['f64'] },
  ([a, b, end], fresh) => {
    const [two, one] = [fresh('v128'), fresh('f64')];
    const squares = lanes(fresh);
    return [
      loop(
        [a, b],
        end,
        32,
        squares.pairs.map((sum, pair) => [
          [twoAt(a, pair), twoAt(b, pair), f64x2.sub, two.set],
          square(two, sum, f64x2),
        ]),
      ),
      loop([a, b], end, 4, [[oneAt(a), oneAt(b), f64.sub, one.set], square(one, squares.ninth, f64)]),
      total(squares),
    ];
  },
);
