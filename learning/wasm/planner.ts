/** Plans a model's memory map and its operators: layers become panels, slots and kernels at fixed addresses. */
import type { InputFormat } from '../engine.js';
import { classesOf, type Model } from '../model.js';
import type { Loss } from '../objective.js';
import { Arena } from './arena.js';
import { emitConvert } from './kernels/input.js';
import { inputLayout, planLayers } from './layers/index.js';
import { SETTINGS_END, type MemoryMap, type StoredInput } from './memory-map.js';
import type { Draft, Operator } from './operator.js';
import { PANEL, placePanels, type Panels, type PanelShape } from './panels.js';
import { exampleBytes, type Layout, type Slot } from './slots.js';

/** The most and the least examples of one pass through a network, and about the most bytes of their values. */
const MOST_ROWS = 64;
const LEAST_ROWS = 8;
const MOST_BYTES = 2 ** 26;
/** The most stored examples, and about the most of their bytes, that are copied in at a time. */
const WINDOW_ROWS = 1024;
const WINDOW_BYTES = 2 ** 23;

/** A model's memory map and operators. */
export interface Plan extends MemoryMap {
  /** Equal for models with the same shapes and input type, so that they share kernels. */
  readonly key: string;
  readonly operators: readonly PlacedOperator[];
  readonly classes: number;
  /** Values of the model's weights. */
  readonly length: number;
  /** Number of tokens, if inputs are tokens. */
  readonly vocabulary: number | undefined;
  /** Whether some layer draws random numbers in training. */
  readonly random: boolean;
  /** Capacity of one pass, in examples; larger batches take several passes. */
  readonly rows: number;
  /** Whether the first layer can skip inputs that are zero. */
  readonly takesLists: boolean;
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
export function planFor(model: Model, loss: Pick<Loss, 'kind'>, format: InputFormat, batch = 1): Plan {
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
    loss.kind === 'distillation'
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
    vocabulary: layers.at(0)?.traits.vocabulary,
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
