/** Gradients of the loss by TensorFlow.js. */
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Examples } from '../../engine.js';
import { view } from '../../manifest.js';
import type { Model } from '../../model.js';
import { batchOf } from './inputs.js';
import type { TfNetwork } from './network.js';
import type { BatchLoss } from './batch-loss.js';
import type { TensorFlow } from './tensor-flow.js';

/** Examples whose activations are in memory at a time. */
const PASS_ROWS = 1024;

/**
 * The mean gradient over positions from … to − 1 of an order; zero for what belongs to the first `frozen` layers.
 * @returns the sum of the losses
 */
export function gradientOf(
  tensorFlow: TensorFlow,
  network: TfNetwork,
  batchLoss: BatchLoss,
  { model, examples }: { readonly model: Model; readonly examples: Examples },
  order: Uint32Array | undefined,
  [from, to]: readonly [number, number],
  into: Float32Array,
  frozen = 0,
): number {
  const { tf } = tensorFlow;
  const parameters = network.parameters.filter(({ trainable, layer }) => trainable && layer >= frozen);
  const count = to - from;
  const passes = Math.ceil(count / PASS_ROWS);
  let lossSum = 0;
  into.fill(0);
  for (let pass = 0; pass < passes; pass++) {
    const first = from + Math.floor((count * pass) / passes);
    const last = from + Math.floor((count * (pass + 1)) / passes);
    const share = (last - first) / count;
    tf.tidy(() => {
      const batch = batchOf(tensorFlow, model, examples, order, first, last);
      const loss = (): Scalar => batchLoss(network.logits(batch.inputs, true), batch);
      if (parameters.length === 0) {
        lossSum += (last - first) * loss().dataSync()[0];
        return;
      }
      const { value, grads } = tf.variableGrads(
        loss,
        parameters.map(({ variable }) => variable),
      );
      lossSum += (last - first) * value.dataSync()[0];
      for (const parameter of parameters) {
        const gradient = grads[parameter.variable.name].dataSync();
        const place = view(into, parameter.tensor);
        for (let i = 0; i < place.length; i++) place[i] += share * gradient[i];
      }
    });
  }
  return lossSum;
}
