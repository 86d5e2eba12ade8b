/**
 * Where everything lies in an engine's memory, for one model. Kernels carry these addresses as constants, which
 * leaves the registers to sums.
 */
import type { InputFormat } from '../engine.js';
import { lossOf } from '../loss.js';
import { classesOf, type Model } from '../model.js';
import { Arena } from './arena.js';
import { emitConvert } from './kernels/input.js';
import { planLayers } from './layers/index.js';
import type { Draft, Operator, StoredInput } from './operator.js';
import { PANEL, placePanels, type Panels, type PanelShape } from './panels.js';
import { exampleBytes, layout, type Layout, type Slot } from './slots.js';

/** The most and the least examples of one pass through a network, and about the most bytes of their values. */
const MOST_ROWS = 64;
const LEAST_ROWS = 8;
const MOST_BYTES = 2 ** 26;
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
  /** Two integers that a step's random choices follow from. */
  chance: 64,
} as const;
export type Setting = keyof typeof settings;

/** The first address after all of these. */
const SETTINGS_END = 128;

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
  /** Where the loss is distillation. */
  readonly distilled: Distilled | undefined;
  readonly classes: number;
  /** Numbers in the model's weights. */
  readonly length: number;
  /** Where what each position is to predict lies, where the model gives a sequence of logits. */
  readonly targets: number;
  /** How many tokens there are, where inputs are tokens. */
  readonly vocabulary: number | undefined;
  readonly distance: Distance;
  /** All weights that are trained, layer after layer, from `panelsStart` to `trainedEnd`. */
  readonly panels: readonly Panels[];
  /** Running statistics, from there to `panelsEnd`. */
  readonly statistics: readonly Panels[];
  readonly panelsStart: number;
  readonly trainedEnd: number;
  readonly panelsEnd: number;
  /** Whether some layer drops values by chance. */
  readonly random: boolean;
  /** A vector as it lies outside the engine, on its way in or out. */
  readonly flat: number;
  readonly stored: StoredExamples;
  /** The most examples of one pass; larger batches take several. */
  readonly rows: number;
  /** Whether the model can make use of inputs that are mostly zero. */
  readonly takesLists: boolean;
  readonly size: number;
}

/** Addresses of numbers that lie as the logits do: the teacher's, and the exponentials of both tempered logits. */
export interface Distilled {
  readonly teacher: number;
  readonly teacherExponentials: number;
  readonly exponentials: number;
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
  /** Index of its layer in the specification; −1 where it only brings the inputs. */
  readonly layer: number;
  readonly operator: Operator;
}

/**
 * @param batch the most examples of a batch, for models that must see whole ones
 * @throws RangeError where the model is not one that the engine can train, or the input has another shape
 */
export function planFor(model: Model, format: InputFormat, batch = 1): Plan {
  const { spec, manifest, layers } = model;
  const inputs = product(spec.input);
  if (product(format.shape) !== inputs) {
    throw new RangeError(
      `the examples have inputs of shape [${format.shape.join(', ')}], the model takes [${spec.input.join(', ')}]`,
    );
  }
  const classes = classesOf(model);

  const input = inputLayout(model);
  const tensors = new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));
  const drafts = planLayers(layers, input, (name) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`the model has no tensor '${name}'`);
    return tensor;
  });
  const arena = new Arena(SETTINGS_END);
  const reserve = (bytes: number) => arena.reserve(bytes);
  const place = (shapes: (draft: Draft) => readonly PanelShape[]) =>
    drafts.map(({ layer, draft: own }) => placePanels(shapes(own), layer, reserve));
  const panels = place(({ weights }) => weights);
  const trainedEnd = arena.end;
  const statistics = place((own) => own.statistics ?? []);
  const [panelsStart, panelsEnd] = [SETTINGS_END, arena.end];
  const [firstMoment, secondMoment, anchor, linear, gradient] = [1, 2, 3, 4, 5].map(
    () => reserve(panelsEnd - panelsStart) - panelsStart,
  );
  const distance = { firstMoment, secondMoment, anchor, linear, gradient };
  const flat = reserve(4 * (manifest.length + PANEL));

  const bytes = inputs * (format.type === 'uint8' ? 1 : 4);
  const rows = Math.max(MOST_ROWS, Math.min(WINDOW_ROWS, Math.floor(WINDOW_BYTES / bytes)));
  const labels = reserve(4 * rows);
  const stored = { type: format.type, inputs, bytes, rows, labels, at: reserve(bytes * rows + 16) };

  const wholeBatch = drafts.some(({ draft: own }) => own.wholeBatch === true);
  const fitting = mostRows(
    input,
    drafts.map((own) => own.draft),
  );
  const most = wholeBatch ? Math.max(fitting, batch) : fitting;
  const values = (of: Layout) => reserve(most * exampleBytes(of));
  const { readsStored = false } = drafts[0]?.draft ?? {};
  let below: Slot = { ...input, values: values(input), deltas: undefined };
  const targets = reserve(4 * most * (drafts.at(-1)?.draft.output.positions ?? 1));
  const operators = readsStored ? [] : [{ layer: -1, operator: convert(below, stored) }];
  let logits: Plan['logits'] | undefined;
  for (const [
    index,
    {
      layer,
      draft: { output: made, place: placeOperator },
    },
  ] of drafts.entries()) {
    const output = { ...made, values: values(made), deltas: values(made) };
    const operator = placeOperator({
      ...{
        panels: panels[index],
        statistics: statistics[index],
        input: below,
        output,
        distance,
        stored,
        reserve,
      },
      rows: most,
      readsStored: readsStored && index === 0,
    });
    operators.push({ layer, operator });
    below = logits = output;
  }
  if (logits === undefined) throw new RangeError('the model has no layers that could be trained');
  const distilled =
    lossOf(model).kind === 'distillation'
      ? { teacher: values(logits), teacherExponentials: values(logits), exponentials: values(logits) }
      : undefined;
  return {
    key: JSON.stringify([spec.input, format.type, spec.layers, most]),
    ...{ operators, logits, distilled, classes, distance, panelsStart, trainedEnd, panelsEnd, flat, stored },
    panels: panels.flat(),
    statistics: statistics.flat(),
    random: drafts.some(({ draft: own }) => own.random === true),
    rows: most,
    targets,
    vocabulary: vocabularyOf(model),
    length: manifest.length,
    takesLists: readsStored && drafts[0].draft.takesLists === true,
    // Kernels may read vectors that end beyond the last number.
    size: arena.end + 64,
  };
}

/** How many examples a pass takes: as many as fit, since weights are then read less often. */
function mostRows(input: Layout, drafts: readonly Draft[]): number {
  // Values and derivatives.
  const bytes = drafts.reduce(
    (sum, { output, bytes = 0 }) => sum + 2 * exampleBytes(output) + bytes,
    exampleBytes(input),
  );
  return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_BYTES / bytes)));
}

/** How the model's inputs lie: as the first layer that looks at them wants them. */
function inputLayout({ spec, layers }: Model): Layout {
  const first = layers.find(({ layer }) => layer.kind !== 'flatten')?.layer.kind;
  if (spec.input.length !== 3 || first === 'dense') return layout(1, product(spec.input));
  const [height, width, channels] = spec.input;
  const positions = height * width;
  // A convolution takes single numbers, so that channels need no padding.
  return first === 'conv2d'
    ? { positions, channels, stride: channels, relu: false }
    : layout(positions, channels);
}

function vocabularyOf({ spec }: Model): number | undefined {
  const first = spec.layers.at(0);
  return first?.kind === 'embedding' ? first.vocabulary : undefined;
}

/** The model's inputs become numbers. */
function convert(input: Slot, stored: StoredInput): Operator {
  return {
    forward: (kernels) => {
      const [pass] = kernels('convert', () => [emitConvert(input, stored)]);
      return (rows, feed) => {
        pass(feed.stored, rows);
      };
    },
    backward: () => () => undefined,
  };
}

/** The panels of the layers from that one on; all weights of these lie after its address. */
export const panelsFrom = ({ panels }: Plan, layer: number): readonly Panels[] =>
  panels.filter((own) => own.layer >= layer);

/** The address after all panels of the layers before that one. */
export const trainedFrom = (plan: Plan, layer: number): number =>
  panelsFrom(plan, layer).at(0)?.panels ?? plan.trainedEnd;

const product = (extents: readonly number[]) => extents.reduce((total, extent) => total * extent, 1);
