/** Dropout in WebAssembly. */
import type { DropoutLayer } from '../../layers/dropout.js';
import { emitDrop, emitDropBackward, emitKeep } from '../kernels/dropout.js';
import type { Operator, Planner, Site } from '../operator.js';
import { exampleBytes } from '../slots.js';

export const planDropout: Planner<DropoutLayer> = ({ layer, name }, input) => [
  {
    weights: [],
    output: input,
    bytes: exampleBytes(input),
    random: true,
    place: (site) => dropout(site, layer.rate, saltOf(name)),
  },
];

/** Different for each layer. */
const saltOf = (name: string) =>
  Array.from(name).reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7);

function dropout({ input, output, rows: most, reserve }: Site, rate: number, salt: number): Operator {
  const example = exampleBytes(input);
  const { values, deltas } = input;
  const toFactors = reserve(most * example) - values;
  const toOutput = output.values - values;
  return {
    forward: (kernels, { random = false, frozen }) => {
      const [drop, keep] = kernels('drop', () => [emitDrop(rate, salt), emitKeep()]);
      if (!random || frozen) return (rows) => keep(values, values + rows * example, toFactors, toOutput);
      return (rows, { offset }) => {
        drop(values, values + rows * example, (offset * example) / 4, toFactors, toOutput);
      };
    },
    backward: (kernels, _, below) => {
      if (!below || deltas === undefined) return () => undefined;
      const [backward] = kernels('backward', () => [emitDropBackward()]);
      return (rows) => {
        backward(values, values + rows * example, toFactors, output.deltas - values, deltas - values);
      };
    },
  };
}
