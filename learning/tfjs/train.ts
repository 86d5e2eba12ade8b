/** Training on TensorFlow.js: its gradients, our steps. Nothing of a step stays in memory after it. */
import { takeBatches } from '../batches.js';
import { checkTrainRequest } from '../checks.js';
import { momentNames, type TrainRequest, type TrainResult } from '../engine.js';
import { takeStep } from '../take-step.js';
import { gradientOf } from './gradient.js';
import type { TfNetwork } from './network.js';
import type { TensorFlow } from './tensor-flow.js';

/** @throws RangeError where the request does not fit the model */
export function train(tensorFlow: TensorFlow, network: TfNetwork, request: TrainRequest): TrainResult {
  checkTrainRequest(request);
  const { optimizer, optimizerState: before, proximal, linear, clip, frozenLayers = 0 } = request;
  const weights = request.weights.slice();
  const earlier = before?.steps ?? 0;
  const moments = Object.fromEntries(
    momentNames(optimizer).map((name) => [
      name,
      before?.moments[name].slice() ?? new Float32Array(weights.length),
    ]),
  );
  const trained = network.parameters.filter(({ layer, trainable }) => trainable && layer >= frozenLayers);
  const first = trained.at(0)?.tensor.offset ?? weights.length;
  const own = (values: Float32Array) => values.subarray(first);
  const gradient = new Float32Array(weights.length);
  const step = {
    weights: own(weights),
    gradient: own(gradient),
    optimizer,
    moments: Object.fromEntries(Object.entries(moments).map(([name, moment]) => [name, own(moment)])),
    clip,
    ...(proximal && { proximal: { ...proximal, anchor: own(proximal.anchor) } }),
    ...(linear && { linear: own(linear) }),
  };
  let order: Uint32Array | undefined;
  let lossSum = 0;
  network.write(weights);
  const { seen, ...taken } = takeBatches(
    request,
    (next) => {
      order = next;
    },
    (from, to, steps) => {
      lossSum += gradientOf(tensorFlow, network, request, order, [from, to], gradient, frozenLayers);
      takeStep({ ...step, rate: request.rate(steps), steps: earlier + steps });
      network.write(weights, trained);
    },
  );
  network.read(
    weights,
    network.parameters.filter(({ trainable }) => !trainable),
  );
  return {
    weights,
    ...taken,
    ...(Object.keys(moments).length > 0 && {
      optimizerState: { steps: earlier + taken.steps, moments },
    }),
    loss: seen === 0 ? 0 : lossSum / seen,
  };
}
