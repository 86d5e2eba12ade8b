/** Reads a model's weights from a safetensors file, by the names of its tensors; their order in the file does not count. */
import { listed } from './listed.js';
import { view, type Manifest, type Weights } from './manifest.js';
import type { Model } from './model.js';
import type { ReadFile } from './read-file.js';
import { decodeSafetensors } from './safetensors.js';

/** @throws Error where the file is missing or damaged, its tensors' names or shapes are not the model's, or a weight is not finite */
export function readWeights(path: string, { manifest }: Model, readFile: ReadFile): Float32Array {
  try {
    return arrange(decodeSafetensors(readFile(path)), manifest);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The values of the same tensors in the order of another manifest. */
function arrange({ values, manifest: found }: Weights, wanted: Manifest): Float32Array {
  const named = new Map(found.tensors.map((tensor) => [tensor.name, tensor]));
  refuseOtherNames(found, wanted);
  const arranged = new Float32Array(wanted.length);
  for (const tensor of wanted.tensors) {
    const source = named.get(tensor.name);
    if (source === undefined) continue;
    if (String(source.shape) !== String(tensor.shape)) {
      throw new Error(
        `tensor ${tensor.name} has the shape [${source.shape.join(', ')}], the model's has [${tensor.shape.join(', ')}]`,
      );
    }
    const weights = view(values, source);
    const wrong = weights.findIndex((weight) => !Number.isFinite(weight));
    if (wrong >= 0) {
      throw new Error(`tensor ${tensor.name} is ${weights[wrong]} at place ${wrong}; weights are finite`);
    }
    view(arranged, tensor).set(weights);
  }
  return arranged;
}

function refuseOtherNames(found: Manifest, wanted: Manifest): void {
  const missing = namesOnlyIn(wanted, found);
  const unknown = namesOnlyIn(found, wanted);
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`it lacks ${listed(missing)}`] : []),
    ...(unknown.length > 0 ? [`it has ${listed(unknown)}, which the model has not`] : []),
  ];
  throw new Error(
    `its tensors are not the model's: ${parts.join('; ')}. Tensors go by name: docs/weights.md says which names a model has`,
  );
}

function namesOnlyIn(one: Manifest, other: Manifest): string[] {
  const known = new Set(other.tensors.map(({ name }) => name));
  return one.tensors.flatMap(({ name }) => (known.has(name) ? [] : [name]));
}
