/** The gates of an LSTM, a step at a time for all examples: what is not a product of matrices. */
import { expVector, sigmoidVector, tanhVector, wasm } from '../../../numerics/index.js';
import { withNative, type Emitted } from './native-form.js';
import { advance, setFrom, until } from './pointers.js';
const { bulk, control, f32x4, i32, v128 } = wasm;

/** Addresses of the first example's first step, and from one example to the next, in bytes; a step is one vector. */
export interface LstmPlan {
  readonly steps: number;
  /** Bytes of one vector of units. */
  readonly vector: number;
  /** Gates, four vectors a step: before and, in place, after their activations; then derivatives. */
  readonly gates: number;
  readonly gatesStep: number;
  readonly gatesExample: number;
  /** Cells and outputs: one step more than there are, the first of zeros. */
  readonly cells: number;
  readonly outputs: number;
  readonly stateExample: number;
  /** The hyperbolic tangents of cells. */
  readonly curved: number;
  readonly curvedExample: number;
  /** Derivatives that come from the step after: by outputs and by cells, one vector an example. */
  readonly outputCarry: number;
  readonly cellCarry: number;
}

const shared = [expVector, sigmoidVector(0), tanhVector(0)];
const [SIGMOID, TANH] = [control.call(1), control.call(2)];

/**
 * gates(step, rows): c = f · c₋₁ + i · g, h = o · tanh(c) with i, f, o = σ(z), g = tanh(z). The last function.
 */
export const emitGates = (plan: LstmPlan): Emitted[] => [
  ...shared,
  withNative(
    wasm.defineFunction('gates', { parameters: ['i32', 'i32'] }, ([step, rows], fresh) => {
      const pointers = pointersOf(plan, step, fresh);
      const { z, c, h, t, unit, end } = pointers;
      const [i, g, o, cell] = [fresh('v128'), fresh('v128'), fresh('v128'), fresh('v128')];
      const gate = (number: number) => [z.get, v128.load(number * plan.vector)];
      const store = (number: number, value: wasm.Local) => [
        z.get,
        value.get,
        v128.store(number * plan.vector),
      ];
      return eachExample(plan, pointers, rows, [
        setFrom(end, unit, plan.vector),
        until(
          unit,
          end,
          [gate(0), SIGMOID, i.set, store(0, i), gate(2), TANH, g.set, store(2, g)],
          [gate(1), SIGMOID, cell.set, store(1, cell)],
          [cell.get, c.get, v128.load(0), f32x4.mul, i.get, g.get, f32x4.mul, f32x4.add, cell.set],
          [c.get, cell.get, v128.store(plan.vector), gate(3), SIGMOID, o.set, store(3, o)],
          [cell.get, TANH, cell.set, t.get, cell.get, v128.store(0)],
          [h.get, o.get, cell.get, f32x4.mul, v128.store(plan.vector)],
          [z, c, h, t, unit].map((pointer) => advance(pointer, 16)),
        ),
      ]);
    }),
    'gates',
    { ...plan },
  ),
];

/**
 * gatesBackward(step, rows, outputDelta, outputDeltaExample): from the derivatives by a step's outputs, its own (none
 * where the address is 0) and those carried from the step after, those by z, in place of the gates.
 */
export const emitGatesBackward = (plan: LstmPlan): Emitted =>
  withNative(
    wasm.defineFunction(
      'gatesBackward',
      { parameters: ['i32', 'i32', 'i32', 'i32'] },
      ([step, rows, delta, deltaExample], fresh) => {
        const pointers = pointersOf(plan, step, fresh);
        const { z, c, t, unit, end } = pointers;
        const [i, f, g, o] = Array.from({ length: 4 }, () => fresh('v128'));
        const [dh, dc, x] = [fresh('v128'), fresh('v128'), fresh('v128')];
        const own = fresh('i32');
        const store = (number: number) => v128.store(number * plan.vector);
        const one = [wasm.f32.const(1), f32x4.splat];
        /** x · (1 − x) */
        const logistic = (gate: wasm.Local) => [one, gate.get, f32x4.sub, f32x4.mul, gate.get, f32x4.mul];
        const square = (value: wasm.Local) => [one, value.get, value.get, f32x4.mul, f32x4.sub, f32x4.mul];
        const toCells = plan.cellCarry - plan.outputCarry;
        return eachExample(
          plan,
          pointers,
          rows,
          [
            [setFrom(end, unit, plan.vector), delta.get, own.set],
            until(
              unit,
              end,
              [i, f, g, o].map((gate, number) => [z.get, v128.load(number * plan.vector), gate.set]),
              [unit.get, v128.load(0), dh.set],
              [delta.get, control.if([dh.get, own.get, v128.load(0), f32x4.add, dh.set])],
              // dc = dc₊₁ + dh · o · (1 − tanh²)
              [t.get, v128.load(0), x.set, unit.get, v128.load(toCells)],
              [dh.get, o.get, f32x4.mul, square(x), f32x4.add, dc.set],
              [z.get, dc.get, g.get, f32x4.mul, logistic(i), store(0)],
              [z.get, dc.get, c.get, v128.load(0), f32x4.mul, logistic(f), store(1)],
              [z.get, dc.get, i.get, f32x4.mul, square(g), store(2)],
              [z.get, dh.get, x.get, f32x4.mul, logistic(o), store(3)],
              [unit.get, dc.get, f.get, f32x4.mul, v128.store(toCells)],
              [z, c, t, unit, own].map((pointer) => advance(pointer, 16)),
            ),
          ],
          [delta.get, control.if([delta.get, deltaExample.get, i32.add, delta.set])],
        );
      },
    ),
    'gatesBackward',
    { ...plan },
  );

/** Pointers at the step's vectors of the first example. `unit` counts, along the carried derivatives. */
function pointersOf(plan: LstmPlan, step: wasm.Local, fresh: (type: 'i32') => wasm.Local) {
  const at = (address: number, bytes: number) => {
    const pointer = fresh('i32');
    return {
      pointer,
      start: [step.get, i32.const(bytes), i32.mul, i32.const(address), i32.add, pointer.set],
    };
  };
  const [z, c, h, t, unit] = [
    at(plan.gates, plan.gatesStep),
    at(plan.cells, plan.vector),
    at(plan.outputs, plan.vector),
    at(plan.curved, plan.vector),
    at(plan.outputCarry, 0),
  ];
  return {
    starts: [z, c, h, t, unit].map(({ start }) => start),
    ...{ z: z.pointer, c: c.pointer, h: h.pointer, t: t.pointer, unit: unit.pointer },
    end: fresh('i32'),
  };
}

/** The body goes through one example's vectors, and leaves each pointer it moves at the vector's end. */
function eachExample(
  plan: LstmPlan,
  { starts, z, c, h, t }: ReturnType<typeof pointersOf>,
  rows: wasm.Local,
  body: wasm.Code,
  after: wasm.Code = [],
): wasm.Code {
  return [
    starts,
    control.loop(
      body,
      [advance(z, plan.gatesExample - plan.vector), advance(c, plan.stateExample - plan.vector)],
      [advance(h, plan.stateExample - plan.vector), advance(t, plan.curvedExample - plan.vector)],
      after,
      [rows.get, i32.const(1), i32.sub, rows.tee],
      control.brIf(0),
    ),
  ];
}

/** begin(rows): zeros before the first step. */
export const emitBegin = (plan: LstmPlan): wasm.WasmFunction =>
  wasm.defineFunction('begin', { parameters: ['i32'] }, ([rows], fresh) => {
    const at = fresh('i32');
    return [
      control.loop(
        [plan.cells, plan.outputs].map((state) => [
          [at.get, i32.const(state), i32.add, i32.const(0), i32.const(plan.vector), bulk.fill],
        ]),
        advance(at, plan.stateExample),
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      ),
    ];
  });

/** copy(from, to, bytes, fromExample, toExample, rows): so many bytes of each example. */
export const emitCopy = (): wasm.WasmFunction =>
  wasm.defineFunction(
    'copy',
    { parameters: Array.from({ length: 6 }, () => 'i32' as const) },
    (parameters) => {
      const [from, to, bytes, fromExample, toExample, rows] = parameters;
      return control.loop(
        [to.get, from.get, bytes.get, bulk.copy],
        [from.get, fromExample.get, i32.add, from.set, to.get, toExample.get, i32.add, to.set],
        [rows.get, i32.const(1), i32.sub, rows.tee],
        control.brIf(0),
      );
    },
  );
