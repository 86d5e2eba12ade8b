/**
 * Evaluations of a population of models: the mean over the tested nodes' own models, which a gossip run is judged and
 * stopped by, beside the quality of the average model.
 */
import { mean } from '../numerics/index.js';
import type { Recipe } from '../recipe/index.js';
import type { EvaluationEvent, RunEvent } from '../records/index.js';
import { summariseClients } from '../rounds/index.js';
import type { Tested, TestSet } from './population.js';

/**
 * @param tested in any order
 * @param averages the average model's evaluations on held-out examples
 */
export function nodeEvaluations(
  { evaluate }: Recipe,
  round: number,
  tested: readonly Tested[],
  averages: readonly EvaluationEvent[],
): RunEvent[] {
  const testedOn = (set: TestSet) => tested.filter(({ on }) => on === set).sort((a, b) => a.node - b.node);
  return evaluate.on.flatMap((on): RunEvent[] => {
    if (on === 'clients') return [summariseClients(round, testedOn('own').map(accuracyOf))];
    return averages
      .filter((event) => event.on === on)
      .map(({ accuracy, loss, ...event }) => {
        const averageModel = { accuracy, loss };
        const nodes = testedOn(on);
        if (nodes.length === 0) return { ...event, ...averageModel, averageModel };
        return {
          ...event,
          accuracy: mean(nodes.map(accuracyOf)),
          loss: mean(nodes.map(({ lossSum, count }) => lossSum / count)),
          nodes: nodes.length,
          averageModel,
        };
      });
  });
}

const accuracyOf = ({ correct, count }: Tested) => correct / count;
