/** A small model with batch norm and dropout, clients with small inputs for it, and a view of what trainings leave. */
import {
  buildModel,
  initialWeights,
  takeStatistics,
  view,
  wasmEngine,
  type Engine,
  type Examples,
} from '../../learning/index.js';
import { asExamples, CLASSES, INPUTS, labelled } from './clusters.js';

export const model = buildModel({
  input: [INPUTS],
  layers: [
    { kind: 'dense', units: 8, activation: 'none' },
    { kind: 'batch-norm', momentum: 0.9 },
    { kind: 'activation', function: 'relu' },
    { kind: 'dropout', rate: 0.3 },
    { kind: 'dense', units: CLASSES, activation: 'none' },
  ],
});
export const initial = initialWeights(model, 1);
export const statisticsOf = (weights: Float32Array) => takeStatistics(model.manifest, weights);
export const variancesOf = (weights: Float32Array): number[] =>
  model.manifest.tensors.flatMap((tensor) => (tensor.role === 'norm.var' ? [...view(weights, tensor)] : []));

const small = (examples: Examples): Examples => ({ ...examples, input: { ...examples.input, scale: 0.1 } });

/** Clients with inputs of about 0.1, of sizes that leave no batch of one. */
export const smallShards = (clients: number): Examples[] =>
  Array.from({ length: clients }, (_, client) => small(asExamples(labelled(client, 10 + 12 * (client % 3)))));

/** An engine that keeps the running statistics that each training leaves, and each pass for a gradient. */
export function recordingEngine(): {
  readonly engine: Engine;
  readonly left: Float32Array[];
  readonly passes: Float32Array[];
} {
  const engine = wasmEngine();
  const [left, passes]: Float32Array[][] = [[], []];
  return {
    ...{ left, passes },
    engine: {
      ...engine,
      train(request) {
        const result = engine.train(request);
        left.push(statisticsOf(result.weights));
        return result;
      },
      gradient(...given) {
        const result = engine.gradient(...given);
        passes.push(result.statistics);
        return result;
      },
    },
  };
}

/** Σ weight · statistics / Σ weight. */
export function meanOf(all: readonly Float32Array[], weights = all.map(() => 1)): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(all[0], (_, i) =>
    all.reduce((sum, statistics, at) => sum + (weights[at] * statistics[i]) / total, 0),
  );
}
