/** A loss at an evaluation that is not finite is no result: the run ends as diverged, whoever hosts it. */
import { expect } from 'chai';
import { DivergedError } from '../../errors/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { runTogether } from '../support/in-process.js';
import { smallRecipe } from '../support/small-recipe.js';

const optimizer = { learningRate: 1e7 };

/** After one step all weights are finite, and what nine layers make of them is not. */
const wild = (fields: object) =>
  parseRecipe(
    smallRecipe({
      data: { dataset: { kind: 'mnist', limit: 200 }, partition: { kind: 'iid', clients: 2 } },
      model: { kind: 'mlp', hidden: new Array(9).fill(20) },
      algorithm: { kind: 'fedsgd', fraction: 1, optimizer },
      rounds: 1,
      ...fields,
    }),
  );
const gossip = {
  algorithm: { kind: 'local-sgd', batchSize: 'all', amount: { steps: 1 }, optimizer },
  topology: 'complete',
};
const cases: readonly (readonly [name: string, fields: object, sentence: string])[] = [
  [
    'the test set',
    {},
    "of fedsgd with algorithm.optimizer.learningRate 10000000: the model's loss on the test set is NaN",
  ],
  [
    'a target that NaN would never meet',
    { stop: { accuracy: 0.01 } },
    "the model's loss on the test set is NaN",
  ],
  ['clients', { evaluate: { on: ['clients'] } }, "the model's loss on the examples of client 0 is NaN"],
  [
    'gossip nodes',
    { ...gossip, evaluate: { nodes: 2 } },
    "of local-sgd with algorithm.optimizer.learningRate 10000000: node 0's loss on the test set is NaN",
  ],
];

async function failure(run: Promise<unknown>): Promise<unknown> {
  try {
    await run;
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an evaluation that is NaN', () => {
  const folder = temporaryFolder();
  for (const [index, [name, fields, sentence]] of cases.entries()) {
    it(`ends a run as diverged, naming round and algorithm: ${name}`, async () => {
      const error = await failure(simulate(wild(fields), { threads: 1 }));
      expect(error).to.be.instanceOf(DivergedError);
      expect(String(error)).to.include('training diverged in round 1 of ').and.include(sentence);
    });

    // Clients and nodes are evaluated by workers, all else by the coordinator.
    if (index < 2) continue;
    it(`ends a run over a network in the same sentence: ${name}`, async () => {
      const [out, state] = [folder.path(`out-${index}`), folder.path(`state-${index}`)];
      const error = await failure(runTogether(wild(fields), { workers: 1, out, state }));
      expect(error).to.be.instanceOf(DivergedError);
      expect(String(error)).to.include(sentence);
    });
  }
});
