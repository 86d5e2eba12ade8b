/** Rows of a table by token, and sums of derivatives into its rows. */
import { wasm } from '../../../numerics/index.js';
import { PANEL, PANEL_ROW, type Panels } from '../panels.js';
import type { Slot } from '../slots.js';
import { advance, set, setFrom, until } from './pointers.js';
const { f32x4, i32, v128 } = wasm;

/** Runs `body` for each of the `tokens` bytes at `token`, with `row` at the table's row and `at` at the vector. */
function overTokens(
  [token, tokens]: readonly wasm.Local[],
  [row, at, end]: readonly wasm.Local[],
  table: number,
  vectors: number,
  stride: number,
  body: wasm.Code,
): wasm.Code {
  return [
    [set(at, vectors), token.get, tokens.get, i32.add, end.set],
    until(
      token,
      end,
      [token.get, i32.load8u(0), i32.const(PANEL_ROW), i32.mul, i32.const(table), i32.add, row.set],
      body,
      [advance(token, 1), advance(at, 4 * stride)],
    ),
  ];
}

const halves = ({ width, panelBytes }: Panels) =>
  Array.from({ length: (2 * width) / PANEL }, (_, half) => ({
    inTable: Math.floor(half / 2) * panelBytes + 16 * (half % 2),
    inVector: 16 * half,
  }));

/** embed(token, tokens) */
export const emitEmbed = (panels: Panels, { values, stride }: Slot): wasm.WasmFunction =>
  wasm.defineFunction('embed', { parameters: ['i32', 'i32'] }, (parameters, fresh) => {
    const pointers = [fresh('i32'), fresh('i32'), fresh('i32')];
    const [row, at] = pointers;
    return overTokens(parameters, pointers, panels.panels, values, stride, [
      halves(panels).map(({ inTable, inVector }) => [
        [at.get, row.get, v128.load(inTable), v128.store(inVector)],
      ]),
    ]);
  });

/** embedBackward(token, tokens): adds to the table's gradient, token by token. */
export const emitEmbedBackward = (
  panels: Panels,
  deltas: number,
  stride: number,
  gradient: number,
): wasm.WasmFunction =>
  wasm.defineFunction('embedBackward', { parameters: ['i32', 'i32'] }, (parameters, fresh) => {
    const pointers = [fresh('i32'), fresh('i32'), fresh('i32')];
    const [row, at] = pointers;
    return overTokens(parameters, pointers, panels.panels + gradient, deltas, stride, [
      halves(panels).map(({ inTable, inVector }) => [
        [row.get, row.get, v128.load(inTable), at.get, v128.load(inVector), f32x4.add],
        v128.store(inTable),
      ]),
    ]);
  });

/**
 * targets(token, tokens, label, target): what each position is to predict, as 32-bit integers: the next token, and
 * at the end of each `length` tokens the example's label.
 */
export const emitTargets = (length: number): wasm.WasmFunction =>
  wasm.defineFunction('targets', { parameters: ['i32', 'i32', 'i32', 'i32'] }, (parameters, fresh) => {
    const [token, tokens, label, target] = parameters;
    const [end, last] = [fresh('i32'), fresh('i32')];
    return [
      [token.get, tokens.get, i32.add, end.set],
      until(
        token,
        end,
        setFrom(last, token, length),
        until(
          token,
          last,
          [target.get, token.get, i32.load8u(1), i32.store(0)],
          [advance(token, 1), advance(target, 4)],
        ),
        [target.get, i32.const(4), i32.sub, label.get, i32.load(0), i32.store(0)],
        advance(label, 4),
      ),
    ];
  });
