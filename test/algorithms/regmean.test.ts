/** RegMean against what it minimises, and the solver it needs. */
import { expect } from 'chai';
import { choleskyDecompose, substitute } from '../../algorithms/cholesky.js';
import { initialWeights, inputGrams, wasmEngine, type LayerGram } from '../../learning/index.js';
import { stream } from '../../numerics/index.js';
import { perceptron } from '../learning/wasm/cases.js';
import { asExamples, CLASSES, INPUTS, labelled } from './clusters.js';
import { federated } from './federated.js';
import { trainedWeights, type Setting } from './host.js';

const engine = wasmEngine();
const model = perceptron(INPUTS, 6, CLASSES);
const weights = initialWeights(model, 1);
const shards = [17, 22, 30].map((count, client) => asExamples(labelled(client, count)));
const setting: Setting = { model, weights, engine, shards };
const options = { fraction: 1, amount: { epochs: 2 }, batchSize: 5, optimizer: { learningRate: 0.1 } };

const after = (kind: string, more: object, changes: Partial<Setting> = {}, rounds = 1) =>
  trainedWeights(federated({ kind, ...options, ...more }), { ...setting, ...changes }, rounds);

/** Of all layers: Σ n_k ‖X_k (W − W_k)‖², by the clients' Gram matrices. */
function misfit(
  merged: ArrayLike<number>,
  clients: readonly { trained: Float32Array; grams: readonly LayerGram[]; samples: number }[],
): number {
  let sum = 0;
  for (const { trained, grams, samples } of clients) {
    for (const { name, size, values } of grams) {
      const [kernel, bias] = ['kernel', 'bias'].map((part) =>
        model.manifest.tensors.find((tensor) => tensor.name === `${name}/${part}`),
      );
      if (kernel === undefined || bias === undefined) throw new Error(name);
      const units = bias.size;
      const place = (row: number, unit: number) =>
        row === size - 1 ? bias.offset + unit : kernel.offset + row * units + unit;
      for (let unit = 0; unit < units; unit++) {
        const d = Array.from(
          { length: size },
          (_, row) => merged[place(row, unit)] - trained[place(row, unit)],
        );
        d.forEach((a, i) => {
          d.forEach((b, j) => (sum += samples * a * values[i * size + j] * b));
        });
      }
    }
  }
  return sum;
}

describe('regmean', () => {
  it('comes nearest to what the clients’ layers give on their inputs', () => {
    const clients = shards.map((shard, client) => {
      const trained = after('fedavg', {}, { answers: (other) => other === client });
      return { trained, grams: inputGrams(engine, model, trained, shard), samples: shard.count };
    });
    const merged = after('regmean', { offDiagonal: 1 });
    const least = misfit(merged, clients);
    expect(least).to.be.lessThan(0.9 * misfit(after('fedavg', {}), clients));
    const draw = stream(3, 'elsewhere');
    for (let i = 0; i < 10; i++) {
      const beside = merged.map((w) => w + 0.01 * (draw() - 0.5));
      expect(misfit(beside, clients)).to.be.greaterThan(least);
    }
  });

  it('gives one client’s layers back', () => {
    const [alone, merged] = ['fedavg', 'regmean'].map((kind) =>
      after(kind, {}, { answers: (client) => client === 1 }),
    );
    merged.forEach((w, i) => expect(w).to.be.closeTo(alone[i], 2e-3));
  });

  it('is a mean by inputs’ squares where only diagonals count', () => {
    // All inputs of all clients' biases are 1: their mean is FedAvg's.
    const [mean, merged] = [after('fedavg', {}), after('regmean', { offDiagonal: 0 })];
    for (const { role, offset, size } of model.manifest.tensors) {
      if (role !== 'bias') continue;
      for (let i = offset; i < offset + size; i++) expect(merged[i]).to.be.closeTo(mean[i], 1e-5);
    }
  });
});

describe('Cholesky’s solution', () => {
  it('solves A x = b for several b', () => {
    const draw = stream(1, 'matrix');
    const [size, columns] = [12, 3];
    const root = Array.from({ length: size * size }, () => draw() - 0.5);
    const a = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        for (let k = 0; k < size; k++) a[i * size + j] += root[i * size + k] * root[j * size + k];
        if (i === j) a[i * size + j] += 0.1;
      }
    const b = Float64Array.from({ length: size * columns }, () => draw() - 0.5);
    const x = b.slice();
    const lower = a.slice();
    expect(choleskyDecompose(lower, size)).to.equal(undefined);
    substitute(lower, size, x, columns);
    for (let i = 0; i < size; i++)
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += a[i * size + j] * x[j * columns + c];
        expect(sum).to.be.closeTo(b[i * columns + c], 1e-10);
      }
  });

  it('says at which row a matrix turns out not to be positive definite', () => {
    expect(choleskyDecompose(Float64Array.of(1, 2, 2, 1), 2)).to.equal(1);
  });
});
