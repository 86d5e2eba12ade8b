/**
 * RegMean: Jin, Ren, Preotiuc-Pietro & Cheng, "Dataless Knowledge Fusion by Merging Weights of Language Models", ICLR
 * 2023, equation 3, each round in place of FedAvg's mean: the linear layer that comes nearest to what each client's
 * gives on its own inputs, W ← (Σ n_k G_k)⁻¹ Σ n_k G_k W_k, with G_k the Gram matrix of client k's inputs to the layer,
 * off its diagonal times `offDiagonal`. The bias is the weight of an input 1. What is in no linear layer is averaged.
 */
import { z } from 'zod';
import { inputGrams, linearLayers, putStatistics, type LayerGram, type Model } from '../learning/index.js';
import { define } from '../registry/index.js';
import { choleskySolve } from './cholesky.js';
import { broadcastAveraging } from './delta-averaging.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { withStatisticsLength } from './running-statistics.js';
import { selectionOptions, type Selection } from './selection.js';
import { addScaled } from './vectors.js';

const options = {
  ...selectionOptions,
  ...localOptions,
  offDiagonal: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('α, by which what is off the diagonals of Gram matrices is shrunk'),
};

/** Added to the diagonal, as a share of its mean: inputs that nobody has leave matrices singular. */
const RIDGE = 1e-6;

type Options = Selection & LocalOptions & { readonly offDiagonal: number };

const create = (settings: Options) =>
  broadcastAveraging<null, null, 'grams' | 'product'>(
    settings,
    (message, examples, tools) => {
      const { delta, statistics, loss } = localSgd(settings, message, examples, tools);
      const trained = addScaled(message.vectors.weights, 1, delta);
      putStatistics(tools.model.manifest, statistics, trained);
      const grams = inputGrams(tools.engine, tools.model, trained, examples);
      for (const gram of grams) shrink(gram, settings.offDiagonal);
      // What is in no linear layer goes as the weights themselves.
      const product = Float32Array.from(delta);
      for (const gram of grams) multiply(tools.model, gram, delta, product);
      return { vectors: { grams: join(grams), product }, statistics, scalars: { loss } };
    },
    {
      start: () => null,
      tell: () => null,
      /** In delta form: with D = Σ n_k G_k Δ_k, w ← w + (Σ n_k G_k)⁻¹ D. */
      step(weights, { vectors }, own, model) {
        const moved = Float32Array.from(vectors.product);
        let at = 0;
        for (const { name, size } of linearLayers(model)) {
          const gram = Float64Array.from(vectors.grams.subarray(at, at + size * size));
          at += size * size;
          solve(model, name, size, gram, moved);
        }
        return { weights: addScaled(weights, 1, moved), own };
      },
    },
    (model, weights) =>
      withStatisticsLength(
        {
          grams: linearLayers(model).reduce((length, { size }) => length + size * size, 0),
          product: weights.length,
        },
        model,
      ),
  );

function shrink({ size, values }: LayerGram, offDiagonal: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (i !== j) values[i * size + j] *= offDiagonal;
  }
}

function join(grams: readonly LayerGram[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(grams.reduce((length, { values }) => length + values.length, 0));
  let at = 0;
  for (const { values } of grams) {
    joined.set(values, at);
    at += values.length;
  }
  return joined;
}

/** The rows of a layer's [inputs and 1, units] matrix in a vector like the weights: kernel's rows, then the bias. */
function rowsOf({ manifest }: Model, name: string, size: number) {
  const kernel = manifest.tensors.find((tensor) => tensor.name === `${name}/kernel`);
  const bias = manifest.tensors.find((tensor) => tensor.name === `${name}/bias`);
  if (kernel === undefined || bias === undefined) throw new Error(`${name} has no kernel and bias`);
  const units = bias.size;
  return { units, start: (row: number) => (row === size - 1 ? bias.offset : kernel.offset + row * units) };
}

/** into ← G · from, for one layer. */
function multiply(
  model: Model,
  { name, size, values }: LayerGram,
  from: Float32Array,
  into: Float32Array,
): void {
  const { units, start } = rowsOf(model, name, size);
  const row = new Float64Array(units);
  for (let i = 0; i < size; i++) {
    row.fill(0);
    for (let j = 0; j < size; j++) {
      const factor = values[i * size + j];
      if (factor === 0) continue;
      const own = start(j);
      for (let unit = 0; unit < units; unit++) row[unit] += factor * from[own + unit];
    }
    into.set(row, start(i));
  }
}

/** values ← (G + ridge)⁻¹ · values, for one layer. */
function solve(model: Model, name: string, size: number, gram: Float64Array, values: Float32Array): void {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i];
  for (let i = 0; i < size; i++) gram[i * size + i] += (RIDGE * trace) / size;
  const { units, start } = rowsOf(model, name, size);
  const right = new Float64Array(size * units);
  for (let i = 0; i < size; i++) right.set(values.subarray(start(i), start(i) + units), i * units);
  choleskySolve(gram, size, right, units);
  for (let i = 0; i < size; i++) values.set(right.subarray(i * units, (i + 1) * units), start(i));
}

export const regmean = define({
  kind: 'regmean',
  summary:
    'FedAvg whose linear layers are merged by least squares on the clients’ inputs; Gram matrices travel, of inputs² numbers.',
  options,
  create,
});
