/** Checks what a coordinator asks of clients against the recipe, before any of them trains. */
import type { Payload } from '../algorithms/index.js';
import { buildModel, type Model, type ModelSpec } from '../learning/index.js';
import { canonicalJson, largestSize } from '../numerics/index.js';
import { widthsOf, withWidths } from '../matching/index.js';
import { ProtocolError } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';

export interface TaskValidator {
  /** @throws ProtocolError with the field that cannot be a message of the recipe's algorithm */
  task(client: number, round: number, message: Payload): void;
  /** @throws ProtocolError where these are not the weights of a model that can be evaluated here */
  evaluation(weights: Float32Array, spec: ModelSpec | undefined): void;
}

/** @param federation what was made of the recipe, by the time that the worker is ready */
export function taskValidator(federation: () => Federation): TaskValidator {
  return {
    task(client, round, message) {
      const { algorithm, model } = federation();
      if (algorithm.family !== 'federated') throw refuse('a task came, and the recipe is of gossip');
      const where = `the task of client ${client} in round ${round}`;
      checkFinite(where, message.vectors);
      const refusal = algorithm.refuseMessage?.(message, model, round);
      if (refusal !== undefined) throw refuse(`${where}: ${refusal}`);
    },
    evaluation(weights, spec) {
      const { model: own } = federation();
      const model = spec === undefined ? own : modelOf(spec, own);
      if (weights.length !== model.manifest.length) {
        throw refuse(
          `vectors.weights of an evaluation has ${weights.length} values; the model has ${model.manifest.length}`,
        );
      }
      checkFinite('an evaluation', { weights });
    },
  };
}

const refuse = (sentence: string) => new ProtocolError('unexpected', sentence);

function checkFinite(where: string, vectors: Payload['vectors']): void {
  for (const [name, vector] of Object.entries(vectors)) {
    if (!Number.isFinite(largestSize(vector))) throw refuse(`${where}: vectors.${name} is not finite`);
  }
}

/** The model of another spec: the recipe's, whose layers may have grown. */
function modelOf(spec: ModelSpec, own: Model): Model {
  if (canonicalJson(spec) === canonicalJson(own.spec)) return own;
  try {
    const grown = withWidths(own, widthsOf(buildModel(spec)));
    if (canonicalJson(grown.spec) === canonicalJson(spec)) return grown;
  } catch (error) {
    throw refuse(`model of an evaluation: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw refuse("model of an evaluation is neither the recipe's nor one whose layers have grown");
}
