/** Reads the weights of a given model from a safetensors file. */
import { existsSync, readFileSync } from 'node:fs';
import { decodeSafetensors } from './safetensors.js';
import type { Model } from './model.js';

/** @throws Error where the file is not there, is not whole, or holds tensors of other shapes than the model's */
export function readWeights(path: string, { manifest }: Model): Float32Array {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file`);
  try {
    const { values, manifest: found } = decodeSafetensors(readFileSync(path));
    if (found.tensors.length !== manifest.tensors.length) {
      throw new Error(`it has ${found.tensors.length} tensors, the model has ${manifest.tensors.length}`);
    }
    for (const [index, { name, shape }] of found.tensors.entries()) {
      const wanted = manifest.tensors[index];
      if (String(shape) === String(wanted.shape)) continue;
      throw new Error(
        `tensor ${name} has the shape [${shape.join(', ')}] where the model's ${wanted.name} has [${wanted.shape.join(', ')}]`,
      );
    }
    return values;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
