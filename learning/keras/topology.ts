/**
 * A model.json: written by TensorFlow.js's model.save, by its converter from Keras, or by Keras's model.to_json.
 */
import { z } from 'zod';
import { readFromDisk, type ReadFile } from '../read-file.js';

const record = z.record(z.string(), z.unknown());
const layer = z.looseObject({
  class_name: z.string(),
  config: record,
  inbound_nodes: z.array(z.unknown()).optional(),
});
const layers = z.array(layer).min(1);
const topology = z.looseObject({
  class_name: z.string(),
  // Keras before 2.2.3 had a Sequential's layers alone here.
  config: z.union([layers, z.looseObject({ layers })]),
});
const weights = z.array(
  z.looseObject({ weights: z.array(z.looseObject({ name: z.string(), shape: z.array(z.int()) })) }),
);
const file = z.looseObject({ modelTopology: record.optional(), weightsManifest: weights.optional() });

export type KerasConfig = z.output<typeof layer>;

export interface KerasTopology {
  readonly className: string;
  readonly layers: readonly KerasConfig[];
  /** Whether each layer takes what the one before it gives. */
  readonly isChain: boolean;
  /** Names and shapes of the weights, where the file tells them. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[] | undefined;
  /** The topology as it stands in the file. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** @throws RangeError where the file is not there or holds no model */
export function readTopology(path: string, readFile: ReadFile = readFromDisk): KerasTopology {
  const text = textOf(path, readFile);
  try {
    const content = file.parse(JSON.parse(text));
    const outer = content.modelTopology ?? content;
    const written = record.parse('model_config' in outer ? outer['model_config'] : outer);
    const { class_name: className, config } = topology.parse(written);
    const all = Array.isArray(config) ? config : config.layers;
    return {
      className,
      layers: all,
      isChain: all.every((own, index) => followsOnly(own, index === 0 ? undefined : all[index - 1])),
      weights: content.weightsManifest?.flatMap((group) => group.weights),
      written,
    };
  } catch (error) {
    throw new RangeError(
      `${path} is not a model.json of Keras or TensorFlow.js: ${error instanceof Error ? firstLine(error) : String(error)}`,
      { cause: error },
    );
  }
}

const firstLine = (error: Error): string =>
  error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : error.message.split('\n')[0];

/** A Sequential's layers have no inbound nodes; others name what they take. */
function followsOnly({ inbound_nodes: nodes }: KerasConfig, before: KerasConfig | undefined): boolean {
  if (nodes === undefined || nodes.length === 0) return nodes === undefined || before === undefined;
  const named = JSON.stringify(nodes).match(/"[^"]*"/g) ?? [];
  return named.length === 1 && named[0] === JSON.stringify(before?.config['name']);
}

function textOf(path: string, readFile: ReadFile): string {
  try {
    return Buffer.from(readFile(path)).toString();
  } catch (error) {
    throw new RangeError(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
