/** Training on TensorFlow.js: its gradients, our steps. Nothing of a step stays in memory after it. */
import { takeBatches } from '../../batches.js';
import { checkTrainRequest } from '../../checks.js';
import { momentNames, type TrainRequest, type TrainResult } from '../../engine.js';
import { clipScale, takeStep } from '../../take-step.js';
import { gradientOf } from './gradient.js';
import type { Parameter, TfNetwork } from './network.js';
import type { BatchLoss } from './batch-loss.js';
import type { TensorFlow } from './tensor-flow.js';

/** @throws RangeError where the request does not fit the model */
export function train(
  tensorFlow: TensorFlow,
  network: TfNetwork,
  batchLoss: BatchLoss,
  request: TrainRequest,
): TrainResult {
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
  const gradient = new Float32Array(weights.length);
  const steps = trainedRanges(trained).map(([from, to]) => {
    const own = (values: Float32Array) => values.subarray(from, to);
    return {
      weights: own(weights),
      gradient: own(gradient),
      optimizer,
      moments: Object.fromEntries(Object.entries(moments).map(([name, moment]) => [name, own(moment)])),
      ...(proximal && { proximal: { ...proximal, anchor: own(proximal.anchor) } }),
      ...(linear && { linear: own(linear) }),
    };
  });
  let order: Uint32Array | undefined;
  let epoch = request;
  let lossSum = 0;
  network.write(weights);
  const { seen, ...taken } = takeBatches(
    request,
    (next, _, examples) => {
      order = next;
      epoch = { ...request, examples };
    },
    (from, to, taken) => {
      network.chance.ofStep = request.chance?.(taken);
      lossSum += gradientOf(tensorFlow, network, batchLoss, epoch, order, [from, to], gradient, frozenLayers);
      const shrink = clipScale(gradient, clip);
      if (shrink < 1) for (let i = 0; i < gradient.length; i++) gradient[i] *= shrink;
      const rate = request.rate(taken);
      for (const step of steps) takeStep({ ...step, rate, steps: earlier + taken });
      network.write(weights, trained);
    },
  );
  network.chance.ofStep = undefined;
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

/** The parts of the weights that steps change, joined where they touch: running statistics lie between them. */
function trainedRanges(trained: readonly Parameter[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const { tensor } of trained) {
    const last = ranges.at(-1);
    const end = tensor.offset + tensor.size;
    if (last?.[1] === tensor.offset) last[1] = end;
    else ranges.push([tensor.offset, end]);
  }
  return ranges;
}
