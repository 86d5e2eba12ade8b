/** Vectors of positions in WebAssembly. */
import type { PositionalLayer } from '../../layers/attention.js';
import { emitAddTable, emitAddToTable, emitAddTo } from '../kernels/sums.js';
import { emitZero } from '../kernels/conv-image.js';
import type { Operator, Planner, Site } from '../operator.js';
import { exampleBytes } from '../slots.js';
import { gathered } from './gathered.js';

export const planPositional: Planner<PositionalLayer> = (_, input, tensor) => [
  {
    weights: [
      {
        kernelOffset: tensor('table').offset,
        units: input.channels,
        ...{ runs: 1, run: input.positions, paddedRun: input.positions },
      },
    ],
    output: { ...input, relu: false },
    place: positional,
  },
];

function positional(site: Site): Operator {
  const { panels, input, output, distance } = site;
  const [{ panels: table, panelBytes }] = panels;
  const { positions, stride } = input;
  const example = exampleBytes(input);
  return {
    forward: (kernels) => {
      const [add] = kernels('add', () => [emitAddTable(positions, stride, panelBytes)]);
      return (rows) => {
        for (let i = 0; i < rows; i++) add(input.values + i * example, table, output.values + i * example);
      };
    },
    backward: (kernels, sink, below) => {
      const { begin, end } = gathered(kernels, site, sink);
      const [add, zero, addTo] = kernels('backward', () => [
        emitAddToTable(positions, stride, panelBytes),
        emitZero(),
        emitAddTo(input.relu),
      ]);
      const deltas = below ? input.deltas : undefined;
      return (rows) => {
        begin();
        for (let i = 0; i < rows; i++) add(output.deltas + i * example, table + distance.gradient);
        end();
        if (deltas === undefined) return;
        zero(deltas, rows * example);
        addTo(deltas, output.deltas, input.values, rows * example);
      };
    },
  };
}
