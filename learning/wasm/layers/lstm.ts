/** LSTMs in WebAssembly: products with all inputs at once, then step after step for all examples of a pass. */
import { GATES, type LstmLayer } from '../../layers/lstm.js';
import { emitZero } from '../kernels/conv-image.js';
import { emitBegin, emitCopy, emitGates, emitGatesBackward, type LstmPlan } from '../kernels/lstm.js';
import { emitProduct, emitTranspose, transposedMatrix } from '../kernels/product.js';
import { byRows, type Operator, type Planner, type Site } from '../operator.js';
import { padded, PANEL_ROW, type PanelShape } from '../panels.js';
import { exampleBytes, layout } from '../slots.js';
import { rowsOf } from './dense.js';
import { gathered } from './gathered.js';
import { matrixOf, projectBackward, projectForward, transposeBytes, type Projection } from './projection.js';

export const planLstm: Planner<LstmLayer> = ({ layer: { units, returns } }, input, tensor) => {
  const gates = Array.from({ length: GATES }, (_, gate) => gate * units);
  const part = (name: string, gate: number, rows: Pick<PanelShape, 'runs' | 'run' | 'paddedRun'>) => ({
    kernelOffset: tensor(name).offset + gate,
    ...{ units, rowFloats: GATES * units, ...rows },
  });
  const { positions } = input;
  const fromInput = rowsOf({ ...input, positions: 1 });
  const fromState = { runs: 1, run: units, paddedRun: padded(units) };
  return [
    {
      weights: [
        ...gates.map((gate) => ({
          biasOffset: tensor('bias').offset + gate,
          ...part('kernel', gate, fromInput),
        })),
        ...gates.map((gate) => part('recurrent', gate, fromState)),
      ],
      output: layout(returns === 'last' ? 1 : positions, units),
      bytes: (positions + 1) * (4 * (GATES + 3) * padded(units) + CACHE_LINE),
      place: lstm,
    },
  ];
};

/** Lies between steps' gates: a cache keeps few of the lines that are a multiple of 4 KiB apart. */
const CACHE_LINE = 64;

function lstm(site: Site): Operator {
  const { panels, input, output, distance, rows: most, reserve } = site;
  const steps = input.positions;
  const vector = 4 * output.stride;
  const matrix = matrixOf(panels.slice(0, GATES));
  const recurrent = matrixOf(panels.slice(GATES));
  const gatesStep = GATES * vector + CACHE_LINE;
  const [stateExample, curvedExample, gatesExample] = [
    vector * (steps + 1),
    vector * steps,
    gatesStep * steps,
  ];
  const plan: LstmPlan = {
    ...{ steps, vector, stateExample, curvedExample, gatesStep, gatesExample },
    gates: reserve(most * gatesExample),
    cells: reserve(most * stateExample),
    outputs: reserve(most * stateExample),
    curved: reserve(most * curvedExample),
    outputCarry: reserve(most * vector),
    cellCarry: reserve(most * vector),
  };
  const projection: Projection = {
    matrix,
    positions: steps,
    input: {
      position: 4 * input.stride,
      relu: input.relu,
      toDelta: input.deltas === undefined ? undefined : input.deltas - input.values,
    },
    output: { position: gatesStep, relu: false },
    gradient: distance.gradient,
    transposed: reserve(transposeBytes(matrix)),
  };
  const back = transposedMatrix(recurrent, reserve(transposeBytes(recurrent)));
  const [inputExample, outputExample] = [exampleBytes(input), exampleBytes(output)];
  const sequence = output.positions > 1 || steps === 1;
  /** The steps whose outputs are the layer's. */
  const returned = plan.outputs + (sequence ? vector : steps * vector);

  return {
    forward: (kernels) => {
      const project = projectForward(kernels, projection);
      const [begin, copy] = kernels('states', () => [emitBegin(plan), emitCopy()]);
      const gates = kernels('gates', () => emitGates(plan))[3];
      const recur = byRows((rows) =>
        kernels(`recur ${rows}`, () => [
          emitProduct({
            rows,
            depth: recurrent.depth,
            columns: recurrent.width,
            left: { row: stateExample, column: 4 },
            right: { row: PANEL_ROW, panel: recurrent.panelBytes },
            result: { row: gatesExample, panel: PANEL_ROW },
            start: 'result',
          }),
        ]),
      );
      return (rows) => {
        const [product] = recur(rows);
        begin(rows);
        for (let i = 0; i < rows; i++)
          project(input.values + i * inputExample, plan.gates + i * gatesExample);
        for (let step = 0; step < steps; step++) {
          // Before the first step the state is zero.
          if (step > 0) {
            product(plan.outputs + step * vector, recurrent.rows, plan.gates + step * gatesStep);
          }
          gates(step, rows);
        }
        copy(returned, output.values, outputExample, stateExample, outputExample, rows);
      };
    },
    backward: (kernels, sink, below) => {
      const { begin, end } = gathered(kernels, site, sink);
      const backward = projectBackward(kernels, projection);
      const [transpose, addRecurrent, gates, zero] = kernels('backward', () => [
        emitTranspose(recurrent, back.rows),
        emitProduct({
          rows: recurrent.depth,
          depth: steps,
          columns: recurrent.width,
          left: { row: 4, column: vector },
          right: { row: gatesStep, panel: PANEL_ROW },
          result: { row: PANEL_ROW, panel: recurrent.panelBytes },
          start: 'result',
        }),
        emitGatesBackward(plan),
        emitZero(),
      ]);
      const recur = byRows((rows) =>
        kernels(`recur back ${rows}`, () => [
          emitProduct({
            rows,
            depth: back.depth,
            columns: back.width,
            left: { row: gatesExample, column: 4 },
            right: { row: PANEL_ROW, panel: back.panelBytes },
            result: { row: vector, panel: PANEL_ROW },
            start: 'zero',
          }),
        ]),
      );
      const deltas = below ? input.deltas : undefined;
      return (rows) => {
        const [product] = recur(rows);
        begin();
        transpose();
        if (deltas !== undefined) backward.begin();
        zero(plan.outputCarry, rows * vector);
        zero(plan.cellCarry, rows * vector);
        for (let step = steps - 1; step >= 0; step--) {
          const own = sequence ? output.deltas + step * vector : step === steps - 1 ? output.deltas : 0;
          gates(step, rows, own, outputExample);
          if (step > 0) product(plan.gates + step * gatesStep, back.rows, plan.outputCarry);
        }
        for (let i = 0; i < rows; i++) {
          const delta = plan.gates + i * gatesExample;
          if (deltas !== undefined) backward.inputDelta(delta, deltas + i * inputExample);
          backward.gradient(input.values + i * inputExample, delta);
          addRecurrent(plan.outputs + i * stateExample, delta, recurrent.rows + distance.gradient);
        }
        end();
      };
    },
  };
}
