/** What is minimised, as a function of a batch's logits. */
import type { Scalar, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { lossOf, teacherOf } from '../loss.js';
import { classesOf, type Model } from '../model.js';
import type { Batch } from './inputs.js';
import type { TfNetwork } from './network.js';
import type { TensorFlow } from './tensor-flow.js';

/** The mean loss over a batch's rows of logits. */
export type Objective = (logits: TfTensor, batch: Batch) => Scalar;

/** A model's loss; a teacher's network gets its weights here. */
export function objectiveOf(
  { tf }: TensorFlow,
  networkOf: (model: Model) => TfNetwork,
  model: Model,
): Objective {
  const loss = lossOf(model);
  const crossEntropy = (targets: TfTensor, logits: TfTensor) =>
    tf.mean<Scalar>(tf.losses.softmaxCrossEntropy(targets, logits));
  switch (loss.kind) {
    case 'cross-entropy': {
      const { smoothing } = loss;
      if (smoothing === 0) return (logits, { targets }) => crossEntropy(targets, logits);
      const share = smoothing / classesOf(model);
      return (logits, { targets }) =>
        crossEntropy(tf.add(tf.mul(targets, tf.scalar(1 - smoothing)), share), logits);
    }
    case 'squared-error':
      return (logits, { targets }) =>
        tf.mean<Scalar>(tf.squaredDifference(logits, tf.cast(targets, 'float32')));
    case 'distillation': {
      const { temperature, weight } = loss;
      const teacher = teacherOf(model);
      if (teacher === undefined) throw new TypeError('a distilled model has a teacher');
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
