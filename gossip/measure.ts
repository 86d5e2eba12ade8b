/** What is measured of one node's model, as work for a thread. */
import { parameterRanges } from '../learning/index.js';
import type { ThreadTask } from '../execution/index.js';
import { tensorVariances } from '../merging/index.js';
import { vectorOpener } from './open-vectors.js';
import type { Place } from './slabs.js';

/** The variance of each tensor and, without running statistics, the squared distance to the mean of all nodes. */
export interface MeasureTask {
  readonly weights: Place;
  readonly mean: Float32Array;
}

export interface Measurement {
  readonly squaredDistance: number;
  readonly variances: readonly number[];
}

export const measure: ThreadTask<MeasureTask, Measurement> = {
  name: 'measure',
  prepare({ model: { manifest } }, _, thread) {
    const { open } = vectorOpener(thread);
    const ranges = parameterRanges(manifest);
    return ({ weights, mean }) => {
      const values = open(weights);
      let squaredDistance = 0;
      for (const { start, end } of ranges) {
        for (let i = start; i < end; i++) {
          const difference = values[i] - mean[i];
          squaredDistance += difference * difference;
        }
      }
      return { squaredDistance, variances: Array.from(tensorVariances({ values, manifest })) };
    };
  },
};
