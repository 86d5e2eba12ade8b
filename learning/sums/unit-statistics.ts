/**
 * Mean and variance of each unit before its activation, over examples and, for a convolution's channels, over places:
 * what REPAIR (Jordan et al., ICLR 2023) restores after a merge.
 */
import type { Engine, Examples } from '../engine.js';
import type { Model } from '../model.js';
import { visitPreActivations } from './layer-values.js';
import { linearLayers } from './grams.js';

export interface UnitStatistics {
  /** Index of the layer in the specification, and what its tensors' names begin with. */
  readonly layer: number;
  readonly name: string;
  readonly mean: Float64Array;
  /** Of the population. */
  readonly variance: Float64Array;
}

/** Of all dense and convolutional layers, first to last. */
export function unitStatistics(
  engine: Engine,
  model: Model,
  weights: Float32Array,
  examples: Examples,
): UnitStatistics[] {
  return linearLayers(model).map(({ layer, name }) => {
    const kind = model.spec.layers[layer];
    const units = kind.kind === 'conv2d' ? kind.filters : kind.kind === 'dense' ? kind.units : 0;
    const mean = new Float64Array(units);
    const squares = new Float64Array(units);
    let count = 0;
    visitPreActivations(engine, model, weights, examples, layer, (values) => {
      for (let at = 0; at < values.length; at += units) {
        count++;
        for (let unit = 0; unit < units; unit++) {
          // Welford's, which does not cancel.
          const distance = values[at + unit] - mean[unit];
          mean[unit] += distance / count;
          squares[unit] += distance * (values[at + unit] - mean[unit]);
        }
      }
    });
    return { layer, name, mean, variance: squares.map((sum) => sum / count) };
  });
}
