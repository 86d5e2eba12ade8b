/** Kernels whose every output comes from the inputs at its own place: lanes are independent, whatever their number. */
import { wasm } from '../numerics/index.js';
import { loop } from './kernel-loops.js';

const { control, defineFunction, f32, f32x4, v128 } = wasm;
type Code = wasm.Code;

/** The same float32 arithmetic four numbers at a time and one at a time; `choose` takes x where the mask says so. */
const quad = {
  bytes: 16,
  load: v128.load,
  store: v128.store,
  add: f32x4.add,
  mul: f32x4.mul,
  equal: f32x4.eq,
  less: f32x4.lt,
  choose: v128.select,
};
const single = {
  bytes: 4,
  load: f32.load,
  store: f32.store,
  add: f32.add,
  mul: f32.mul,
  equal: f32.eq,
  less: f32.lt,
  choose: control.select,
};
type Width = typeof quad | typeof single;

/** Sixteen numbers a turn, then the rest one by one. */
const elementwise = (
  pointers: readonly wasm.Local[],
  end: wasm.Local,
  body: (width: Width, at: number) => Code,
): Code => [
  loop(
    pointers,
    end,
    4 * quad.bytes,
    [0, 1, 2, 3].map((vector) => body(quad, vector * quad.bytes)),
  ),
  loop(pointers, end, single.bytes, body(single, 0)),
];

/** A number for either width. */
function inBothWidths(value: Code, fresh: (type: wasm.ValueType) => wasm.Local) {
  const [one, four] = [fresh('f32'), fresh('v128')];
  return {
    set: [value, one.tee, f32x4.splat, four.set],
    get: (width: Width) => (width === quad ? four.get : one.get),
  };
}

export const combine = defineFunction(
  'combine',
  { parameters: ['i32', 'i32', 'i32', 'i32', 'f32', 'f32'] },
  ([a, b, out, end, p, q], fresh) => {
    const ps = inBothWidths(p.get, fresh);
    const qs = inBothWidths(q.get, fresh);
    return [
      [ps.set, qs.set],
      elementwise([a, b, out], end, (width, at) => [
        out.get,
        [a.get, width.load(at), ps.get(width), width.mul],
        [b.get, width.load(at), qs.get(width), width.mul],
        [width.add, width.store(at)],
      ]),
    ];
  },
);

export const affine = defineFunction(
  'affine',
  { parameters: ['i32', 'i32', 'i32', 'f32', 'f32'] },
  ([a, out, end, p, q], fresh) => {
    const ps = inBothWidths(p.get, fresh);
    const qs = inBothWidths(q.get, fresh);
    return [
      [ps.set, qs.set],
      elementwise([a, out], end, (width, at) => [
        [out.get, a.get, width.load(at), ps.get(width), width.mul],
        [qs.get(width), width.add, width.store(at)],
      ]),
    ];
  },
);

export const sortPair = defineFunction(
  'sortPair',
  { parameters: ['i32', 'i32', 'i32'] },
  ([a, b, end], fresh) => {
    const values = {
      quad: [fresh('v128'), fresh('v128')],
      single: [fresh('f32'), fresh('f32')],
    };
    return elementwise([a, b], end, (width, at) => {
      const [x, y] = width === quad ? values.quad : values.single;
      return [
        [a.get, width.load(at), x.set, b.get, width.load(at), y.set],
        [a.get, y.get, x.get, y.get, x.get, width.less, width.choose, width.store(at)],
        [b.get, x.get, y.get, y.get, x.get, width.less, width.choose, width.store(at)],
      ];
    });
  },
);

export const replaceNaN = defineFunction('replaceNaN', { parameters: ['i32', 'i32'] }, ([a, end], fresh) => {
  const infinity = inBothWidths(f32.const(Infinity), fresh);
  return [
    infinity.set,
    elementwise([a], end, (width, at) => {
      const x = [a.get, width.load(at)];
      return [a.get, x, infinity.get(width), x, x, width.equal, width.choose, width.store(at)];
    }),
  ];
});
