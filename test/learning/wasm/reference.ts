/**
 * Training written once more, with plain loops over plain arrays: in float64 to compare within a tolerance, in
 * float32 (each operation rounded) to compare bit by bit. Shares nothing with the engine but the sums' order.
 */
import { momentNames, type OptimizerSettings, type TrainRequest } from '../../../learning/engine.js';
import type { Model } from '../../../learning/model.js';
import { integerPower } from '../../../numerics/index.js';

export interface Arithmetic {
  readonly round: (x: number) => number;
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
}

export const float64: Arithmetic = { round: (x) => x, exp: Math.exp, log: Math.log };

const { fround } = Math;
const bits = new DataView(new ArrayBuffer(4));
const horner = (x: number, coefficients: number[]) =>
  coefficients.map(fround).reduce((sum, c) => fround(fround(sum * x) + c));

/** Cephes' expf and logf. */
export const float32: Arithmetic = {
  round: fround,
  exp: (x) => {
    if (x < -87) return 0;
    const n = Math.floor(fround(fround(x * fround(Math.LOG2E)) + 0.5));
    const r = fround(fround(x - fround(n * fround(0.693359375))) - fround(n * fround(-2.1219444e-4)));
    const p = horner(
      r,
      [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.50000001201],
    );
    return fround(fround(fround(fround(p * fround(r * r)) + r) + 1) * 2 ** n);
  },
  log: (x) => {
    bits.setFloat32(0, x);
    let exponent = (bits.getUint32(0) >>> 23) - 126;
    let m = fround(x / 2 ** exponent);
    if (m < fround(Math.SQRT1_2)) {
      exponent -= 1;
      m = fround(fround(m + m) - 1);
    } else m = fround(m - 1);
    const square = fround(m * m);
    const p = horner(m, [
      ...[7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1],
      ...[-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1],
    ]);
    let y = fround(fround(p * m) * square);
    y = fround(y + fround(exponent * fround(-2.1219444e-4)));
    y = fround(y + fround(square * -0.5));
    return fround(fround(m + y) + fround(exponent * fround(0.693359375)));
  },
};

/** The layers of a perceptron. */
const denseLayers = ({ spec }: Model) =>
  spec.layers.map((layer) => {
    if (layer.kind !== 'dense') throw new Error(`no ${layer.kind} here`);
    return layer;
  });

type Matrix = number[][];

/** The stored inputs of some examples as numbers, each x · scale + shift. */
function inputRows(
  { examples }: Pick<TrainRequest, 'examples'>,
  indices: readonly number[],
  { round }: Arithmetic,
): Matrix {
  const { shape, type, scale, shift } = examples.input;
  const length = shape.reduce((a, b) => a * b, 1);
  return indices.map((index) => {
    const bytes = new Uint8Array(length * (type === 'uint8' ? 1 : 4));
    examples.copyInput(index, bytes, 0);
    const stored = type === 'uint8' ? bytes : new Float32Array(bytes.buffer);
    return Array.from(stored, (x) => round(round(x * fround(scale)) + fround(shift)));
  });
}

/** Logits, each example's loss, and the gradient of the mean loss, for examples given by their indices. */
export function referenceBackward(
  model: Model,
  weights: ArrayLike<number>,
  request: Pick<TrainRequest, 'examples'>,
  indices: readonly number[],
  arithmetic: Arithmetic,
) {
  const { round, exp, log } = arithmetic;
  const layers = denseLayers(model).map(({ units, activation }, l) => {
    const [kernel, bias] = model.manifest.tensors.slice(2 * l, 2 * l + 2);
    const at = (k: number, n: number) => kernel.offset + k * units + n;
    return {
      units,
      inputs: kernel.shape[0],
      relu: activation === 'relu',
      at,
      biasAt: (n: number) => bias.offset + n,
    };
  });
  const outputs: Matrix[] = [inputRows(request, indices, arithmetic)];
  for (const { units, inputs, relu, at, biasAt } of layers) {
    outputs.push(
      outputs[outputs.length - 1].map((row) =>
        Array.from({ length: units }, (_, n) => {
          let sum = weights[biasAt(n)];
          for (let k = 0; k < inputs; k++) sum = round(sum + round(row[k] * weights[at(k, n)]));
          return relu ? Math.max(sum, 0) : sum;
        }),
      ),
    );
  }
  const logits = outputs[outputs.length - 1];
  const losses: number[] = [];
  let delta: Matrix = logits.map((row, m) => {
    const label = request.examples.label(indices[m]);
    const largest = Math.max(...row);
    const exponentials = row.map((z) => exp(round(z - largest)));
    const sum = exponentials.reduce((a, b) => round(a + b), 0);
    losses.push(round(log(sum) - round(row[label] - largest)));
    return exponentials.map((e, n) => round(round(round(e / sum) - (n === label ? 1 : 0)) / indices.length));
  });
  const gradient = new Float64Array(model.manifest.length);
  for (let l = layers.length - 1; l >= 0; l--) {
    const { units, inputs, at, biasAt } = layers[l];
    const input = outputs[l];
    for (let n = 0; n < units; n++) {
      for (const row of delta) gradient[biasAt(n)] = round(gradient[biasAt(n)] + row[n]);
      for (let k = 0; k < inputs; k++) {
        let sum = 0;
        for (let m = 0; m < delta.length; m++) sum = round(sum + round(input[m][k] * delta[m][n]));
        gradient[at(k, n)] = sum;
      }
    }
    if (l === 0) break;
    const { relu } = layers[l - 1];
    delta = delta.map((row, m) =>
      Array.from({ length: inputs }, (_, k) => {
        let sum = 0;
        for (let n = 0; n < units; n++) sum = round(sum + round(row[n] * weights[at(k, n)]));
        return relu && !(input[m][k] > 0) ? 0 : sum;
      }),
    );
  }
  return { logits, losses, gradient };
}

/** What an engine's train should give; steps of whole epochs or a number of steps from epoch 0 on. */
export function referenceTrain(request: TrainRequest, arithmetic: Arithmetic) {
  const { round } = arithmetic;
  const { model, examples, amount, optimizer, proximal, linear, clip, frozenLayers = 0 } = request;
  const batchSize = request.batchSize === 'all' ? examples.count : request.batchSize;
  const mu = round(proximal?.mu ?? 0);
  const coupled = optimizer.kind === 'adamw' ? 0 : round(optimizer.weightDecay);
  const weights = Float64Array.from(request.weights);
  const { steps: earlier, moments: kept } = request.optimizerState ?? { steps: 0, moments: {} };
  const moments = Object.fromEntries(
    momentNames(optimizer).map((name) => [name, Float64Array.from(kept[name] ?? weights.map(() => 0))]),
  );
  const trainedFrom = model.manifest.tensors.at(2 * frozenLayers)?.offset ?? weights.length;
  const done = (epoch: number, steps: number) =>
    'epochs' in amount ? epoch >= amount.epochs : steps >= amount.steps;
  let steps = 0;
  let lossSum = 0;
  let seen = 0;
  for (let epoch = 0; !done(epoch, steps); epoch++) {
    const order = Array.from(request.order(epoch));
    for (let from = 0; from < order.length && !done(epoch, steps); from += batchSize) {
      const batch = order.slice(from, from + batchSize);
      const { gradient, losses } = referenceBackward(model, weights, request, batch, arithmetic);
      for (const loss of losses) lossSum += loss;
      seen += batch.length;
      const rate = request.rate(steps);
      const norm = Math.sqrt(squaresByColumn(model, gradient, trainedFrom));
      const scale = clip !== undefined && norm > clip ? round(clip / norm) : 1;
      for (let i = trainedFrom; i < weights.length; i++) {
        let g = round(gradient[i] * scale);
        g = round(g + round(coupled * weights[i]));
        if (proximal) g = round(g + round(mu * round(weights[i] - proximal.anchor[i])));
        if (linear) g = round(g + linear[i]);
        const t = earlier + steps + 1;
        weights[i] = round(weights[i] - change(optimizer, moments, i, g, weights[i], rate, t, round));
      }
      steps++;
    }
  }
  return { weights, moments, steps, loss: lossSum / seen };
}

/** What step t takes from weight i, whose moments it brings up to date. */
function change(
  optimizer: OptimizerSettings,
  moments: Record<string, Float64Array>,
  i: number,
  g: number,
  w: number,
  rate: number,
  t: number,
  round: Arithmetic['round'],
): number {
  if (optimizer.kind === 'sgd') {
    const beta = round(optimizer.momentum);
    if (beta === 0) return round(round(rate) * g);
    const { velocity } = moments;
    velocity[i] = round(round(beta * velocity[i]) + g);
    return round(round(rate) * (optimizer.nesterov ? round(g + round(beta * velocity[i])) : velocity[i]));
  }
  const { beta1, beta2, epsilon } = optimizer;
  const { firstMoment: m, secondMoment: v } = moments;
  m[i] = round(round(round(beta1) * m[i]) + round(g * round(1 - beta1)));
  v[i] = round(round(round(beta2) * v[i]) + round(round(g * round(1 - beta2)) * g));
  const scale = round(1 / Math.sqrt(1 - integerPower(beta2, t)));
  const root = round(round(round(Math.sqrt(v[i])) * scale) + round(epsilon));
  const step = round(round(m[i] / root) * round(rate / (1 - integerPower(beta1, t))));
  if (optimizer.kind === 'adam' || optimizer.weightDecay === 0) return step;
  return round(step + round(w * round(rate * optimizer.weightDecay)));
}

/** The sum of squares from `first` on, each column (bias, then weights) by itself first. */
function squaresByColumn(model: Model, gradient: Float64Array, first: number): number {
  let total = 0;
  denseLayers(model).forEach(({ units }, l) => {
    const [kernel, bias] = model.manifest.tensors.slice(2 * l, 2 * l + 2);
    if (kernel.offset < first) return;
    for (let n = 0; n < units; n++) {
      let column = gradient[bias.offset + n] ** 2;
      for (let k = 0; k < kernel.shape[0]; k++) column += gradient[kernel.offset + k * units + n] ** 2;
      total += column;
    }
  });
  return total;
}
