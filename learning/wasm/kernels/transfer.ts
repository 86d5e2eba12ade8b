/** Between the flat row-major vector of the world outside and the panels inside. */
import { wasm } from '../../../numerics/index.js';
import { PANEL, PANEL_ROW, type DensePlan, type Plan } from '../plan.js';
import { advance, canonical, set, setFrom, until } from './pointers.js';
const { f32, f32x4, i32, v128 } = wasm;

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
    const [flat, panel, end] = [fresh('i32'), fresh('i32'), fresh('i32')];
    const [vector, finite] = [fresh('v128'), fresh('v128')];
    const copyRow = (lanes: number) =>
      firstLanes(lanes).map((mask, h) => [
        [flat.get, v128.load(16 * h), lanes < PANEL ? [mask, v128.and] : [], vector.set],
        noteFinite(finite, vector),
        [panel.get, vector.get, v128.store(16 * h)],
      ]);
    const clearRow = [0, 16].map((offset) => [panel.get, v128.zero, v128.store(offset)]);
    const panels = plan.layers.map((layer) =>
      panelsOf(layer).map(({ address, column, lanes }) => [
        [i32.const(address), distance.get, i32.add, panel.set],
        set(flat, plan.flat + 4 * (layer.biasOffset + column)),
        [copyRow(lanes), advance(panel, PANEL_ROW)],
        set(flat, plan.flat + 4 * (layer.kernelOffset + column)),
        setFrom(end, panel, layer.inputs * PANEL_ROW),
        until(panel, end, copyRow(lanes), advance(flat, 4 * layer.units), advance(panel, PANEL_ROW)),
        setFrom(end, panel, (layer.depth - layer.inputs) * PANEL_ROW),
        layer.depth > layer.inputs ? until(panel, end, clearRow, advance(panel, PANEL_ROW)) : [],
      ]),
    );
    return [panels, allFinite(finite)];
  });

/**
 * unpack(distance) → 0 where all numbers are finite, else NaN: panels → flat, with one kind of NaN. Rows of a
 * last, narrow panel are written whole, so the order matters: what they spill over is written after them.
 */
export const emitUnpack = (plan: Plan): wasm.WasmFunction =>
  wasm.defineFunction('unpack', { parameters: ['i32'], results: ['f32'] }, ([distance], fresh) => {
    const [flat, panel, end, vector, finite] = [
      ...[fresh('i32'), fresh('i32'), fresh('i32')],
      ...[fresh('v128'), fresh('v128')],
    ];
    const copyRow = [0, 16].map((offset) => [
      [panel.get, v128.load(offset), vector.set],
      noteFinite(finite, vector),
      [flat.get, canonical(vector), v128.store(offset)],
    ]);
    const kernels = (layer: DensePlan) =>
      panelsOf(layer)
        .reverse()
        .map(({ address, column }) => [
          [i32.const(address + PANEL_ROW), distance.get, i32.add, panel.set],
          set(flat, plan.flat + 4 * (layer.kernelOffset + column)),
          setFrom(end, panel, layer.inputs * PANEL_ROW),
          until(panel, end, copyRow, advance(flat, 4 * layer.units), advance(panel, PANEL_ROW)),
        ]);
    const biases = (layer: DensePlan) =>
      panelsOf(layer).map(({ address, column }) => [
        [i32.const(address), distance.get, i32.add, panel.set],
        [set(flat, plan.flat + 4 * (layer.biasOffset + column)), copyRow],
      ]);
    return [plan.layers.map((layer) => [kernels(layer), biases(layer)]), allFinite(finite)];
  });

/** A layer's panels: address, first column, and how many of its columns are not padding. */
const panelsOf = (layer: DensePlan) =>
  Array.from({ length: layer.width / PANEL }, (_, p) => ({
    address: layer.panels + p * layer.panelBytes,
    column: p * PANEL,
    lanes: Math.min(PANEL, layer.units - p * PANEL),
  }));
