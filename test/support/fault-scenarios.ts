/** The federations that faults strike: about a hundred weights, and whatever a mistake could lose or count twice. */
import { parseRecipe } from '../../recipe/index.js';
import { faultScenario, type FaultScenario } from '../faults/fault-run.js';

const recipe = (fields: Readonly<Record<string, unknown>>) =>
  parseRecipe(
    JSON.stringify({
      name: 'faults',
      seed: 3,
      data: { dataset: { kind: 'synthetic', clients: 6, dimension: 9 }, partition: 'natural' },
      model: 'logistic',
      algorithm: { kind: 'scaffold', fraction: 0.5, amount: { epochs: 1 }, batchSize: 10 },
      rounds: 8,
      checkpoint: { seconds: 3 },
      evaluate: { every: 3 },
      ...fields,
    }),
  );

const recipes = [
  // Clients keep control variates.
  recipe({}),
  // Clients keep what a codec has left out so far, and evaluate.
  recipe({
    algorithm: { kind: 'fedavg', fraction: 0.5, amount: { epochs: 1 }, batchSize: 10 },
    network: { codec: { kind: 'top-k' } },
    evaluate: { every: 3, on: ['test', 'clients'] },
  }),
  // All answers are needed at once, and there is no model between two rounds.
  recipe({
    model: { kind: 'mlp', hidden: [3] },
    algorithm: { kind: 'fedma', fraction: 0.5 },
    rounds: 6,
  }),
  // Who is slow does not count, and goes back to what it kept before.
  recipe({ network: { deadline: 2, minimumUpdates: 2, overSelection: 1.4 } }),
  // Nobody waits for who is slow, whose answer counts later.
  recipe({
    algorithm: { kind: 'fedbuff', amount: { epochs: 1 }, batchSize: 10 },
    schedule: { kind: 'buffered', concurrency: 4, size: 3 },
    rounds: 12,
  }),
];

/** Nodes keep everything, and return together to where all of them were. */
const gossip = recipe({
  algorithm: { kind: 'noloco', amount: { steps: 2 }, batchSize: 10, optimizer: { learningRate: 0.1 } },
  topology: 'complete',
  init: 'own',
  evaluate: { every: 3, nodes: 2, examples: 20, on: ['test', 'clients'] },
});

/** Nobody waits for messages, and who returns does something else than before: by the trace it ends in the same. */
const asynchronous = recipe({
  algorithm: {
    kind: 'buffered-gossip',
    batchSize: 10,
    optimizer: { learningRate: 0.1, momentum: 0.9 },
  },
  topology: 'ring',
  init: 'own',
  schedule: { kind: 'asynchronous', period: { kind: 'uniform-integer', low: 8, high: 12 } },
  evaluate: { every: 3, nodes: 2, examples: 20, on: ['test', 'clients'] },
});

export interface FaultScenarios {
  readonly federated: readonly FaultScenario[];
  readonly gossip: FaultScenario;
  readonly asynchronous: FaultScenario;
}

export async function faultScenarios(): Promise<FaultScenarios> {
  return {
    federated: await Promise.all(recipes.map(faultScenario)),
    gossip: await faultScenario(gossip),
    asynchronous: await faultScenario(asynchronous),
  };
}

/** Every tenth is of gossip, whose histories are long, by turns in rounds and without. */
export function scenarioOf({ federated, gossip, asynchronous }: FaultScenarios, seed: number): FaultScenario {
  if (seed % 10 !== 9) return federated[seed % federated.length];
  return seed % 20 === 9 ? gossip : asynchronous;
}
