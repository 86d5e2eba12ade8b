/** What is minimised, as a function of a batch's logits. */
import type { Scalar, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Objective } from '../../objective.js';
import { classesOf, type Model } from '../../model.js';
import type { Batch } from './inputs.js';
import type { TfNetwork } from './network.js';
import type { TensorFlow } from './tensor-flow.js';

/** The mean loss over a batch's rows of logits. */
export type BatchLoss = (logits: TfTensor, batch: Batch) => Scalar;

/** The objective for a model; writes a teacher's weights to its network. */
export function batchLossOf(
  { tf }: TensorFlow,
  networkOf: (model: Model) => TfNetwork,
  objective: Objective,
  model: Model,
): BatchLoss {
  const crossEntropy = (targets: TfTensor, logits: TfTensor) =>
    tf.mean<Scalar>(tf.losses.softmaxCrossEntropy(targets, logits));
  switch (objective.kind) {
    case 'cross-entropy': {
      const { smoothing } = objective;
      if (smoothing === 0) return (logits, { targets }) => crossEntropy(targets, logits);
      const share = smoothing / classesOf(model);
      return (logits, { targets }) =>
        crossEntropy(tf.add(tf.mul(targets, tf.scalar(1 - smoothing)), share), logits);
    }
    case 'squared-error':
      return (logits, { targets }) =>
        tf.mean<Scalar>(tf.squaredDifference(logits, tf.cast(targets, 'float32')));
    case 'distillation': {
      const { temperature, weight, teacher } = objective;
      const network = networkOf(teacher.model);
      network.write(teacher.weights);
      return (logits, { inputs, targets }) => {
        const tempered = tf.div(network.logits(inputs, false), temperature);
        const wanted = tf.softmax(tempered);
        const divergence = tf.sub(
          crossEntropy(wanted, tf.div(logits, temperature)),
          crossEntropy(wanted, tempered),
        );
        return tf.add(
          tf.mul(crossEntropy(targets, logits), 1 - weight),
          tf.mul(divergence, weight * temperature ** 2),
        );
      };
    }
  }
}
