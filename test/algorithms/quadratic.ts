/**
 * An engine for hand-computed cases: the weights are a point, an example is a point x, its loss ½‖w − x‖², so
 * that the gradient of a batch is w − mean(x). Float64 throughout; only results are rounded to float32.
 */
import {
  buildModel,
  stepsOf,
  type Engine,
  type Examples,
  type Model,
  type TrainRequest,
} from '../../learning/index.js';

/** A model with `dimension` weights; its layers mean nothing here. */
export function pointModel(dimension: number): Model {
  return buildModel({
    input: [dimension - 1],
    layers: [{ kind: 'dense', units: 1, activation: 'none' }],
  });
}

/** Examples that are points. */
export function points(...rows: readonly (readonly number[])[]): Examples {
  const values = rows.map((row) => Float32Array.from(row));
  return {
    count: rows.length,
    input: { shape: [rows[0]?.length ?? 0], type: 'float32', scale: 1, shift: 0 },
    copyInput(index, into, at) {
      into.set(new Uint8Array(values[index].buffer), at);
    },
    label: () => 0,
  };
}

function point(examples: Examples, index: number): Float32Array {
  const values = new Float32Array(examples.input.shape[0]);
  examples.copyInput(index, new Uint8Array(values.buffer), 0);
  return values;
}

/** The mean gradient w − mean(x) over some examples, and the sum of their losses. */
function slope(w: ArrayLike<number>, examples: Examples, batch: ArrayLike<number>) {
  const gradient = new Float64Array(w.length);
  let lossSum = 0;
  for (const index of Array.from(batch)) {
    const x = point(examples, index);
    for (let i = 0; i < w.length; i++) {
      gradient[i] += (w[i] - x[i]) / batch.length;
      lossSum += (w[i] - x[i]) ** 2 / 2;
    }
  }
  return { gradient, lossSum };
}

const all = (examples: Examples) => Array.from({ length: examples.count }, (_, i) => i);

function train({
  weights,
  examples,
  order,
  batchSize,
  amount,
  optimizer,
  rate,
  proximal,
  linear,
  clip,
}: TrainRequest) {
  if (optimizer.kind !== 'sgd') throw new Error('the quadratic engine knows SGD only');
  const w = Float64Array.from(weights);
  const velocity = new Float64Array(w.length);
  const size = batchSize === 'all' ? examples.count : batchSize;
  const planned = stepsOf(amount, batchSize, examples.count);
  let steps = 0;
  let lossSum = 0;
  let seen = 0;
  for (let epoch = 0; steps < planned; epoch++) {
    const sequence = order(epoch);
    for (let start = 0; start < examples.count && steps < planned; start += size) {
      const positions = sequence.subarray(start, start + size);
      seen += positions.length;
      const batch = slope(w, examples, positions);
      lossSum += batch.lossSum;
      const norm = Math.hypot(...batch.gradient);
      const shrink = clip !== undefined && norm > clip ? clip / norm : 1;
      const eta = rate(steps++);
      for (let i = 0; i < w.length; i++) {
        const gradient =
          batch.gradient[i] * shrink +
          optimizer.weightDecay * w[i] +
          (proximal === undefined ? 0 : proximal.mu * (w[i] - proximal.anchor[i])) +
          (linear?.[i] ?? 0);
        velocity[i] = optimizer.momentum * velocity[i] + gradient;
        w[i] -= eta * (optimizer.nesterov ? gradient + optimizer.momentum * velocity[i] : velocity[i]);
      }
    }
  }
  return {
    weights: Float32Array.from(w),
    cursor: { epoch: Math.floor(seen / examples.count), position: seen % examples.count },
    steps,
    loss: lossSum / seen,
  };
}

export const quadraticEngine: Engine = {
  kind: 'quadratic',
  kernelHash: '',
  train,
  gradient(_model, weights, examples) {
    const { gradient, lossSum } = slope(weights, examples, all(examples));
    return {
      gradient: Float32Array.from(gradient),
      loss: lossSum / examples.count,
      statistics: new Float32Array(),
    };
  },
  evaluate(_model, weights, examples) {
    const { lossSum } = slope(weights, examples, all(examples));
    return { correct: 0, lossSum, count: examples.count };
  },
  fisher: () => new Float32Array(0),
  predict: () => new Float32Array(0),
};
