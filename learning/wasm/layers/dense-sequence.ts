/** A dense layer on each position of a sequence. */
import type { Operator, Site } from '../operator.js';
import { exampleBytes } from '../slots.js';
import { gathered } from './gathered.js';
import { matrixOf, projectBackward, projectForward, transposeBytes, type Projection } from './projection.js';

export function denseSequence(site: Site): Operator {
  const { panels, input, output, distance, reserve } = site;
  const matrix = matrixOf(panels);
  const projection: Projection = {
    matrix,
    positions: input.positions,
    input: {
      position: 4 * input.stride,
      relu: input.relu,
      toDelta: input.deltas === undefined ? undefined : input.deltas - input.values,
    },
    output: { position: 4 * output.stride, relu: output.relu },
    gradient: distance.gradient,
    transposed: reserve(transposeBytes(matrix)),
  };
  const [inputExample, outputExample] = [exampleBytes(input), exampleBytes(output)];
  return {
    forward: (kernels) => {
      const forward = projectForward(kernels, projection);
      return (rows) => {
        for (let i = 0; i < rows; i++)
          forward(input.values + i * inputExample, output.values + i * outputExample);
      };
    },
    backward: (kernels, sink, below) => {
      const { begin, end } = gathered(kernels, site, sink);
      const backward = projectBackward(kernels, projection);
      const deltas = below ? input.deltas : undefined;
      return (rows) => {
        begin();
        if (deltas !== undefined) backward.begin();
        for (let i = 0; i < rows; i++) {
          const outputDelta = output.deltas + i * outputExample;
          if (deltas !== undefined) backward.inputDelta(outputDelta, deltas + i * inputExample);
          backward.gradient(input.values + i * inputExample, outputDelta);
        }
        end();
      };
    },
  };
}
