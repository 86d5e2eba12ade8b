/** A matrix that multiplies every vector of a sequence, one example after another. */
import {
  emitAddRows,
  emitProduct,
  emitTranspose,
  transposedMatrix,
  type Matrix,
} from '../kernels/product.js';
import type { Kernels } from '../operator.js';
import { PANEL, PANEL_ROW, type Panels } from '../panels.js';

/** Vectors of some positions: from one to the next, in bytes. */
interface Vectors {
  readonly position: number;
}

/** Panels that stand side by side as one matrix with biases. */
export function matrixOf(panels: readonly Panels[]): Matrix & { readonly biases: number | undefined } {
  const [first] = panels;
  const biases = first.biasOffset === undefined ? undefined : first.panels;
  return {
    biases,
    rows: first.panels + (biases === undefined ? 0 : PANEL_ROW),
    panelBytes: first.panelBytes,
    depth: first.depth,
    width: panels.reduce((sum, { width }) => sum + width, 0),
  };
}

export interface Projection {
  readonly matrix: ReturnType<typeof matrixOf>;
  readonly positions: number;
  readonly input: Vectors & { readonly relu: boolean; readonly toDelta: number | undefined };
  readonly output: Vectors & { readonly relu: boolean };
  /** From weights to their gradients. */
  readonly gradient: number;
  /** Where the transpose goes. */
  readonly transposed: number;
}

/** forward(input, output) of one example. */
export function projectForward(kernels: Kernels, { matrix, positions, input, output }: Projection) {
  const [product] = kernels('project', () => [
    emitProduct({
      rows: positions,
      depth: matrix.depth,
      columns: matrix.width,
      left: { row: input.position, column: 4 },
      right: { row: PANEL_ROW, panel: matrix.panelBytes },
      result: { row: output.position, panel: PANEL_ROW },
      start: matrix.biases === undefined ? 'zero' : 'bias',
      relu: output.relu,
    }),
  ]);
  return (from: number, to: number) => {
    product(from, matrix.rows, to);
  };
}

/** What goes back through a projection: `begin` once a pass, the others for each example. */
export function projectBackward(kernels: Kernels, projection: Projection) {
  const { matrix, positions, input, output, gradient, transposed } = projection;
  const { rows, depth, width, panelBytes, biases } = matrix;
  const [add, addBiases] = kernels('project gradient', () => [
    emitProduct({
      rows: depth,
      depth: positions,
      columns: width,
      left: { row: 4, column: input.position },
      right: { row: output.position, panel: PANEL_ROW },
      result: { row: PANEL_ROW, panel: panelBytes },
      start: 'result',
    }),
    emitAddRows(positions, width, output.position, panelBytes),
  ]);
  const back = transposedMatrix(matrix, transposed);
  const [transpose, product] = kernels('project back', () => [
    emitTranspose(matrix, transposed),
    emitProduct({
      rows: positions,
      depth: back.depth,
      columns: back.width,
      left: { row: output.position, column: 4 },
      right: { row: PANEL_ROW, panel: back.panelBytes },
      result: { row: input.position, panel: PANEL_ROW },
      start: 'zero',
      ...(input.relu && input.toDelta !== undefined && { positive: -input.toDelta }),
    }),
  ]);
  return {
    begin: () => {
      transpose();
    },
    /** Adds an example's terms to the gradient. */
    gradient: (from: number, outputDelta: number) => {
      if (biases !== undefined) addBiases(outputDelta, biases + gradient);
      add(from, outputDelta, rows + gradient);
    },
    inputDelta: (outputDelta: number, inputDelta: number) => {
      product(outputDelta, back.rows, inputDelta);
    },
  };
}

/** Bytes that a transpose takes. */
export const transposeBytes = ({ depth, width }: Matrix) => (depth / PANEL) * width * PANEL_ROW;
