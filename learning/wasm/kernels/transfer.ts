/** Between the flat row-major vector of the world outside and the panels inside. */
import { wasm } from '../../../numerics/index.js';
import { PANEL, PANEL_ROW, type Panels } from '../panels.js';
import type { MemoryMap } from '../memory-map.js';
import { advance, canonical, set, setFrom, until } from './pointers.js';
const { f32, f32x4, v128 } = wasm;

type Flat = Pick<MemoryMap, 'panels' | 'statistics' | 'flat'>;

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

/** `body` so many times, while `pointer` moves on by itself. */
const times = (count: number, pointer: wasm.Local, bytes: number, end: wasm.Local, body: wasm.Code) => {
  if (count === 0) return [];
  return count === 1 ? body : [setFrom(end, pointer, count * bytes), until(pointer, end, body)];
};

/** The panels of eight columns and then a narrower last one: the code that `each` gives for them. */
const eachPanel = (
  { units, panelBytes }: Panels,
  panel: wasm.Local,
  last: wasm.Local,
  each: (columns: number) => wasm.Code,
) => [
  times(Math.floor(units / PANEL), panel, panelBytes, last, each(PANEL)),
  units % PANEL > 0 ? each(units % PANEL) : [],
];

/**
 * pack(distance) → 0 where all numbers are finite, else NaN: flat → panels at that distance from the weights'; what
 * is padding becomes zero.
 */
export const emitPack = (plan: Flat): wasm.WasmFunction =>
  wasm.defineFunction('pack', { parameters: ['i32'], results: ['f32'] }, ([distance], fresh) => {
    const [flat, panel, end, runsEnd, last] = Array.from({ length: 5 }, () => fresh('i32'));
    const [bias, kernel] = [fresh('i32'), fresh('i32')];
    const [vector, finite] = [fresh('v128'), fresh('v128')];
    const copyRow = (columns: number) => [
      firstLanes(columns).map((mask, h) => [
        [flat.get, v128.load(16 * h), columns < PANEL ? [mask, v128.and] : [], vector.set],
        noteFinite(finite, vector),
        [panel.get, vector.get, v128.store(16 * h)],
      ]),
      advance(panel, PANEL_ROW),
    ];
    const clearRow = [
      [0, 16].map((offset) => [panel.get, v128.zero, v128.store(offset)]),
      advance(panel, PANEL_ROW),
    ];
    const copyBlock = (block: Panels) => {
      const { runs, run, paddedRun, rowFloats = block.units } = block;
      const copyRuns = (columns: number) => [
        times(run, panel, PANEL_ROW, end, [copyRow(columns), advance(flat, 4 * rowFloats)]),
        times(paddedRun - run, panel, PANEL_ROW, end, clearRow),
      ];
      return [
        setFrom(panel, distance, block.panels),
        set(bias, plan.flat + 4 * (block.biasOffset ?? 0)),
        set(kernel, plan.flat + 4 * (block.kernelOffset ?? 0)),
        eachPanel(block, panel, last, (columns) => [
          block.biasOffset === undefined ? [] : [bias.get, flat.set, copyRow(columns)],
          [kernel.get, flat.set],
          times(runs, panel, paddedRun * PANEL_ROW, runsEnd, copyRuns(columns)),
          [advance(bias, PANEL_ROW), advance(kernel, PANEL_ROW)],
        ]),
      ];
    };
    return [[...plan.panels, ...plan.statistics].map(copyBlock), allFinite(finite)];
  });

/** unpack(distance) → 0 where all numbers are finite, else NaN: panels → flat, with one kind of NaN. */
export const emitUnpack = (plan: Flat): wasm.WasmFunction =>
  wasm.defineFunction('unpack', { parameters: ['i32'], results: ['f32'] }, ([distance], fresh) => {
    const [flat, panel, end, runsEnd, last] = Array.from({ length: 5 }, () => fresh('i32'));
    const [bias, kernel] = [fresh('i32'), fresh('i32')];
    const [vector, finite] = [fresh('v128'), fresh('v128')];
    /** A narrow row's numbers one by one: what stands beside them is not its own. */
    const store = (offset: number, count: number) =>
      count >= 4
        ? [flat.get, canonical(vector), v128.store(offset)]
        : [
            [canonical(vector), vector.set],
            Array.from({ length: Math.max(0, count) }, (_, lane) => [
              [flat.get, vector.get, f32x4.extractLane(lane), f32.store(offset + 4 * lane)],
            ]),
          ];
    const copyRow = (columns: number) => [
      [0, 16].map((offset) => [
        [panel.get, v128.load(offset), vector.set],
        noteFinite(finite, vector),
        store(offset, columns - offset / 4),
      ]),
      advance(panel, PANEL_ROW),
    ];
    const copyBlock = (block: Panels) => {
      const { runs, run, paddedRun, rowFloats = block.units } = block;
      const copyRuns = (columns: number) => [
        times(run, panel, PANEL_ROW, end, [copyRow(columns), advance(flat, 4 * rowFloats)]),
        advance(panel, (paddedRun - run) * PANEL_ROW),
      ];
      return [
        setFrom(panel, distance, block.panels),
        set(bias, plan.flat + 4 * (block.biasOffset ?? 0)),
        set(kernel, plan.flat + 4 * (block.kernelOffset ?? 0)),
        eachPanel(block, panel, last, (columns) => [
          block.biasOffset === undefined ? [] : [bias.get, flat.set, copyRow(columns)],
          [kernel.get, flat.set],
          times(runs, panel, paddedRun * PANEL_ROW, runsEnd, copyRuns(columns)),
          [advance(bias, PANEL_ROW), advance(kernel, PANEL_ROW)],
        ]),
      ];
    };
    return [[...plan.panels, ...plan.statistics].map(copyBlock), allFinite(finite)];
  });
