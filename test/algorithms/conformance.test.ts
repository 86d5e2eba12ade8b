/** What every federated algorithm of the registry keeps to, with its default options. */
import { expect } from 'chai';
import {
  algorithms,
  type FederatedAlgorithm,
  type CollectingAlgorithm,
  type SummingAlgorithm,
} from '../../algorithms/index.js';
import { buildModel, initialWeights, wasmEngine, type Amount } from '../../learning/index.js';
import { stream } from '../../numerics/index.js';
import { asExamples, CLASSES, INPUTS, labelled } from './clusters.js';
import { runRounds, trainedWeights, type Round, type Setting } from './host.js';
import { federated } from './federated.js';

const engine = wasmEngine();
const model = buildModel({
  input: [INPUTS],
  layers: [
    { kind: 'dense', units: 6, activation: 'relu' },
    { kind: 'dense', units: CLASSES, activation: 'none' },
  ],
});
const shards = Array.from({ length: 12 }, (_, client) => asExamples(labelled(client, 5 + 4 * (client % 5))));
const setting: Setting = { model, weights: initialWeights(model, 1), engine, shards };

/** Whether an entry makes a federated algorithm. */
const isFederated = ({ kind }: { kind: string }) =>
  algorithms.create({ kind }, { synchronous: true }).family === 'federated';

/** Calls, and complains where the call changed anything that it was given. */
function unchanged<Result>(given: readonly unknown[], call: () => Result): Result {
  const before = structuredClone(given);
  const result = call();
  expect(given).to.deep.equal(before);
  return result;
}

/** The same algorithm with its calls so watched. */
function watched(algorithm: FederatedAlgorithm): FederatedAlgorithm {
  const plan: FederatedAlgorithm['plan'] = (state, context) =>
    unchanged([state], () => algorithm.plan(state, context));
  const localUpdate: FederatedAlgorithm['localUpdate'] = (message, examples, clientState, tools) =>
    unchanged([message, clientState], () => algorithm.localUpdate(message, examples, clientState, tools));
  if (algorithm.answers === 'sum') {
    const finish: SummingAlgorithm['finish'] = (state, sum, missing) =>
      unchanged([state, sum], () => algorithm.finish(state, sum, missing));
    return { ...algorithm, plan, localUpdate, finish };
  }
  const finish: CollectingAlgorithm['finish'] = (state, answers, missing) =>
    unchanged([state, answers], () => algorithm.finish(state, answers, missing));
  return { ...algorithm, plan, localUpdate, finish };
}

/** What the algorithm says of its own messages and answers, and of answers with one thing changed. */
function refusalsIn(algorithm: FederatedAlgorithm, rounds: number) {
  const own: (string | undefined)[] = [];
  const changed: (string | undefined)[] = [];
  let round = 0;
  const plan: FederatedAlgorithm['plan'] = (state, context) => {
    round++;
    return algorithm.plan(state, context);
  };
  const localUpdate: FederatedAlgorithm['localUpdate'] = (message, examples, clientState, tools) => {
    let steps = 0;
    const counting: typeof engine = {
      ...engine,
      train(request) {
        const result = engine.train(request);
        steps += result.steps;
        return result;
      },
    };
    const done = algorithm.localUpdate(message, examples, clientState, { ...tools, engine: counting });
    own.push(algorithm.refuseMessage?.(message, model, round));
    const asked = {
      model,
      samples: examples.count,
      isExact: true,
      localAmount: tools.localAmount.bind(tools),
    };
    const { answer } = done;
    own.push(algorithm.refuseAnswer?.({ ...answer, steps }, message, asked));
    for (const change of [
      { steps: steps + 1 },
      { scalars: { ...answer.scalars, other: 1 } },
      { header: { other: 1 } },
      { header: undefined },
    ]) {
      changed.push(algorithm.refuseAnswer?.({ ...answer, steps, ...change }, message, asked));
    }
    return done;
  };
  const observed =
    algorithm.answers === 'sum' ? { ...algorithm, plan, localUpdate } : { ...algorithm, plan, localUpdate };
  runRounds(observed, setting, rounds);
  return { own, changed };
}

for (const { kind, options } of algorithms.entries.filter(isFederated)) {
  describe(`algorithm ${kind}`, () => {
    const algorithm = federated({ kind });
    const everybody = { ...setting, seed: 3 };
    const run = (rounds: number): readonly Round[] => runRounds(algorithm, everybody, rounds).trace;

    it('changes nothing that it is given', () => {
      expect(runRounds(watched(algorithm), everybody, 4).trace).to.have.lengthOf(4);
    });

    it('ends in the same weights from the same seed, and only then', () => {
      const weights = (seed: number) => trainedWeights(algorithm, { ...setting, seed }, 6);
      expect(weights(3)).to.deep.equal(weights(3));
      expect(weights(3)).not.to.deep.equal(weights(4));
    });

    it('goes on from saved states as if it had not stopped', () => {
      const { state } = runRounds(algorithm, { ...everybody, resumed: true }, 5);
      expect(state).to.deep.equal(runRounds(algorithm, everybody, 5).state);
    });

    it('sends headers and scalars that survive JSON', () => {
      for (const { asked, answered } of run(3)) {
        const plain = [
          ...asked.map(({ message }) => message.header),
          ...answered.map(({ answer }) => [answer.header, answer.scalars]),
        ];
        expect(JSON.parse(JSON.stringify(plain))).to.deep.equal(plain);
      }
    });

    it('takes its own messages and answers, and no answer with other steps, scalars or header', () => {
      const { own, changed } = refusalsIn(algorithm, 4);
      expect(own.filter((refusal) => refusal !== undefined)).to.deep.equal([]);
      expect(changed.filter((refusal) => refusal === undefined)).to.deep.equal([]);
      expect(own.length).to.be.above(4);
    });

    it('answers with the number of examples and the loss', () => {
      for (const { client, answer } of run(3).flatMap(({ answered }) => answered)) {
        expect(answer.samples).to.equal(shards[client].count);
        expect(answer.scalars.loss).to.be.greaterThan(0);
      }
    });

    it('leaves the weights where nobody answered', () => {
      const silent = { ...everybody, answers: () => false };
      expect(trainedWeights(algorithm, silent, 3)).to.deep.equal(setting.weights);
    });

    it('asks no more clients than there are places', () => {
      const asked = federated({ kind, fraction: 1 }).plan(
        algorithm.init({ ...setting, clients: shards.length }),
        {
          roster: { count: 12, available: [...shards.keys()], samples: () => 1 },
          stream: (...name) => stream(1, ...name),
          slots: 2,
        },
      );
      expect(asked).to.have.property('to').with.lengthOf(2);
    });

    if ('amount' in options.shape) {
      it('counts local training in epochs or in steps, one step a batch', () => {
        const equal = { ...everybody, shards: shards.map((_, client) => asExamples(labelled(client, 15))) };
        const after = (amount: Amount, steps?: number) => {
          const localAmount = (_: number, planned: Amount) => (steps === undefined ? planned : { steps });
          const choice = { kind, amount, batchSize: 10 };
          return trainedWeights(federated(choice), { ...equal, localAmount }, 4);
        };
        expect(after({ steps: 4 })).to.deep.equal(after({ epochs: 2 }));
        expect(after({ steps: 3 })).not.to.deep.equal(after({ epochs: 2 }));
        // Stragglers of both kinds.
        expect(after({ steps: 4 }, 1)).to.deep.equal(after({ epochs: 2 }, 1));
      });
    }

    it('learns', () => {
      const loss = (weights: Float32Array) =>
        shards.reduce((sum, shard) => sum + engine.evaluate(model, weights, shard).lossSum, 0);
      const everyTime = federated({ kind, fraction: 1 });
      expect(loss(trainedWeights(everyTime, setting, 30))).to.be.lessThan(0.6 * loss(setting.weights));
    });
  });
}
