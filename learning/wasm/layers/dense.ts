/** Dense layers in WebAssembly. */
import type { DenseLayer } from '../../layers/dense.js';
import { sizeOf, type Shape } from '../../layers/shape.js';
import type { DensePlan } from '../kernels/dense-plan.js';
import { emitForward } from '../kernels/forward.js';
import { emitGradient } from '../kernels/gradient.js';
import { emitInputDelta } from '../kernels/input-delta.js';
import { byRows, type Operator, type Planner, type Site } from '../operator.js';
import { PANEL_ROW } from '../panels.js';
import { layout, type Layout } from '../slots.js';
import { curveAfter } from './activation.js';
import { denseSequence } from './dense-sequence.js';
import { firstDense } from './first-dense.js';

export const planDense: Planner<DenseLayer> = ({ layer, input: shape }, input, tensor) => {
  const { units, activation } = layer;
  const each = shape.kind === 'sequence';
  const output = layout(each ? input.positions : 1, units, activation === 'relu');
  return [
    {
      weights: [
        {
          biasOffset: tensor('bias').offset,
          kernelOffset: tensor('kernel').offset,
          units,
          ...rowsOf(each ? { ...input, positions: 1 } : input),
        },
      ],
      output,
      readsStored: true,
      takesLists: true,
      place: (site) => {
        if (each) return denseSequence(site);
        const operator = dense(site);
        return site.readsStored ? firstDense(site, densePlan(site), operator) : operator;
      },
    },
    ...curveAfter(activation, output),
  ];
};

/** A model's inputs as one row. */
export const flatInput = (input: Shape): Layout => layout(1, sizeOf(input));

/** The kernel's rows, which stand as the input's numbers do. */
export const rowsOf = ({ positions, channels, stride }: Layout) => ({
  runs: positions,
  run: channels,
  paddedRun: stride,
});

const densePlan = ({ panels: [panels], input, output }: Site): DensePlan => ({
  ...panels,
  relu: output.relu,
  input: input.values,
  output: output.values,
  outputDelta: output.deltas,
});

function dense(site: Site): Operator {
  const { input, distance, reserve } = site;
  const plan = densePlan(site);
  const transposed = reserve(PANEL_ROW * plan.width);
  return {
    forward: (kernels) => {
      const forward = byRows((rows) => kernels(`forward ${rows}`, () => [emitForward(plan, rows)]));
      return (rows) => {
        forward(rows)[0]();
      };
    },
    backward: (kernels, sink, below) => {
      const name = JSON.stringify(sink);
      const gradient = byRows((rows) =>
        kernels(`gradient ${rows} ${name}`, () => [emitGradient(plan, distance, rows, sink)]),
      );
      const { deltas } = input;
      if (!below || deltas === undefined) {
        return (rows) => {
          gradient(rows)[0]();
        };
      }
      const inputDelta = byRows((rows) =>
        kernels(`input delta ${rows}`, () => [emitInputDelta(plan, deltas, rows, transposed, input.relu)]),
      );
      return (rows) => {
        inputDelta(rows)[0]();
        gradient(rows)[0]();
      };
    },
  };
}
