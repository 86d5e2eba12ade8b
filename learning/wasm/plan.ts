/**
 * Where everything lies in an engine's memory, for one model. Kernels carry these addresses as constants, which
 * leaves the registers to sums.
 */
import type { InputFormat } from '../engine.js';
import { describeShape } from '../layers/shape.js';
import type { Model, PlacedLayer } from '../model.js';
import { Arena } from './arena.js';
import { planLayer } from './layers/index.js';
import type { Draft, Operator, StoredInput } from './operator.js';
import { PANEL, placePanels, type Panels } from './panels.js';
import { exampleBytes, layout, type Layout, type Slot } from './slots.js';

/** The most examples of one pass through the network; larger batches take several. */
export const MOST_ROWS = 64;
/** The most stored examples, and about the most of their bytes, that are copied in at a time. */
const WINDOW_ROWS = 1024;
const WINDOW_BYTES = 2 ** 23;

/** Addresses of the numbers (float32) that kernels read; with Adam `momentum` is β₁. */
export const settings = {
  rate: 0,
  momentum: 4,
  weightDecay: 8,
  mu: 12,
  clipScale: 16,
  inputScale: 20,
  inputShift: 24,
  batchSize: 28,
  oneMinusBeta1: 44,
  beta2: 48,
  oneMinusBeta2: 52,
  secondScale: 56,
  epsilon: 60,
} as const;
export type Setting = keyof typeof settings;

/** Addresses of what kernels add up: losses (float64), and hits (an integer). */
export const sums = { loss: 32, hits: 40 } as const;

/** From the weights' panels to those of other vectors of the same shape. */
export interface Distance {
  /** The optimizer's vectors: velocity, or Adam's m; and Adam's v. */
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly anchor: number;
  readonly linear: number;
  readonly gradient: number;
}

export interface Plan {
  /** Equal for models with the same shapes and input type, so that they share kernels. */
  readonly key: string;
  readonly operators: readonly PlacedOperator[];
  /** The logits, and their derivatives. */
  readonly logits: Slot & { readonly deltas: number };
  readonly classes: number;
  /** Numbers in the model's weights. */
  readonly length: number;
  readonly distance: Distance;
  /** All weights, layer after layer, from `panelsStart` to `panelsEnd`. */
  readonly panels: readonly Panels[];
  readonly panelsStart: number;
  readonly panelsEnd: number;
  /** A vector as it lies outside the engine, on its way in or out. */
  readonly flat: number;
  readonly stored: StoredExamples;
  /** Whether the model can make use of inputs that are mostly zero. */
  readonly takesLists: boolean;
  readonly size: number;
}

/** The examples that were copied in: their stored inputs and labels. */
export interface StoredExamples extends StoredInput {
  /** Bytes of one stored input. */
  readonly bytes: number;
  readonly at: number;
  readonly labels: number;
  /** The most examples. */
  readonly rows: number;
}

export interface PlacedOperator {
  /** Index of its layer in the specification. */
  readonly layer: number;
  readonly operator: Operator;
}

/** @throws RangeError where the model is not one that the engine can train, or the input has another shape */
export function planFor(model: Model, format: InputFormat): Plan {
  const { spec, manifest, layers } = model;
  const inputs = product(spec.input);
  if (product(format.shape) !== inputs) {
    throw new RangeError(
      `the examples have inputs of shape [${format.shape.join(', ')}], the model takes [${spec.input.join(', ')}]`,
    );
  }
  const classes = classesOf(model);

  const input = layout(1, inputs);
  const drafts = draft(layers, input, new Map(manifest.tensors.map((tensor) => [tensor.name, tensor])));
  const arena = new Arena(64);
  const reserve = (bytes: number) => arena.reserve(bytes);
  const panels = drafts.map(({ layer, draft: { weights } }) =>
    weights.map((shape) => placePanels(shape, layer, reserve)),
  );
  const all = panels.flat();
  const [panelsStart, panelsEnd] = [64, arena.end];
  const [firstMoment, secondMoment, anchor, linear, gradient] = [1, 2, 3, 4, 5].map(
    () => reserve(panelsEnd - panelsStart) - panelsStart,
  );
  const distance = { firstMoment, secondMoment, anchor, linear, gradient };
  const flat = reserve(4 * (manifest.length + PANEL));

  const bytes = inputs * (format.type === 'uint8' ? 1 : 4);
  const rows = Math.max(MOST_ROWS, Math.min(WINDOW_ROWS, Math.floor(WINDOW_BYTES / bytes)));
  const labels = reserve(4 * rows);
  const stored = { type: format.type, inputs, bytes, rows, labels, at: reserve(bytes * rows + 16) };

  const values = (of: Layout) => reserve(MOST_ROWS * exampleBytes(of));
  let below: Slot = { ...input, values: values(input), deltas: undefined };
  let logits: Plan['logits'] | undefined;
  const operators = drafts.map(({ layer, draft: { output: made, place } }, index): PlacedOperator => {
    const output = { ...made, values: values(made), deltas: values(made) };
    const operator = place({
      ...{ panels: panels[index], input: below, output, distance, stored, reserve },
      rows: MOST_ROWS,
      first: index === 0,
    });
    below = logits = output;
    return { layer, operator };
  });
  if (logits === undefined) throw new RangeError('the model has no layers that could be trained');
  return {
    key: JSON.stringify([inputs, format.type, spec.layers]),
    ...{ operators, logits, classes, distance, panelsStart, panelsEnd, flat, stored },
    panels: all,
    length: manifest.length,
    takesLists: drafts[0].draft.takesLists === true,
    size: arena.end,
  };
}

/** The panels of the layers from that one on; all weights of these lie after its address. */
export const panelsFrom = ({ panels }: Plan, layer: number): readonly Panels[] =>
  panels.filter((own) => own.layer >= layer);

/** The address after all panels of the layers before that one. */
export const trainedFrom = (plan: Plan, layer: number): number =>
  panelsFrom(plan, layer).at(0)?.panels ?? plan.panelsEnd;

/** @throws RangeError where the last layer does not give logits */
function classesOf({ layers }: Model): number {
  const last = layers.at(-1);
  if (last === undefined) throw new RangeError('the model has no layers');
  const { layer, output } = last;
  if ('activation' in layer && layer.activation !== 'none') {
    throw new RangeError(
      `the last layer gives logits and needs activation 'none', not '${layer.activation}'`,
    );
  }
  if (output.kind !== 'array' || output.extents.length !== 1) {
    throw new RangeError(
      `the last layer (${layer.kind}) gives ${describeShape(output)}; it needs one logit a class`,
    );
  }
  return output.extents[0];
}

function draft(
  layers: readonly PlacedLayer[],
  input: Layout,
  tensors: ReadonlyMap<string, Model['manifest']['tensors'][number]>,
) {
  let below = input;
  return layers.flatMap((placed, layer) => {
    const tensor = (name: string) => {
      const found = tensors.get(`${placed.name}/${name}`);
      if (found === undefined) throw new Error(`the model has no tensor '${placed.name}/${name}'`);
      return found;
    };
    const drafts = planLayer(placed, below, tensor);
    below = drafts.at(-1)?.output ?? below;
    return drafts.map((own: Draft) => ({ layer, draft: own }));
  });
}

const product = (extents: readonly number[]) => extents.reduce((total, extent) => total * extent, 1);
