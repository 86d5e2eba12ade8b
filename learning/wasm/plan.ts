/**
 * Where everything lies in an engine's memory, for one model. Kernels carry these addresses as constants, which
 * leaves the registers to sums.
 */
import type { InputFormat } from '../engine.js';
import type { DenseLayer, Model } from '../model.js';

/** Columns of a panel: two vectors of four. Widths are padded with zeros to whole panels. */
export const PANEL = 8;
/** Bytes of one row of a panel. */
export const PANEL_ROW = 4 * PANEL;
/** The most examples of one pass through the network; larger batches take several. */
export const MOST_ROWS = 64;
/** The most stored examples, and about the most of their bytes, that are copied in at a time. */
const WINDOW_ROWS = 1024;
const WINDOW_BYTES = 2 ** 23;

/** Addresses are in bytes. */
export interface DensePlan {
  readonly inputs: number;
  readonly units: number;
  /** Inputs and units, padded to whole panels. */
  readonly depth: number;
  readonly width: number;
  readonly relu: boolean;
  /** The first of width / 8 panels: a row of biases, then `depth` rows of weights, each of 8 columns. */
  readonly panels: number;
  readonly panelBytes: number;
  /** Row-major [rows, depth] and [rows, width], and the loss's derivatives by them (before the activation). */
  readonly input: number;
  readonly output: number;
  readonly outputDelta: number;
  /** The layer below's `outputDelta`; the first layer has none. */
  readonly inputDelta: number | undefined;
  /** Where kernel and bias start among the model's weights, in floats. */
  readonly kernelOffset: number;
  readonly biasOffset: number;
}

/** Addresses of the numbers (float32) that kernels read. */
export const settings = {
  rate: 0,
  momentum: 4,
  weightDecay: 8,
  mu: 12,
  clipScale: 16,
  inputScale: 20,
  inputShift: 24,
  batchSize: 28,
} as const;
export type Setting = keyof typeof settings;

/** Addresses of what kernels add up: losses (float64), and hits (an integer). */
export const sums = { loss: 32, hits: 40 } as const;

export interface Plan {
  /** Equal for models with the same shapes and input type, so that they share kernels. */
  readonly key: string;
  readonly layers: readonly DensePlan[];
  readonly classes: number;
  /** Numbers in the model's weights. */
  readonly length: number;
  /** From the weights' panels to those of other vectors of the same shape. */
  readonly distance: {
    readonly velocity: number;
    readonly anchor: number;
    readonly linear: number;
    readonly gradient: number;
  };
  /** The end of the last layer's panels. */
  readonly panelsEnd: number;
  /** A vector as it lies outside the engine, on its way in or out. */
  readonly flat: number;
  readonly inputType: InputFormat['type'];
  /** Bytes of one stored input. */
  readonly storedBytes: number;
  /** Stored inputs and labels of the examples that were copied in, at most `windowRows`. */
  readonly stored: number;
  readonly labels: number;
  readonly windowRows: number;
  /** Lists of the inputs that are not zero; see kernels/lists.ts. */
  readonly sparse: {
    readonly rowLists: number;
    /** From one example's list to the next one's. */
    readonly rowListBytes: number;
    readonly rowEnds: number;
    readonly columns: number;
    readonly columnsEnd: number;
    readonly columnLists: number;
    readonly cursors: number;
  };
  /** Eight rows of a layer's weights, transposed. */
  readonly transposed: number;
  readonly size: number;
}

const padded = (extent: number) => Math.ceil(extent / PANEL) * PANEL;

/** @throws RangeError where the model is not one that the engine can train, or the input has another shape */
export function planFor(model: Model, format: InputFormat): Plan {
  const { spec, manifest } = model;
  const inputs = product(spec.input);
  if (product(format.shape) !== inputs) {
    throw new RangeError(
      `the examples have inputs of shape [${format.shape.join(', ')}], the model takes [${spec.input.join(', ')}]`,
    );
  }
  const last = spec.layers.at(-1);
  if (last === undefined) throw new RangeError('the model has no layers');
  if (last.activation !== 'none') {
    throw new RangeError(`the last layer gives logits and needs activation 'none', not '${last.activation}'`);
  }

  let end = 64;
  const reserve = (bytes: number) => {
    const start = end;
    end += Math.ceil(bytes / 64) * 64;
    return start;
  };
  const activations = (width: number) => reserve(4 * MOST_ROWS * width);

  const widths = [inputs, ...spec.layers.map((layer) => layer.units)].map(padded);
  const panelBytes = spec.layers.map((_, l) => (widths[l] + 1) * PANEL_ROW);
  const panels = spec.layers.map((_, l) => reserve((panelBytes[l] * widths[l + 1]) / PANEL));
  const panelsEnd = end;
  const [velocity, anchor, linear, gradient] = [1, 2, 3, 4].map(
    () => reserve(panelsEnd - panels[0]) - panels[0],
  );
  const flat = reserve(4 * (manifest.length + PANEL));
  const input = activations(widths[0]);
  const outputs = spec.layers.map((_, l) => activations(widths[l + 1]));
  const deltas = spec.layers.map((_, l) => activations(widths[l + 1]));
  const transposed = reserve(PANEL_ROW * Math.max(...widths));
  const sparse = {
    rowLists: reserve(8 * inputs * MOST_ROWS),
    rowListBytes: 8 * inputs,
    rowEnds: reserve(4 * MOST_ROWS),
    columns: reserve(8 * (inputs + 2)),
    columnsEnd: reserve(4),
    columnLists: reserve(8 * (inputs + 1) * MOST_ROWS),
    cursors: reserve(4 * (widths[0] + PANEL)),
  };
  const storedBytes = inputs * (format.type === 'uint8' ? 1 : 4);
  const windowRows = Math.max(MOST_ROWS, Math.min(WINDOW_ROWS, Math.floor(WINDOW_BYTES / storedBytes)));
  const labels = reserve(4 * windowRows);
  const stored = reserve(storedBytes * windowRows + 16);

  const layer = ({ units, activation }: DenseLayer, l: number): DensePlan => ({
    inputs: l === 0 ? inputs : spec.layers[l - 1].units,
    units,
    depth: widths[l],
    width: widths[l + 1],
    relu: activation === 'relu',
    panels: panels[l],
    panelBytes: panelBytes[l],
    input: l === 0 ? input : outputs[l - 1],
    output: outputs[l],
    outputDelta: deltas[l],
    inputDelta: l === 0 ? undefined : deltas[l - 1],
    kernelOffset: manifest.tensors[2 * l].offset,
    biasOffset: manifest.tensors[2 * l + 1].offset,
  });
  return {
    key: JSON.stringify([inputs, format.type, spec.layers]),
    layers: spec.layers.map(layer),
    classes: last.units,
    length: manifest.length,
    distance: { velocity, anchor, linear, gradient },
    panelsEnd,
    flat,
    inputType: format.type,
    storedBytes,
    stored,
    labels,
    windowRows,
    sparse,
    transposed,
    size: end,
  };
}

const product = (extents: readonly number[]) => extents.reduce((total, extent) => total * extent, 1);
