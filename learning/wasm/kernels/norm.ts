/**
 * Normalisation of blocks of vectors: means and variances of groups of channels over a block's positions. A layer norm
 * has blocks of one position and one group, a group norm blocks of an example, a batch norm one block and a group for
 * each channel. Sums go over the positions of each channel first, then over the channels of a group.
 */
import { wasm } from '../../../numerics/index.js';
import { EPSILON } from '../../layers/norm.js';
import { withNative, type Emitted } from './native-form.js';
import { advance, set, setFrom, until } from './pointers.js';
const { f32, f32x4, i32, v128 } = wasm;

type Local = wasm.Local;

export interface NormPlan {
  readonly channels: number;
  /** Numbers of a position, with their padding. */
  readonly stride: number;
  readonly groups: number;
  /** Addresses of the scales and the shifts, in the order of the channels. */
  readonly scale: number;
  readonly shift: number;
  /** Room for the sums of a block's channels, twice. */
  readonly sums: number;
  /** From a block's means to the inverses of its standard deviations. */
  readonly toInverse: number;
  readonly relu: boolean;
}

const splat = (value: number) => [f32.const(value), f32x4.splat];

/** Runs `each` over a position's vectors: `channel` is their offset in bytes. */
const overChannels = (plan: NormPlan, channel: Local, each: wasm.Code) => [
  set(channel, 0),
  until(channel, 4 * plan.stride, each, advance(channel, 16)),
];

const plus = (address: number | Local, channel: Local) => [
  typeof address === 'number' ? i32.const(address) : address.get,
  channel.get,
  i32.add,
];

/** Adds up `term` over the positions from x to the end, for one vector of channels; `at` is at the number. */
const overPositions = (
  plan: NormPlan,
  at: Local,
  from: wasm.Code,
  end: Local,
  channel: Local,
  term: wasm.Code,
) => [[from, at.set], until(at, plusLocal(end, channel), term, advance(at, 4 * plan.stride))];
const plusLocal = (end: Local, channel: Local): Local => ({
  ...end,
  get: [end.get, channel.get, i32.add],
});

/** The sum of a group's channels, one after another, becomes `use(sum)` for each of the group's channels. */
function overGroups(
  plan: NormPlan,
  fresh: (type: wasm.ValueType) => Local,
  from: number,
  finish: wasm.Code,
  use: (channel: Local, value: Local) => wasm.Code,
): wasm.Code {
  const [channel, end, group] = [fresh('i32'), fresh('i32'), fresh('i32')];
  const sum = fresh('f32');
  const size = (4 * plan.channels) / plan.groups;
  return [
    set(group, 0),
    until(
      group,
      4 * plan.channels,
      [group.get, channel.set, setFrom(end, group, size), f32.const(0), sum.set],
      until(channel, end, [sum.get, plus(from, channel), f32.load(0), f32.add, sum.set], advance(channel, 4)),
      [sum.get, finish, sum.set, group.get, channel.set],
      until(channel, end, use(channel, sum), advance(channel, 4)),
      advance(group, size),
    ),
  ];
}

/** Runs `each` for blocks of `bytes` from x to the last one's end; `each` may move x to the block's end. */
const overBlocks = (
  plan: NormPlan,
  { x, end, last, bytes, stats }: Readonly<Record<'x' | 'end' | 'last' | 'bytes' | 'stats', Local>>,
  each: wasm.Code,
) =>
  until(
    x,
    last,
    [x.get, bytes.get, i32.add, end.set],
    each,
    [end.get, x.set],
    advance(stats, 4 * plan.stride),
  );

/** (x − mean) · inverse at the vector. */
const normalised = (plan: NormPlan, x: wasm.Code, stats: Local, channel: Local) => [
  [x, plus(stats, channel), v128.load(0), f32x4.sub],
  [plus(stats, channel), v128.load(plan.toInverse), f32x4.mul],
];

/** statistics(x, last, bytes, stats, count): means and inverse deviations of the blocks from x to the last one's end. */
export const emitStatistics = (plan: NormPlan): Emitted =>
  withNative(
    wasm.defineFunction(
      'statistics',
      { parameters: ['i32', 'i32', 'i32', 'i32', 'f32'] },
      (parameters, fresh) => {
        const [x, last, bytes, stats, count] = parameters;
        const end = fresh('i32');
        const [channel, at, sum, difference] = [fresh('i32'), fresh('i32'), fresh('v128'), fresh('v128')];
        const sums = (term: wasm.Code) =>
          overChannels(plan, channel, [
            [v128.zero, sum.set],
            overPositions(plan, at, plus(x, channel), end, channel, [sum.get, term, f32x4.add, sum.set]),
            [plus(plan.sums, channel), sum.get, v128.store(0)],
          ]);
        return overBlocks(plan, { x, end, last, bytes, stats }, [
          // what pads the channels stays zero
          overChannels(plan, channel, [
            [plus(stats, channel), v128.zero, v128.store(0)],
            [plus(stats, channel), v128.zero, v128.store(plan.toInverse)],
          ]),
          sums([at.get, v128.load(0)]),
          overGroups(plan, fresh, plan.sums, [count.get, f32.div], (c, mean) => [
            [plus(stats, c), mean.get, f32.store(0)],
          ]),
          sums([
            [at.get, v128.load(0), plus(stats, channel), v128.load(0), f32x4.sub, difference.tee],
            [difference.get, f32x4.mul],
          ]),
          overGroups(plan, fresh, plan.sums, inverse(count, fresh), (c, value) => [
            [plus(stats, c), value.get, f32.store(plan.toInverse)],
          ]),
        ]);
      },
    ),
    'statistics',
    { ...plan },
  );

/** sum → 1 / √(sum / count + ε) */
const inverse = (count: Local, fresh: (type: 'f32') => Local): wasm.Code => {
  const deviation = fresh('f32');
  return [
    [count.get, f32.div, f32.const(EPSILON), f32.add, f32.sqrt, deviation.set],
    [f32.const(1), deviation.get, f32.div],
  ];
};

/** normalise(x, last, bytes, stats, y): scale · (x − mean) · inverse + shift. */
export const emitNormalise = (plan: NormPlan): Emitted =>
  withNative(
    wasm.defineFunction(
      'normalise',
      { parameters: ['i32', 'i32', 'i32', 'i32', 'i32'] },
      (parameters, fresh) => {
        const [x, last, bytes, stats, y] = parameters;
        const [channel, end] = [fresh('i32'), fresh('i32')];
        const block = until(
          x,
          end,
          overChannels(plan, channel, [
            plus(y, channel),
            normalised(plan, [plus(x, channel), v128.load(0)], stats, channel),
            [plus(plan.scale, channel), v128.load(0), f32x4.mul],
            [plus(plan.shift, channel), v128.load(0), f32x4.add, v128.store(0)],
          ]),
          [advance(x, 4 * plan.stride), advance(y, 4 * plan.stride)],
        );
        return overBlocks(plan, { x, end, last, bytes, stats }, block);
      },
    ),
    'normalise',
    { ...plan },
  );

/**
 * backward(x, last, bytes, stats, toOutputDelta, toDelta, count): adds to the gradients of scale and shift, and writes the
 * derivatives by x unless `toDelta` is 0.
 */
export const emitNormBackward = (plan: NormPlan, gradient: number): Emitted =>
  withNative(
    wasm.defineFunction(
      'normBackward',
      { parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32'] },
      (parameters, fresh) => {
        const [x, last, bytes, stats, toOutputDelta, toDelta, count] = parameters;
        const [channel, at, end] = Array.from({ length: 3 }, () => fresh('i32'));
        const [first, second, delta] = Array.from({ length: 3 }, () => fresh('v128'));
        const { sums, scale, shift, stride } = plan;
        const products = sums + 4 * stride;
        const outputDelta = [at.get, toOutputDelta.get, i32.add, v128.load(0)];
        const xhat = normalised(plan, [at.get, v128.load(0)], stats, channel);
        const accumulate = (target: number, sum: Local) => [
          [plus(target + gradient, channel), plus(target + gradient, channel), v128.load(0)],
          [sum.get, f32x4.add, v128.store(0)],
        ];
        /** Σ dy and Σ dy · x̂ of each channel: the gradients of shift and scale. */
        const sumUp = overChannels(plan, channel, [
          [v128.zero, first.set, v128.zero, second.set],
          overPositions(plan, at, plus(x, channel), end, channel, [
            [first.get, outputDelta, delta.tee, f32x4.add, first.set],
            [second.get, delta.get, xhat, f32x4.mul, f32x4.add, second.set],
          ]),
          [accumulate(shift, first), accumulate(scale, second)],
          // times the scale, for the means over groups
          [first, second].map((sum, i) => [
            [plus(sums + 4 * stride * i, channel), sum.get, plus(scale, channel), v128.load(0), f32x4.mul],
            v128.store(0),
          ]),
        ]);
        const meanOf = (from: number) =>
          overGroups(plan, fresh, from, [count.get, f32.div], (c, mean) => [
            [plus(from, c), mean.get, f32.store(0)],
          ]);
        // dx = (dy · scale − mean(dy · scale) − x̂ · mean(dy · scale · x̂)) · inverse
        const write = overChannels(
          plan,
          channel,
          overPositions(plan, at, plus(x, channel), end, channel, [
            [at.get, toDelta.get, i32.add],
            [outputDelta, plus(scale, channel), v128.load(0), f32x4.mul],
            [plus(sums, channel), v128.load(0), f32x4.sub],
            [xhat, plus(products, channel), v128.load(0), f32x4.mul, f32x4.sub],
            [plus(stats, channel), v128.load(plan.toInverse), f32x4.mul],
            plan.relu ? [at.get, v128.load(0), v128.zero, f32x4.gt, v128.and] : [],
            v128.store(0),
          ]),
        );
        return overBlocks(plan, { x, end, last, bytes, stats }, [
          sumUp,
          [toDelta.get, wasm.control.if([meanOf(sums), meanOf(products), write])],
        ]);
      },
    ),
    'normBackward',
    { ...plan, gradient },
  );

/**
 * running(stats, mean, variance, count): momentum · running + (1 − momentum) · batch, the variance's unbiased and, where
 * rounding would make it less, 0.
 */
export const emitRunning = (plan: NormPlan, momentum: number): wasm.WasmFunction =>
  wasm.defineFunction('running', { parameters: ['i32', 'i32', 'i32', 'f32'] }, (parameters, fresh) => {
    const [stats, mean, variance, count] = parameters;
    const [channel, inverse] = [fresh('i32'), fresh('f32')];
    const move = (target: Local, batch: wasm.Code) => [
      [plus(target, channel), f32.const(momentum), plus(target, channel), f32.load(0), f32.mul],
      [f32.const(1 - momentum), batch, f32.mul, f32.add, f32.store(0)],
    ];
    return [
      set(channel, 0),
      until(
        channel,
        4 * plan.channels,
        move(mean, [plus(stats, channel), f32.load(0)]),
        [plus(stats, channel), f32.load(plan.toInverse), inverse.set],
        // variance = 1 / inverse² − ε, times count / (count − 1)
        move(variance, [
          [f32.const(1), inverse.get, inverse.get, f32.mul, f32.div, f32.const(EPSILON), f32.sub],
          [f32.const(0), f32.max],
          [count.get, count.get, f32.const(1), f32.sub, f32.const(1), f32.max, f32.div, f32.mul],
        ]),
        advance(channel, 4),
      ),
    ];
  });

/** fixed(stats, mean, variance): statistics from running ones. */
export const emitFixed = (plan: NormPlan): wasm.WasmFunction =>
  wasm.defineFunction('fixed', { parameters: ['i32', 'i32', 'i32'] }, ([stats, mean, variance], fresh) => {
    const channel = fresh('i32');
    return overChannels(plan, channel, [
      [plus(stats, channel), plus(mean, channel), v128.load(0), v128.store(0)],
      [plus(stats, channel), splat(1), plus(variance, channel), v128.load(0)],
      [splat(EPSILON), f32x4.add, f32x4.sqrt, f32x4.div, v128.store(plan.toInverse)],
    ]);
  });
