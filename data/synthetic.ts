/**
 * Synthetic(α, β): FedProx's generated examples (Li et al., MLSys 2020, section 5.1), one client at a time. A client's
 * examples are a pure function of the seed, the client and their number, so they can be generated again instead of stored.
 */
import { distributions, power, stream } from '../numerics/index.js';
import type { GeneratedExamples, SyntheticSettings } from './dataset.js';
import type { ExampleReader } from './example-reader.js';

/** All examples of one client. */
export interface SyntheticBlock {
  /** Row-major [size, dimension]. */
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

/**
 * The first `size` examples of a client: W_k, b_k ~ N(u_k, 1) with u_k ~ N(0, α); x ~ N(v_k, Σ) with
 * v_k ~ N(B_k, 1), B_k ~ N(0, β), Σ_jj = j^−1.2; y = argmax(W_k x + b_k). The second parameter of N is a
 * standard deviation, as in the paper's published code; but Σ has variances.
 */
export function syntheticBlock(settings: SyntheticSettings, client: number, size: number): SyntheticBlock {
  const { seed, alpha, beta, iid, dimension, classes } = settings;
  const draw = distributions.normal(stream(seed, 'data', 'synthetic', 'client', client));
  const u = iid ? 0 : alpha * draw();
  const centre = beta * draw();
  const means = Float64Array.from({ length: dimension }, () => (iid ? centre : centre + draw()));
  const model = iid ? distributions.normal(stream(seed, 'data', 'synthetic', 'model')) : draw;
  const weights = Float64Array.from({ length: classes * dimension }, () => u + model());
  const biases = Float64Array.from({ length: classes }, () => u + model());
  const deviations = Float64Array.from({ length: dimension }, (_, j) => power(j + 1, -0.6));

  const inputs = new Float32Array(size * dimension);
  const labels = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const x = inputs.subarray(i * dimension, (i + 1) * dimension);
    for (let j = 0; j < dimension; j++) x[j] = means[j] + deviations[j] * draw();
    labels[i] = argmax(x, weights, biases);
  }
  return { inputs, labels };
}

/** The class with the largest logit, the first if several are equal; `weights` are [classes, dimension]. */
function argmax(x: Float32Array, weights: Float64Array, biases: Float64Array): number {
  let best = 0;
  let largest = -Infinity;
  for (let c = 0; c < biases.length; c++) {
    let logit = biases[c];
    for (let j = 0; j < x.length; j++) logit += weights[c * x.length + j] * x[j];
    if (logit > largest) {
      best = c;
      largest = logit;
    }
  }
  return best;
}

/** Reads a generated set. It caches one client's examples, since training reads one client at a time. */
export function readSynthetic({ generated, owner }: GeneratedExamples): ExampleReader {
  const { sizes, offsets, dimension } = generated;
  let cached: { client: number; labels: Int32Array; bytes: Uint8Array } | undefined;
  const block = (client: number) => {
    if (cached?.client === client) return cached;
    const { inputs, labels } = syntheticBlock(generated, client, sizes[client]);
    cached = { client, labels, bytes: new Uint8Array(inputs.buffer) };
    return cached;
  };
  return {
    copyInput(index, into, at) {
      const start = 4 * dimension * (index - offsets[owner[index]]);
      into.set(block(owner[index]).bytes.subarray(start, start + 4 * dimension), at);
    },
    label: (index) => block(owner[index]).labels[index - offsets[owner[index]]],
  };
}
