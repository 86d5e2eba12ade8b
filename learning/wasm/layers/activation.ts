/** Activations in WebAssembly: a ReLU is part of the layer before it where it can be, all else stands by itself. */
import type { Activation, ActivationLayer } from '../../layers/activation.js';
import { emitClearPadding, emitCurve, emitCurveBackward, type Curve } from '../kernels/curves.js';
import type { Draft, Operator, Planner, Site } from '../operator.js';
import { exampleBytes, type Layout } from '../slots.js';

export const planActivation: Planner<ActivationLayer> = ({ layer: { function: curve } }, input) => [
  draft(curve, input),
];

/** What a layer's own activation needs behind it, where the layer does ReLUs itself. */
export const curveAfter = (activation: Activation, output: Layout): Draft[] =>
  activation === 'none' || activation === 'relu' ? [] : [draft(activation, output)];

const draft = (curve: Curve, input: Layout): Draft => ({
  weights: [],
  output: { ...input, relu: curve === 'relu' },
  place: (site) => operator(curve, site),
});

function operator(curve: Curve, { input, output }: Site): Operator {
  const example = exampleBytes(input);
  const { values, deltas, relu } = input;
  return {
    forward: (kernels) => {
      const forward = kernels(curve, () => emitCurve(curve, output.values - values)).at(-1);
      // sigmoid(0) is not 0
      const padding = curve === 'sigmoid' ? output.stride - output.channels : 0;
      const [clear] = padding > 0 ? kernels('padding', () => [emitClearPadding(output)]) : [];
      return (rows) => {
        forward?.(values, values + rows * example);
        if (padding > 0) clear(output.values, output.values + rows * example);
      };
    },
    backward: (kernels, _, below) => {
      if (!below || deltas === undefined) return () => undefined;
      const distances = {
        output: output.values - values,
        delta: deltas - values,
        outputDelta: output.deltas - values,
      };
      const backward = kernels('backward', () => emitCurveBackward(curve, distances, relu)).at(-1);
      return (rows) => backward?.(values, values + rows * example);
    },
  };
}
