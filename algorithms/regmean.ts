/**
 * RegMean: Jin, Ren, Preotiuc-Pietro & Cheng, "Dataless Knowledge Fusion by Merging Weights of Language Models", ICLR
 * 2023, equation 3, each round in place of FedAvg's mean: the linear layer that comes nearest to what each client's
 * gives on its own inputs, W ← (Σ n_k G_k)⁻¹ Σ n_k G_k W_k, with G_k the Gram matrix of client k's inputs to the layer,
 * off its diagonal times `offDiagonal`. The bias is the weight of an input 1. What is in no linear layer is averaged.
 */
import { z } from 'zod';
import { inputGrams, linearLayers, type LayerGram, type Model } from '../learning/index.js';
import { define } from '../registry/index.js';
import { choleskySolve } from './cholesky.js';
import type { SummingAlgorithm } from './federated.js';
import { localOptions, localSgd, type LocalOptions } from './local-sgd.js';
import type { Payload } from './payload.js';
import { selectClients, selectionOptions, type Selection } from './selection.js';
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

interface State {
  readonly round: number;
  readonly model: Model;
  readonly weights: Float32Array;
}

type Message = Payload<{ readonly round: number }, 'weights'>;
type Options = Selection & LocalOptions & { readonly offDiagonal: number };

function create(
  settings: Options,
): { readonly family: 'federated' } & SummingAlgorithm<State, Message, 'grams' | 'product'> {
  return {
    family: 'federated',
    answers: 'sum',
    init: ({ model, weights }) => ({ round: 0, model, weights }),
    plan({ round, weights }, context) {
      const message = { header: { round }, vectors: { weights } };
      return { to: selectClients(settings, context).map((client) => ({ client, message })) };
    },
    localUpdate(message, examples, _, tools) {
      const { delta, loss } = localSgd(settings, message, examples, tools);
      const trained = addScaled(message.vectors.weights, 1, delta);
      const grams = inputGrams(tools.engine, tools.model, trained, examples);
      for (const gram of grams) shrink(gram, settings.offDiagonal);
      // What is in no linear layer goes as the weights themselves.
      const product = Float32Array.from(delta);
      for (const gram of grams) multiply(tools.model, gram, delta, product);
      const vectors = { grams: join(grams), product };
      return { answer: { header: {}, vectors, samples: examples.count, scalars: { loss } } };
    },
    answerLengths: ({ vectors: { weights } }, model) => ({
      grams: linearLayers(model).reduce((length, { size }) => length + size * size, 0),
      product: weights.length,
    }),
    weigh: ({ samples }) => samples,
    /** In delta form: with D = Σ n_k G_k Δ_k, w ← w + (Σ n_k G_k)⁻¹ D. */
    finish(state, sum) {
      const next = { ...state, round: state.round + 1 };
      if (sum === undefined) return next;
      const moved = Float32Array.from(sum.vectors.product);
      let at = 0;
      for (const { name, size } of linearLayers(state.model)) {
        const gram = Float64Array.from(sum.vectors.grams.subarray(at, at + size * size));
        at += size * size;
        solve(state.model, name, size, gram, moved);
      }
      return { ...next, weights: addScaled(state.weights, 1, moved) };
    },
    model: ({ model, weights }) => ({ model, weights }),
  };
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
