/** Pooling in WebAssembly. */
import type { GlobalPoolLayer, PoolLayer } from '../../layers/pool.js';
import { imageOf, type Shape } from '../../layers/shape.js';
import { emitPool, emitPoolBackward } from '../kernels/pool.js';
import { stretches, type PoolPlan } from '../kernels/pool-plan.js';
import type { Draft, Operator, Planner, Site } from '../operator.js';
import { exampleBytes, layout, type Layout } from '../slots.js';

type Windowed = Omit<PoolLayer, 'kind' | 'stride'> & { readonly stride: number };

export const planPool: Planner<PoolLayer> = ({ layer, input: shape, output }, input) => {
  const { pooling: of, kernel, stride = kernel, padding } = layer;
  const { height, width } = imageOf(output);
  return [pool({ pooling: of, kernel, stride, padding }, shape, input, height * width)];
};

/** One window over everything: the image as one long line. */
export const planGlobalPool: Planner<GlobalPoolLayer> = ({ layer: { pooling: of } }, input) => [
  pool(
    { pooling: of, kernel: input.positions, stride: input.positions, padding: 'valid' },
    { kind: 'array', extents: [1, input.positions, input.channels] },
    input,
    1,
  ),
];

function pool(windows: Windowed, shape: Shape, input: Layout, positions: number): Draft {
  return {
    weights: [],
    output: layout(positions, input.channels),
    place: (site) => operator(poolPlan(windows, shape, site), site),
  };
}

function poolPlan(
  { pooling: of, kernel, stride, padding }: Windowed,
  shape: Shape,
  { input }: Site,
): PoolPlan {
  const { height, width } = imageOf(shape);
  const pixel = 4 * input.stride;
  return {
    ...{ of, stride, pixel, line: width * pixel, relu: input.relu },
    down: stretches(height, { kernel: Math.min(kernel, height), stride, padding }),
    across: stretches(width, { kernel, stride, padding }),
    bytes: exampleBytes(input),
    overlap: stride < kernel,
  };
}

function operator(plan: PoolPlan, { input, output }: Site): Operator {
  const [inputExample, outputExample] = [exampleBytes(input), exampleBytes(output)];
  return {
    forward: (kernels) => {
      const [pass] = kernels('pool', () => [emitPool(plan)]);
      return (rows) => {
        for (let i = 0; i < rows; i++)
          pass(input.values + i * inputExample, output.values + i * outputExample);
      };
    },
    backward: (kernels, _, below) => {
      const { values, deltas } = input;
      if (!below || deltas === undefined) return () => undefined;
      const [pass] = kernels('backward', () => [emitPoolBackward(plan)]);
      return (rows) => {
        for (let i = 0; i < rows; i++) {
          pass(
            values + i * inputExample,
            output.values + i * outputExample,
            deltas - values,
            output.deltas - output.values,
          );
        }
      };
    },
  };
}
