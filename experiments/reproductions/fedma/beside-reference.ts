/**
 * The runs that are compared with the authors' code: the same methods on networks that started from PyTorch's initial
 * weights, since matching feels the size of what training left of them.
 */
import { z } from 'zod';
import { view, wasmEngine, type Model } from '../../../learning/index.js';
import { plainAverage } from '../../../matching/index.js';
import { stream } from '../../../numerics/index.js';
import type { Recipe } from '../../../recipe/index.js';
import type { Cell } from '../reproduction.js';
import {
  matchedSchema,
  mergedSchema,
  methods,
  oneShotCell,
  oneShotFederation,
  scoreSchema,
  trainedNetworks,
} from './one-shot.js';
import { referencePriors, type OneShotSetting } from './settings.js';

export const besideSchema = z.object({
  local: scoreSchema,
  softmax: scoreSchema,
  average: mergedSchema,
  /** The posterior mean with each of the reference's priors, in their order. */
  pfnm: z.array(matchedSchema),
  kernelHash: z.string(),
});
export type Beside = z.output<typeof besideSchema>;

export function besideCell(setting: OneShotSetting, seed: number): Cell<Beside> {
  const { name, recipe } = oneShotCell(setting, seed);
  return {
    name: name.replace('one-shot/', 'reference/'),
    recipe: { ...recipe, name: 'pytorch-initial-weights' },
    recorded: besideSchema,
    run: (complete) => Promise.resolve(measureBeside(complete, setting.start)),
  };
}

export function measureBeside(recipe: Recipe, start: OneShotSetting['start']): Beside {
  const federation = oneShotFederation(recipe);
  const networks = trainedNetworks(federation, (client) =>
    pytorchWeights(federation.model, recipe.seed, start === 'own' ? client : 0),
  );
  const { timed, matched, alone } = methods(federation, networks);
  const { local, softmax } = alone();
  return {
    local,
    softmax,
    average: timed(() => plainAverage(networks)),
    pfnm: matched(
      'pfnm',
      referencePriors.map((prior) => ({ ...prior, estimate: 'map' })),
    ),
    kernelHash: wasmEngine().kernelHash,
  };
}

/** torch.nn.Linear's: weights and biases uniform within 1/√inputs. */
function pytorchWeights({ manifest }: Model, seed: number, client: number): Float32Array {
  const values = new Float32Array(manifest.length);
  let bound = 0;
  for (const tensor of manifest.tensors) {
    // A layer's kernel comes before its bias.
    if (tensor.role === 'weight') bound = 1 / Math.sqrt(tensor.shape[0]);
    const draw = stream(seed, 'pytorch', client, tensor.name);
    view(values, tensor).forEach((_, i, into) => (into[i] = (2 * draw() - 1) * bound));
  }
  return values;
}
