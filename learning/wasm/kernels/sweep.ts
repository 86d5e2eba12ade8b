/** Passes over all of a model's weights, where a gradient has been gathered in its panels first. */
import { wasm } from '../../../numerics/index.js';
import { endOf, PANEL_ROW, type Panels } from '../panels.js';
import { settings, type Distance } from '../memory-map.js';
import { advance, set, setFrom, settingVector, until } from './pointers.js';
import { emitUpdate, type UpdateRule } from './update.js';
const { f32x4, f64, f64x2, v128 } = wasm;

/** sweep(from, to): one step on the weights from one address to another, with the gradient times `clipScale`. */
export const emitSweep = (distance: Distance, rule: UpdateRule): wasm.WasmFunction =>
  wasm.defineFunction('sweep', { parameters: ['i32', 'i32'] }, ([pointer, end], fresh) => {
    const [gradient, weights, moment] = [fresh('v128'), fresh('v128'), fresh('v128')];
    const [scale, rate] = [fresh('v128'), fresh('v128')];
    return [
      [settingVector(settings.clipScale), scale.set, settingVector(settings.rate), rate.set],
      until(
        pointer,
        end,
        [pointer.get, v128.load(distance.gradient), scale.get, f32x4.mul, gradient.set],
        emitUpdate(rule, distance, { weights, moment, rate }, gradient, pointer, 0),
        advance(pointer, 16),
      ),
    ];
  });

/** addSquares(from, to): the linear term's panels += `clipScale` times the squares of the gradient's. */
export const emitAddSquares = (distance: Distance): wasm.WasmFunction =>
  wasm.defineFunction('addSquares', { parameters: ['i32', 'i32'] }, ([pointer, end], fresh) => {
    const [gradient, scale] = [fresh('v128'), fresh('v128')];
    return [
      [settingVector(settings.clipScale), scale.set],
      until(
        pointer,
        end,
        [pointer.get, pointer.get, v128.load(distance.linear), pointer.get, v128.load(distance.gradient)],
        [gradient.tee, gradient.get, f32x4.mul, scale.get, f32x4.mul, f32x4.add, v128.store(distance.linear)],
        advance(pointer, 16),
      ),
    ];
  });

/**
 * squares(sum) → sum + the squares of a layer's gradient, in float64: first within each column (bias, then
 * weights in ascending order of the input), then over the columns in ascending order.
 */
export const emitSquares = (layer: Panels, distance: Distance): wasm.WasmFunction =>
  wasm.defineFunction('squares', { parameters: ['f64'], results: ['f64'] }, ([sum], fresh) => {
    const [pointer, end, numbers] = [fresh('i32'), fresh('i32'), fresh('v128')];
    const columns = Array.from({ length: 4 }, () => fresh('v128'));
    const upper = v128.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);
    return [
      set(pointer, layer.panels),
      until(
        pointer,
        endOf(layer),
        columns.map((column) => [v128.zero, column.set]),
        setFrom(end, pointer, layer.panelBytes),
        until(
          pointer,
          end,
          columns.map((column, c) => [
            [pointer.get, v128.load(distance.gradient + 16 * Math.floor(c / 2)), numbers.tee],
            c % 2 === 0 ? [] : [numbers.get, upper],
            [f64x2.promoteLowF32x4, numbers.tee, numbers.get, f64x2.mul],
            [column.get, f64x2.add, column.set],
          ]),
          advance(pointer, PANEL_ROW),
        ),
        columns.map((column) =>
          [0, 1].map((lane) => [sum.get, column.get, f64x2.extractLane(lane), f64.add, sum.set]),
        ),
      ),
      sum.get,
    ];
  });
