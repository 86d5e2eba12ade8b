/**
 * RegMean: Jin, Ren, Preotiuc-Pietro & Cheng, "Dataless Knowledge Fusion by Merging Weights of Language Models", ICLR
 * 2023, equation 3, each round in place of FedAvg's mean: the linear layer that comes nearest to what each client's
 * gives on its own inputs, W ← (Σ n_k G_k)⁻¹ Σ n_k G_k W_k, with G_k the Gram matrix of client k's inputs to the layer,
 * off its diagonal times `offDiagonal`. The bias is the weight of an input 1. What is in no linear layer is averaged.
 */
import { z } from 'zod';
import { inputGrams, linearLayers, putStatistics, type LayerGram, type Model } from '../learning/index.js';
import { define } from '../registry/index.js';
import { choleskyDecompose, substitute } from './cholesky.js';
import { broadcastAveraging, tellsNothing } from './delta-averaging.js';
import type { AskedClient } from './federated.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import { trainsOnce } from './refusals.js';
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
/** The ridge with which every honest Gram matrix of float32 numbers has an inverse, whatever its rank. */
const TOLERANCE = 1e-3;

type Options = Selection & LocalOptions & { readonly offDiagonal: number };

const create = (settings: Options) => {
  const averaging = broadcastAveraging<null, null, 'grams' | 'product'>(
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
      ...tellsNothing,
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
    trainsOnce(settings),
  );
  return {
    ...averaging,
    refuseAnswer: (...[answer, message, client]: Parameters<NonNullable<typeof averaging.refuseAnswer>>) =>
      averaging.refuseAnswer?.(answer, message, client) ?? gramsRefusal(answer.vectors.grams, client),
  };
};

/**
 * What is no Gram matrix: with one of these the server's sum may have no inverse. A codec that changes numbers takes the
 * honest ones out of their cone, but not below zero on the diagonal.
 */
function gramsRefusal(grams: Float32Array, { model, isExact }: AskedClient): string | undefined {
  let at = 0;
  for (const { name, size } of linearLayers(model)) {
    const gram = Float64Array.from(grams.subarray(at, at + size * size));
    at += size * size;
    const diagonal = Array.from({ length: size }, (_, i) => gram[i * size + i]);
    if (diagonal.some((square) => square < 0) || (isExact && !isPositive(gram, size))) {
      return `vectors.grams: the part for ${name} is no Gram matrix`;
    }
  }
  return undefined;
}

const isPositive = (gram: Float64Array, size: number): boolean =>
  choleskyDecompose(withRidge(gram, size, TOLERANCE), size) === undefined;

function withRidge(gram: Float64Array, size: number, ridge: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i];
  const whole = Float64Array.from(gram);
  for (let i = 0; i < size; i++) whole[i * size + i] += (ridge * trace) / size;
  return whole;
}

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
  const { units, start } = rowsOf(model, name, size);
  const right = new Float64Array(size * units);
  for (let i = 0; i < size; i++) right.set(values.subarray(start(i), start(i) + units), i * units);
  // Matrices whose numbers a codec has changed may need more.
  let ridge = RIDGE;
  let lower = withRidge(gram, size, ridge);
  while (choleskyDecompose(lower, size) !== undefined) {
    if (ridge > size) throw new Error(`${name}: the sum of the clients' Gram matrices is zero`);
    ridge *= 10;
    lower = withRidge(gram, size, ridge);
  }
  substitute(lower, size, right, units);
  for (let i = 0; i < size; i++) values.set(right.subarray(i * units, (i + 1) * units), start(i));
}

export const regmean = define({
  kind: 'regmean',
  summary:
    'FedAvg whose linear layers are merged by least squares on the clients’ inputs; Gram matrices travel, of inputs² numbers.',
  options,
  create,
});
