/**
 * The derivatives by a convolution's input are a convolution too: of the derivatives by its output, inside a border of
 * zeros, with the filters turned round. Its terms are in ascending order of the windows and then of the filters.
 */
import { wasm } from '../../../numerics/index.js';
import { endOf, PANEL, PANEL_ROW } from '../panels.js';
import { outputBytes, type ConvPlan } from './conv-plan.js';
import { advance, set, setFrom, until } from './pointers.js';
import { emitSquare } from './product.js';
const { v128 } = wasm;

/** Where the image lies that is convolved: its size, and the pixels of border before it. */
export interface Inside {
  readonly height: number;
  readonly width: number;
  readonly before: { readonly down: number; readonly across: number };
}

/** The adjoint of a convolution whose windows are one pixel apart; its filters lie from `at` on. */
export function adjointPlan(plan: ConvPlan, { height, width, before }: Inside, at: number): ConvPlan {
  const { kernel, stride, panels, down, across } = plan;
  const pixel = outputBytes(plan);
  const line = pixel * (width + kernel - 1);
  const lines = height + kernel - 1;
  const depth = kernel ** 2 * panels.width;
  return {
    panels: { panels: at, panelBytes: (depth + 1) * PANEL_ROW, depth, width: stride, units: plan.channels },
    ...{ channels: panels.units, stride: panels.width, kernel, step: 1, line },
    ...{ down: height, across: width, relu: false },
    image: {
      ...{ height: down, lineBytes: pixel * across },
      first: (kernel - 1 - before.down) * line + (kernel - 1 - before.across) * pixel,
      bytes: lines * line,
      hasBorder: kernel > 1,
    },
  };
}

/** turn(): the filters in the panels of the adjoint, from the last position to the first; its biases are zero. */
export function emitTurn({ kernel, stride, panels }: ConvPlan, adjoint: ConvPlan): wasm.WasmFunction {
  const { panels: at, panelBytes } = adjoint.panels;
  const positions = kernel ** 2;
  const row = (position: number) => PANEL_ROW * (1 + position * panels.width);
  return wasm.defineFunction('turn', {}, (_, fresh) => {
    const [panel, from, panelEnd, first, position, to, rowsEnd] = Array.from({ length: 7 }, () =>
      fresh('i32'),
    );
    return [
      set(to, at),
      until(
        to,
        endOf(adjoint.panels),
        [0, 16].map((half) => [to.get, v128.zero, v128.store(half)]),
        advance(to, panelBytes),
      ),
      [set(panel, panels.panels), set(first, at + row(positions - 1))],
      until(
        panel,
        endOf(panels),
        // past the biases
        [
          setFrom(from, panel, PANEL_ROW),
          setFrom(panelEnd, panel, panels.panelBytes),
          first.get,
          position.set,
        ],
        until(
          from,
          panelEnd,
          [position.get, to.set, setFrom(rowsEnd, from, stride * PANEL_ROW)],
          until(from, rowsEnd, emitSquare(fresh, from, to), [
            advance(from, PANEL * PANEL_ROW),
            advance(to, panelBytes),
          ]),
          advance(position, -PANEL_ROW * panels.width),
        ),
        [panelEnd.get, panel.set, advance(first, PANEL * PANEL_ROW)],
      ),
    ];
  });
}
