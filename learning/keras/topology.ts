/**
 * Reads a model.json: written by TensorFlow.js's model.save, by its converter from Keras, or by the model.to_json of Keras
 * 2 or 3. All come out in one form, Keras 2's, with every field checked.
 */
import { z } from 'zod';
import { complaint, issuePath } from '../../registry/index.js';
import type { ReadFile } from '../read-file.js';
import { readLayer, type KerasLayerConfig } from './layer.js';
import { readLinks, type Link } from './links.js';

const record = z.record(z.string(), z.unknown());
const ignored = z.unknown().optional();
const moduleFields = { module: z.string().optional(), registered_name: z.string().nullish() };

const savedWeights = z.array(
  z.strictObject({
    paths: ignored,
    weights: z.array(
      z.strictObject({
        name: z.string(),
        shape: z.array(z.int()),
        dtype: z.literal('float32').optional(),
        // How values are stored that are not read.
        ...{ quantization: ignored, group: z.enum(['model', 'optimizer']).optional() },
      }),
    ),
  }),
);
/** How the model was trained and by what it was written; the recipe says how it is trained. */
const remarks = {
  ...{ keras_version: ignored, backend: ignored, tensorflow_version: ignored, tensor_version: ignored },
  ...{ training_config: ignored, compile_config: ignored, build_config: ignored },
};
const file = z.strictObject({
  modelTopology: record,
  weightsManifest: savedWeights.optional(),
  format: z.literal('layers-model').optional(),
  ...{ generatedBy: ignored, convertedBy: ignored, trainingConfig: ignored, userDefinedMetadata: ignored },
});
const wrapped = z.strictObject({ model_config: record, ...remarks });

const layers = z.array(record).min(1);
const own = {
  name: z.string().optional(),
  trainable: z.literal(true, 'write true: every weight is trained').optional(),
  dtype: ignored,
  layers,
};
const sequential = z.strictObject({ ...own, build_input_shape: z.array(z.int().nullable()).nullish() });
const functional = z.strictObject({ ...own, input_layers: z.unknown(), output_layers: z.unknown() });
const outer = { ...moduleFields, ...remarks };
const model = z.discriminatedUnion('class_name', [
  z.strictObject({
    class_name: z.literal('Sequential'),
    // Keras before 2.2.3 had the layers alone here.
    config: z.union([layers.transform((all) => ({ layers: all })), sequential]),
    ...outer,
  }),
  z.strictObject({ class_name: z.enum(['Functional', 'Model']), config: functional, ...outer }),
]);

/** A layer and the layers whose outputs it takes. */
export interface LinkedLayer extends KerasLayerConfig {
  /** For each time that the layer is called. */
  readonly calls: readonly (readonly Link[])[];
}

export interface KerasTopology {
  readonly className: 'Sequential' | 'Model';
  readonly layers: readonly LinkedLayer[];
  /** The layers from input to output, where each takes what the one before it gives and nothing else. */
  readonly chain: readonly LinkedLayer[] | undefined;
  /** The layer that gives the model's output. */
  readonly last: LinkedLayer;
  /** Of a softmax layer at the end, which was taken off. */
  readonly softmaxAxis?: number;
  /** The shape of one input, where the file says it; null where any extent will do. */
  readonly input: readonly (number | null)[] | undefined;
  /** Names and shapes of the weights, where the file tells them. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[] | undefined;
}

/** @throws RangeError where the file is missing, holds no model, or a field that cannot be kept */
export function readTopology(path: string, readFile: ReadFile): KerasTopology {
  const content = record.safeParse(parseJson(path, textOf(path, readFile)));
  if (!content.success)
    throw new RangeError(`${path} is not a model.json of Keras or TensorFlow.js: it holds no object`);
  try {
    return readContent(content.data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${path}: ${error.message}`, { cause: error });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RangeError(`${path} is not a model.json of Keras or TensorFlow.js: ${reason}`, {
      cause: error,
    });
  }
}

function readContent(content: Record<string, unknown>): KerasTopology {
  if (!['class_name', 'model_config', 'modelTopology'].some((field) => field in content)) {
    throw new RangeError(
      "it holds no model of layers, as TensorFlow.js's model.save and Keras's model.to_json write them",
    );
  }
  const { modelTopology, weightsManifest } =
    'class_name' in content || 'model_config' in content
      ? { modelTopology: content, weightsManifest: undefined }
      : checked(file, content);
  const written =
    'model_config' in modelTopology ? checked(wrapped, modelTopology).model_config : modelTopology;
  const { class_name: className, config } = checked(model, written);
  const all = config.layers.map((layer): LinkedLayer => {
    const { inbound_nodes: nodes, ...rest } = layer;
    const read = readLayer(rest);
    return { ...read, calls: readLinks(read, nodes) };
  });
  const weights = weightsManifest
    ?.flatMap((group) => group.weights)
    .flatMap(({ name, shape, group }) => (group === 'optimizer' ? [] : [{ name, shape }]));
  const isSequential = className === 'Sequential';
  const last =
    'output_layers' in config ? onlyLayer(all, config.output_layers, 'output') : all[all.length - 1];
  const first = 'input_layers' in config ? onlyLayer(all, config.input_layers, 'input') : all[0];
  const built = 'build_input_shape' in config ? config.build_input_shape?.slice(1) : undefined;
  return {
    className: isSequential ? 'Sequential' : 'Model',
    layers: all,
    chain: isSequential ? all : chainTo(last, all),
    last,
    input: first.inputShape ?? built,
    weights,
  };
}

/** @throws RangeError that names the field */
function checked<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value, { error: complaint });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issuePath(issue).map(String).join('.');
  const reason =
    issue.code === 'unrecognized_keys' ? 'it is not known; take a model without it' : issue.message;
  throw new RangeError(`${field}: ${reason}`);
}

const ends = z.union([
  z.tuple([z.string(), z.literal(0), z.literal(0)]).transform((end) => [end]),
  z.array(z.tuple([z.string(), z.literal(0), z.literal(0)])),
]);

function onlyLayer(all: readonly LinkedLayer[], named: unknown, what: 'input' | 'output'): LinkedLayer {
  const parsed = ends.safeParse(named);
  if (!parsed.success || parsed.data.length !== 1) {
    throw new RangeError(`${what}_layers: the model must have one ${what}, it has ${JSON.stringify(named)}`);
  }
  const [[name]] = parsed.data;
  const found = all.find((layer) => layer.name === name);
  if (found === undefined)
    throw new RangeError(`${what}_layers names '${name}', which is none of its layers`);
  return found;
}

/** Follows the only input of each layer back from the last. */
function chainTo(last: LinkedLayer, all: readonly LinkedLayer[]): readonly LinkedLayer[] | undefined {
  const chain = [last];
  while (chain.length <= all.length) {
    const [{ calls }] = chain;
    if (calls.length === 0) return chain.length === all.length ? chain : undefined;
    if (calls.length > 1 || calls[0].length !== 1) return undefined;
    const before = all.find(({ name }) => name === calls[0][0].layer);
    if (before === undefined) return undefined;
    chain.unshift(before);
  }
  return undefined;
}

function textOf(path: string, readFile: ReadFile): string {
  try {
    return new TextDecoder().decode(readFile(path));
  } catch (error) {
    throw new RangeError(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
