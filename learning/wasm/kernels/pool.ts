/** Max and average pooling of one example, eight channels at a time. */
import { wasm } from '../../../numerics/index.js';
import type { PoolPlan, Stretch } from './pool-plan.js';
import { advance, setFrom, until } from './pointers.js';
const { bulk, f32, f32x4, i32, v128 } = wasm;

type Local = wasm.Local;

/** Runs `body` for each window's each vector of channels: `at` is its corner's, `out` the output's. */
function overWindows(
  plan: PoolPlan,
  fresh: (type: 'i32') => Local,
  image: Local,
  out: Local,
  body: (at: Local, taps: readonly number[]) => wasm.Code,
): wasm.Code {
  const [row, rowEnd, corner, cornerEnd, at, atEnd] = Array.from({ length: 6 }, () => fresh('i32'));
  const taps = (height: number, width: number) =>
    Array.from(
      { length: height * width },
      (_, i) => Math.floor(i / width) * plan.line + (i % width) * plan.pixel,
    );
  const along = (
    pointer: Local,
    end: Local,
    from: Local,
    stretch: Stretch,
    bytes: number,
    inner: wasm.Code,
  ) => [
    setFrom(pointer, from, stretch.first * bytes),
    setFrom(end, pointer, stretch.count * plan.stride * bytes),
    until(pointer, end, inner, advance(pointer, plan.stride * bytes)),
  ];
  return plan.down.map((down) =>
    along(row, rowEnd, image, down, plan.line, [
      plan.across.map((across) =>
        along(corner, cornerEnd, row, across, plan.pixel, [
          [corner.get, at.set, setFrom(atEnd, corner, plan.pixel)],
          until(at, atEnd, body(at, taps(down.extent, across.extent)), [advance(at, 16), advance(out, 16)]),
        ]),
      ),
    ]),
  );
}

const splat = (value: number) => [f32.const(value), f32x4.splat];

/** forward(image, output) */
export const emitPool = (plan: PoolPlan): wasm.WasmFunction =>
  wasm.defineFunction('pool', { parameters: ['i32', 'i32'] }, ([image, output], fresh) => {
    const combine = plan.of === 'max' ? f32x4.pmax : f32x4.add;
    return overWindows(plan, fresh, image, output, (at, taps) => [
      [output.get, at.get, v128.load(taps[0])],
      taps.slice(1).map((tap) => [at.get, v128.load(tap), combine]),
      plan.of === 'average' ? [splat(taps.length), f32x4.div] : [],
      v128.store(0),
    ]);
  });

/**
 * backward(image, output, toDelta, toOutputDelta): derivatives by the image, `toDelta` bytes from it, from those by
 * the output. Of equal largest numbers the first gets all.
 */
export const emitPoolBackward = (plan: PoolPlan): wasm.WasmFunction =>
  wasm.defineFunction('poolBackward', { parameters: ['i32', 'i32', 'i32', 'i32'] }, (parameters, fresh) => {
    const [image, output, toDelta, toOutputDelta] = parameters;
    const [delta, largest, mine, at] = [fresh('v128'), fresh('v128'), fresh('v128'), fresh('i32')];
    const covered =
      !plan.overlap &&
      plan.line * plan.down.reduce((sum, d) => sum + d.count * d.extent, 0) === plan.bytes &&
      plan.pixel * plan.across.reduce((sum, a) => sum + a.count * a.extent, 0) === plan.line;
    const write = (tap: number, value: wasm.Code) => [
      at.get,
      plan.overlap ? [at.get, v128.load(tap), value, f32x4.add] : value,
      v128.store(tap),
    ];
    const positive = [v128.zero, f32x4.gt, v128.and];
    const max = (corner: Local, taps: readonly number[]) => [
      [output.get, v128.load(0), largest.set],
      plan.relu ? [delta.get, largest.get, positive, delta.set] : [],
      taps.map((tap) => [
        [corner.get, v128.load(tap), largest.get, f32x4.eq, delta.get, v128.and, mine.set],
        // what was given away is gone: x and not mine
        [delta.get, corner.get, v128.load(tap), largest.get, f32x4.eq, v128.andNot, delta.set],
        write(tap, mine.get),
      ]),
    ];
    const average = (corner: Local, taps: readonly number[]) => [
      [delta.get, splat(taps.length), f32x4.div, delta.set],
      taps.map((tap) => write(tap, [delta.get, plan.relu ? [corner.get, v128.load(tap), positive] : []])),
    ];
    return [
      covered ? [] : [image.get, toDelta.get, i32.add, i32.const(0), i32.const(plan.bytes), bulk.fill],
      overWindows(plan, fresh, image, output, (corner, taps) => [
        [output.get, toOutputDelta.get, i32.add, v128.load(0), delta.set],
        [corner.get, toDelta.get, i32.add, at.set],
        plan.of === 'max' ? max(corner, taps) : average(corner, taps),
      ]),
    ];
  });
