/** One layer of a model.json: its kind and its fields, each of which is read or refused by name. */
import { z } from 'zod';
import { complaint, unknownName } from '../../registry/index.js';
import { kinds, randomKinds } from './kinds.js';

export interface KerasLayerConfig {
  readonly className: string;
  readonly name: string;
  /** What it is set to, by Keras 2's names; without what is absent or left at what Keras takes by itself. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The shape of one of its inputs, where it says that. */
  readonly inputShape: readonly (number | null)[] | undefined;
}

const layer = z.looseObject({ class_name: z.string(), config: z.record(z.string(), z.unknown()) });
const known = new Set(['class_name', 'config', 'name', 'module', 'registered_name', 'build_config']);

export const describeLayer = ({ className, name }: Pick<KerasLayerConfig, 'className' | 'name'>): string =>
  name === '' ? className : `${className} '${name}'`;

/** @throws RangeError that names the layer, the field and the value that cannot be kept */
export function readLayer(written: unknown): KerasLayerConfig {
  const parsed = layer.safeParse(written, { error: complaint });
  if (!parsed.success)
    throw new RangeError(`a layer has no class_name and config: ${JSON.stringify(written).slice(0, 200)}`);
  const { class_name: className, config, registered_name: registered, name: outerName } = parsed.data;
  const name = [config['name'], outerName].find((own) => typeof own === 'string') ?? '';
  const at = describeLayer({ className, name });
  const schema = kinds.get(className);
  if (registered !== undefined && registered !== null && registered !== className) {
    throw new RangeError(
      `${at} is a layer of one's own (${JSON.stringify(registered)}), which cannot be read`,
    );
  }
  if (schema === undefined) {
    throw new RangeError(
      randomKinds.has(className)
        ? `${at} draws at random, where the recipe's seed has no say; Dropout is read`
        : `${at} is not read: ${unknownName('layer', className, [...kinds.keys()])}`,
    );
  }
  const field = Object.keys(parsed.data).find((own) => !known.has(own));
  if (field !== undefined)
    throw new RangeError(`${at} has the field ${field} beside its config, which is not known`);
  refuseNewCurve(config, at);
  const strange = Object.keys(config).find((own) => !(own in schema.shape));
  if (strange !== undefined) {
    throw new RangeError(
      `${at}: ${strange}: ${shown(config[strange])} is not known; take a model without it`,
    );
  }
  const checked = schema.safeParse(withoutNulls(config), { error: complaint });
  if (!checked.success) throw new RangeError(`${at}: ${sentence(checked.error.issues[0], config)}`);
  const { batch_shape: batch, batch_input_shape: batchInput = batch, ...rest } = checked.data;
  return { className, name, config: settled(rest, at), inputShape: shapeOf(batchInput) };
}

/** Keras 3 writes the type of numbers as an object, and has changed a function that TensorFlow.js has as it was. */
function refuseNewCurve(config: Readonly<Record<string, unknown>>, at: string): void {
  if (typeof config['dtype'] !== 'object') return;
  const field = ['activation', 'recurrent_activation'].find((own) => config[own] === 'hard_sigmoid');
  if (field === undefined) return;
  throw new RangeError(
    `${at}: ${field}: "hard_sigmoid" is not read; Keras 3's is another function than TensorFlow.js's`,
  );
}

/** Null is what is not set. */
const withoutNulls = (config: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && value !== undefined));

function sentence(issue: z.core.$ZodIssue, config: Readonly<Record<string, unknown>>): string {
  const [field] = issue.path.map(String);
  return `${field}: ${shown(config[field])} is not read; ${issue.message}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Layers within it are read as it is; LeakyReLU's slope has Keras 2's name. */
function settled(config: Readonly<Record<string, unknown>>, at: string): Record<string, unknown> {
  const { negative_slope: slope, layer: inner, backward_layer: backward, ...rest } = config;
  const own = withoutNulls(rest);
  if (slope !== undefined) own['alpha'] = slope;
  if (inner === undefined) return own;
  const read = readInner(inner, `${at}: layer`);
  if (backward !== undefined) refuseOtherDirection(read, readInner(backward, `${at}: backward_layer`), at);
  return { ...own, layer: { class_name: read.className, config: read.config } };
}

function readInner(written: unknown, at: string): KerasLayerConfig {
  try {
    return readLayer(written);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${at}: ${error.message}`, { cause: error });
  }
}

/** TensorFlow.js makes the layer that goes backwards from the other. */
function refuseOtherDirection(forward: KerasLayerConfig, backward: KerasLayerConfig, at: string): void {
  const setting = ({ className, config }: KerasLayerConfig, turned: boolean) =>
    JSON.stringify([
      className,
      { ...config, name: '', go_backwards: (config['go_backwards'] === true) !== turned },
    ]);
  if (setting(forward, false) === setting(backward, true)) return;
  throw new RangeError(`${at}: backward_layer: it is set otherwise than layer, which is not read`);
}

const shapeOf = (batch: unknown): readonly (number | null)[] | undefined =>
  z.array(z.number().nullable()).optional().parse(batch)?.slice(1);
