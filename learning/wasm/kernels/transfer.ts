/** Between the flat row-major vector of the world outside and the panels inside. */
import { wasm } from '../../../numerics/index.js';
import { PANEL, PANEL_ROW, type DensePlan, type Plan } from '../plan.js';
import { advance, canonical, set, setFrom, until } from './pointers.js';
const { f32, f32x4, v128 } = wasm;

/** All bits set in the first `count` lanes of a pair of vectors. */
const firstLanes = (count: number) =>
  [0, 4].map((first) =>
    v128.const(Array.from({ length: 16 }, (_, byte) => (first + Math.floor(byte / 4) < count ? 0xff : 0))),
  );

/** Gathers whether all numbers were finite: x − x is 0 for those that are, NaN for others. */
const noteFinite = (finite: wasm.Local, vector: wasm.Local): wasm.Code => [
  [finite.get, vector.get, vector.get, f32x4.sub, f32x4.add, finite.set],
];
const allFinite = (finite: wasm.Local): wasm.Code => [
  [0, 1, 2, 3].map((lane) => [finite.get, f32x4.extractLane(lane)]),
  [f32.add, f32.add, f32.add],
];

/**
 * pack(distance) → 0 where all numbers are finite, else NaN: flat → panels at that distance from the weights'; what
 * is padding becomes zero.
 */
export const emitPack = (plan: Plan): wasm.WasmFunction =>
  wasm.defineFunction('pack', { parameters: ['i32'], results: ['f32'] }, ([distance], fresh) => {
    const [flat, panel, end, last] = Array.from({ length: 4 }, () => fresh('i32'));
    const [bias, kernel] = [fresh('i32'), fresh('i32')];
    const [vector, finite] = [fresh('v128'), fresh('v128')];
    const copyRow = (columns: number) =>
      firstLanes(columns).map((mask, h) => [
        [flat.get, v128.load(16 * h), columns < PANEL ? [mask, v128.and] : [], vector.set],
        noteFinite(finite, vector),
        [panel.get, vector.get, v128.store(16 * h)],
      ]);
    const clearRow = [0, 16].map((offset) => [panel.get, v128.zero, v128.store(offset)]);
    const copyPanel = (layer: DensePlan, columns: number) => [
      [bias.get, flat.set, copyRow(columns), advance(panel, PANEL_ROW)],
      [kernel.get, flat.set, setFrom(end, panel, layer.inputs * PANEL_ROW)],
      until(panel, end, copyRow(columns), advance(flat, 4 * layer.units), advance(panel, PANEL_ROW)),
      setFrom(end, panel, (layer.depth - layer.inputs) * PANEL_ROW),
      layer.depth > layer.inputs ? until(panel, end, clearRow, advance(panel, PANEL_ROW)) : [],
      [advance(bias, PANEL_ROW), advance(kernel, PANEL_ROW)],
    ];
    const copyLayer = (layer: DensePlan) => {
      const { whole, rest } = panelsOf(layer);
      return [
        setFrom(panel, distance, layer.panels),
        set(bias, plan.flat + 4 * layer.biasOffset),
        set(kernel, plan.flat + 4 * layer.kernelOffset),
        setFrom(last, panel, whole * layer.panelBytes),
        whole > 0 ? until(panel, last, copyPanel(layer, PANEL)) : [],
        rest > 0 ? copyPanel(layer, rest) : [],
      ];
    };
    return [plan.layers.map(copyLayer), allFinite(finite)];
  });

/**
 * unpack(distance) → 0 where all numbers are finite, else NaN: panels → flat, with one kind of NaN. Rows of a
 * last, narrow panel are written whole, so the order matters: what they spill over is written after them.
 */
export const emitUnpack = (plan: Plan): wasm.WasmFunction =>
  wasm.defineFunction('unpack', { parameters: ['i32'], results: ['f32'] }, ([distance], fresh) => {
    const [flat, panel, end, last, column] = Array.from({ length: 5 }, () => fresh('i32'));
    const [vector, finite] = [fresh('v128'), fresh('v128')];
    const copyRow = [0, 16].map((offset) => [
      [panel.get, v128.load(offset), vector.set],
      noteFinite(finite, vector),
      [flat.get, canonical(vector), v128.store(offset)],
    ]);
    /** The weights of the panel that starts at `panel`, whose bias has been passed over. */
    const copyKernel = (layer: DensePlan) => [
      setFrom(end, panel, layer.inputs * PANEL_ROW),
      until(panel, end, copyRow, advance(flat, 4 * layer.units), advance(panel, PANEL_ROW)),
    ];
    const copyLayer = (layer: DensePlan) => {
      const { whole, rest } = panelsOf(layer);
      const { panelBytes, panels } = layer;
      const kernel = plan.flat + 4 * layer.kernelOffset;
      return [
        setFrom(last, distance, panels + whole * panelBytes + PANEL_ROW),
        rest > 0 ? [last.get, panel.set, set(flat, kernel + whole * PANEL_ROW), copyKernel(layer)] : [],
        [setFrom(panel, distance, panels + PANEL_ROW), set(column, kernel)],
        whole > 0
          ? until(
              panel,
              last,
              [column.get, flat.set, copyKernel(layer)],
              [advance(panel, panelBytes - layer.inputs * PANEL_ROW), advance(column, PANEL_ROW)],
            )
          : [],
        [setFrom(panel, distance, panels), set(flat, plan.flat + 4 * layer.biasOffset)],
        setFrom(last, panel, (whole + (rest > 0 ? 1 : 0)) * panelBytes),
        until(panel, last, copyRow, advance(panel, panelBytes), advance(flat, PANEL_ROW)),
      ];
    };
    return [plan.layers.map(copyLayer), allFinite(finite)];
  });

/** How many of a layer's panels have eight columns, and how many columns a last one has besides. */
const panelsOf = ({ units }: DensePlan) => ({ whole: Math.floor(units / PANEL), rest: units % PANEL });
