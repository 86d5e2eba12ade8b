/**
 * The engine on TensorFlow.js: losses, gradients and logits are TensorFlow.js's, steps are taken here, in float64
 * (take-step.ts). Slower than the wasm engine, and the reference in its tests; which bits come out depends on
 * TensorFlow.js's version and backend.
 */
import { checkGradient, checkRange, checkWeights } from '../../checks.js';
import type { Engine, Evaluation, Examples, GradientResult } from '../../engine.js';
import { classesOf, positionsOf, type Model } from '../../model.js';
import { checkObjective, crossEntropy, evaluationLoss, type Objective } from '../../objective.js';
import { takeStatistics } from '../../statistics.js';
import { gradientOf } from './gradient.js';
import { expectedLabels } from '../../sums/fisher.js';
import { partOf } from '../../sums/part.js';
import { batchOf } from './inputs.js';
import { networks } from './network.js';
import { batchLossOf } from './batch-loss.js';
import { loadTensorFlow, type Backend } from './tensor-flow.js';
import { train } from './train.js';

/** Examples of one forward pass. */
const PASS_ROWS = 256;

/** @throws Error: a sentence about what to install, or why the backend does not work here */
export async function tfjsEngine(backend?: Backend, objective: Objective = crossEntropy): Promise<Engine> {
  const tensorFlow = await loadTensorFlow(backend);
  const { tf } = tensorFlow;
  const networkOf = networks(tensorFlow);
  const batchLossFor = (model: Model, minimized = objective) =>
    batchLossOf(tensorFlow, networkOf, minimized, model);

  /** Calls `see` with the logits of a few examples after another. */
  function forward(
    model: Model,
    weights: Float32Array,
    examples: Examples,
    [from, to]: readonly [number, number],
    see: (logits: Float32Array, labels: Int32Array) => void,
  ): void {
    const network = networkOf(model);
    network.write(weights);
    for (let at = from; at < to; at += PASS_ROWS) {
      tf.tidy(() => {
        const batch = batchOf(tensorFlow, model, examples, undefined, at, Math.min(at + PASS_ROWS, to));
        see(network.logits(batch.inputs, false).dataSync() as Float32Array, batch.labels);
      });
    }
  }

  /** A pass forward and backward over all examples; nothing is dropped without a chance. */
  function passOver(
    model: Model,
    weights: Float32Array,
    examples: Examples,
    chance?: readonly [number, number],
    minimized = objective,
  ): GradientResult {
    const network = networkOf(model);
    network.write(weights);
    network.chance.ofStep = chance;
    const gradient = new Float32Array(weights.length);
    const range = [0, examples.count] as const;
    const of = { model, examples };
    const lossSum = gradientOf(
      tensorFlow,
      network,
      batchLossFor(model, minimized),
      of,
      undefined,
      range,
      gradient,
    );
    network.chance.ofStep = undefined;
    const after = weights.slice();
    network.read(
      after,
      network.parameters.filter(({ trainable }) => !trainable),
    );
    return {
      gradient,
      loss: lossSum / examples.count,
      statistics: takeStatistics(model.manifest, after),
    };
  }

  const engine: Engine = {
    kind: 'tfjs',
    kernelHash: tensorFlow.description,
    prepare(model) {
      try {
        networkOf(model);
        if (objective.kind === 'distillation') networkOf(objective.teacher.model);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`model: TensorFlow.js cannot make it: ${reason}`, { cause: error });
      }
    },
    train(request) {
      checkObjective(objective, request.model);
      return train(tensorFlow, networkOf(request.model), batchLossFor(request.model), request);
    },
    gradient(model, weights, examples, chance) {
      checkGradient(model, weights, examples, chance);
      checkObjective(objective, model);
      return passOver(model, weights, examples, chance);
    },
    fisher(model, weights, examples, over) {
      const labels = expectedLabels(model, examples, over, () => engine.predict(model, weights, examples));
      const sum = new Float64Array(weights.length);
      for (let index = 0; index < examples.count; index++) {
        for (const { label, share } of labels(index)) {
          const one = partOf(examples, index, index + 1, label);
          const { gradient } = passOver(model, weights, one, undefined, crossEntropy);
          for (let i = 0; i < sum.length; i++) sum[i] += share * gradient[i] * gradient[i];
        }
      }
      return Float32Array.from(sum, (squares) => squares / examples.count);
    },
    evaluate(model, weights, examples, from = 0, to = examples.count): Evaluation {
      checkWeights(model, weights);
      checkRange(from, to, examples.count);
      const classes = classesOf(model);
      const squared = evaluationLoss(objective).kind === 'squared-error';
      let [correct, lossSum] = [0, 0];
      forward(model, weights, examples, [from, to], (logits, labels) => {
        for (const [row, label] of labels.entries()) {
          const own = logits.subarray(row * classes, (row + 1) * classes);
          const largest = Math.max(...own);
          if (own.indexOf(largest) === label) correct++;
          lossSum += squared
            ? own.reduce((sum, z, unit) => sum + (z - (unit === label ? 1 : 0)) ** 2, 0) / classes
            : Math.log(own.reduce((sum, z) => sum + Math.exp(z - largest), 0)) - (own[label] - largest);
        }
      });
      return { correct, lossSum, count: (to - from) * positionsOf(model) };
    },
    predict(model, weights, examples) {
      checkWeights(model, weights);
      const [classes, positions] = [classesOf(model), positionsOf(model)];
      const all = new Float32Array(examples.count * classes);
      let at = 0;
      forward(model, weights, examples, [0, examples.count], (logits) => {
        // Of a sequence the last row.
        for (let end = positions * classes; end <= logits.length; end += positions * classes) {
          all.set(logits.subarray(end - classes, end), at);
          at += classes;
        }
      });
      return all;
    },
  };
  return engine;
}
