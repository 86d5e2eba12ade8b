/** FedMA: what is sent in which round, what is trained, what comes of clients that leave, and planted networks. */
import { expect } from 'chai';
import { type FederatedAlgorithm } from '../../algorithms/index.js';
import {
  buildModel,
  initialWeights,
  wasmEngine,
  type Engine,
  type Model,
  type TrainRequest,
} from '../../learning/index.js';
import { layerValues, plainAverage, widthsOf, type Network } from '../../matching/index.js';
import { distance, perceptron, permuted } from '../matching/networks.js';
import { asExamples, CLASSES, INPUTS, labelled, union } from './clusters.js';
import { runRounds, type Setting } from './host.js';
import { federated } from './federated.js';

const engine = wasmEngine();
const network = (hidden: readonly number[]): Model =>
  buildModel({
    input: [INPUTS],
    layers: [
      ...hidden.map((units) => ({ kind: 'dense', units, activation: 'relu' }) as const),
      { kind: 'dense', units: CLASSES, activation: 'none' },
    ],
  });
const shards = Array.from({ length: 4 }, (_, client) => asExamples(labelled(client, 20 + 10 * client)));
const model = network([6, 4]);
const setting: Setting = { model, weights: initialWeights(model, 1), engine, shards };

const create = (options: object = {}): FederatedAlgorithm =>
  federated({ kind: 'fedma', fraction: 1, ...options });

/** The whole model after these rounds. */
function trained(algorithm: FederatedAlgorithm, where: Setting, rounds: number): Network {
  const result = algorithm.model(runRounds(algorithm, where, rounds).state);
  if (result === undefined) throw new Error('there is no model');
  return result;
}

/** The engine, and everything it was asked to train. */
function spied(): { engine: Engine; requests: TrainRequest[] } {
  const requests: TrainRequest[] = [];
  const train: Engine['train'] = (request) => {
    requests.push(request);
    return engine.train(request);
  };
  return { engine: { ...engine, train }, requests };
}

/** An engine that leaves weights as they are, except that whole networks become what `start` says. */
function stub(start: (index: number) => Float32Array): Engine {
  let started = 0;
  return {
    ...engine,
    train: ({ weights, frozenLayers }) => ({
      weights: Float32Array.from(frozenLayers === 0 ? start(started++) : weights),
      cursor: { epoch: 1, position: 0 },
      steps: 1,
      loss: 1,
    }),
  };
}

describe('FedMA', () => {
  it('sends a whole network first, then each matched layer, and has a model once the last layer is there', () => {
    const algorithm = create();
    const { trace } = runRounds(algorithm, setting, 4);
    const sent = trace.map(({ asked }) => asked.map(({ message }) => message));
    const kinds = sent.map(([{ header }]) => header);
    expect(kinds[0]).to.deep.equal({ kind: 'begin', round: 0 });
    expect(kinds[1]).to.deep.include({ kind: 'advance', round: 1, layer: 0 });
    expect(kinds[2]).to.deep.include({ kind: 'advance', round: 2, layer: 1 });
    expect(kinds[3]).to.deep.equal({ kind: 'begin', round: 3 });
    const widths = trace.map(({ state }) => algorithm.report?.(state) ?? {});
    const [first, second] = [widths[1].width1, widths[1].width2];
    expect(sent[0].map(({ vectors }) => vectors.weights)).to.deep.equal(shards.map(() => setting.weights));
    expect(sent[1][0].vectors.weights).to.have.lengthOf((INPUTS + 1) * first);
    expect(sent[2][0].vectors.weights).to.have.lengthOf((first + 1) * second);
    expect(sent[3][0].vectors.weights).to.have.lengthOf(model.manifest.length);
    const answered = trace.map((round) => round.answered[0].answer.vectors.weights.length);
    expect(answered.slice(0, 3)).to.deep.equal([(INPUTS + 1) * 6, (first + 1) * 4, (second + 1) * CLASSES]);
    expect(trace.map(({ state }) => algorithm.model(state) !== undefined)).to.deep.equal([
      ...[false, false, true, false],
    ]);
    const whole = trained(algorithm, setting, 3);
    expect(widthsOf(whole.model)).to.deep.equal([first, second, CLASSES]);
    for (const layer of [0, 1]) {
      expect(layerValues(whole, layer)).to.deep.equal(sent[layer + 1][0].vectors.weights);
    }
  });

  it('trains what is not matched yet, and the last layer longer and more slowly', () => {
    const { engine: spy, requests } = spied();
    const options = { amount: { epochs: 2 }, batchSize: 5, optimizer: { learningRate: 0.2, momentum: 0.9 } };
    const { trace } = runRounds(create(options), { ...setting, shards: [shards[1]], engine: spy }, 3);
    expect(requests.map(({ frozenLayers }) => frozenLayers)).to.deep.equal([0, 1, 2]);
    expect(requests.map(({ amount }) => amount)).to.deep.equal([{ epochs: 2 }, { epochs: 2 }, { epochs: 6 }]);
    expect(requests.map(({ rate }) => rate(0))).to.deep.equal([0.2, 0.2, 0.2 * 0.1]);
    expect(requests.map(({ optimizer }) => optimizer.weightDecay)).to.deep.equal([0, 0, 1e-4]);
    expect(
      requests.every(({ optimizer }) => optimizer.kind === 'sgd' && optimizer.momentum === 0.9),
    ).to.equal(true);
    expect(requests.every(({ optimizerState }) => optimizerState === undefined)).to.equal(true);
    // The client goes on from its own network, with the global layers in it.
    for (const [round, { model: own, weights }] of requests.slice(1).entries()) {
      const sent = trace[round + 1].asked[0].message.vectors.weights;
      expect(layerValues({ model: own, weights }, round)).to.deep.equal(sent);
    }
  });

  for (const hidden of [[9], [9, 8, 7]]) {
    it(`gives a network back whose permuted copies its clients hold, ${hidden.length} hidden layers`, () => {
      const planted = perceptron(INPUTS, [...hidden, CLASSES], 3);
      const copies = stub((index) => permuted(planted, index).weights);
      const many = Array.from({ length: 10 }, (_, client) => asExamples(labelled(client, 5)));
      const where = { model: planted.model, weights: planted.weights, engine: copies, shards: many };
      const algorithm = create({ matching: { sigma: 0.01 } });
      const { state } = runRounds(algorithm, where, hidden.length + 1);
      const result = algorithm.model(state);
      expect(result).not.to.equal(undefined);
      if (result === undefined) return;
      expect(distance(result, planted)).to.be.below(1e-5);
      expect(algorithm.report?.(state)).to.deep.equal(
        Object.fromEntries(
          hidden.flatMap((width, layer) => [
            [`width${layer + 1}`, width],
            [`growth${layer + 1}`, 1],
          ]),
        ),
      );
      expect(state).to.have.deep.property(
        'popularity',
        hidden.map((width) => new Int32Array(width).fill(10)),
      );
    });
  }

  it('starts the next pass from networks of original width that have the function of their units', () => {
    // Nothing matches and nothing is trained: the units of each client come back to it.
    const own = Array.from({ length: 4 }, (_, client) => perceptron(INPUTS, [6, 4, CLASSES], client));
    const algorithm = create({ matching: { gamma: 1e12 } });
    const where = { ...setting, engine: stub((index) => own[index % 4].weights) };
    const { trace } = runRounds(algorithm, where, 4);
    expect(algorithm.report?.(trace[2].state)).to.deep.equal({
      ...{ width1: 24, growth1: 4, width2: 16, growth2: 4 },
    });
    expect(algorithm.report?.(trace[3].state)).to.deep.equal({ width1: 24, growth1: 4 });
    for (const { client, message } of trace[3].asked) {
      const back = { model, weights: message.vectors.weights };
      for (const layer of [0, 1])
        expect(layerValues(back, layer)).to.deep.equal(layerValues(own[client], layer));
    }
  });

  it('bounds growth', () => {
    const algorithm = create({ init: 'own', matching: { gamma: 1e12, maxWidthFactor: 1.5 } });
    expect(widthsOf(trained(algorithm, setting, 3).model)).to.deep.equal([9, 6, CLASSES]);
  });

  it('averages the last layer class by class', () => {
    const linear = network([]);
    const weights = initialWeights(linear, 1);
    const starts = shards.map((_, client) => perceptron(INPUTS, [CLASSES], client).weights);
    const where = { ...setting, model: linear, weights, engine: stub((index) => starts[index]) };
    const { weights: result } = trained(create(), where, 1);
    const counts = shards.map((shard) => {
      const labels = Array.from({ length: shard.count }, (_, index) => shard.label(index));
      return [0, 1, 2].map((k) => labels.filter((one) => one === k).length);
    });
    result.forEach((x, i) => {
      const k = i % CLASSES;
      const total = counts.reduce((sum, own) => sum + own[k], 0);
      const expected = starts.reduce((sum, start, client) => sum + (counts[client][k] / total) * start[i], 0);
      expect(x).to.be.closeTo(expected, 1e-6);
    });
  });

  it('lets clients start from networks of their own, without sending any', () => {
    const { engine: spy, requests } = spied();
    const { trace } = runRounds(create({ init: 'own' }), { ...setting, engine: spy }, 4);
    for (const { message } of trace[0].asked) expect(message.vectors.weights).to.have.lengthOf(0);
    const starts = requests.slice(0, 4).map(({ weights }) => weights.join());
    expect(new Set(starts).size).to.equal(4);
    for (const { message } of trace[3].asked) expect(message.vectors.weights.length).to.be.greaterThan(0);
  });

  describe('clients that leave', () => {
    it('within a pass are left out of the rest of it, and start the next from the most popular units', () => {
      const answers = (client: number, round: number) => client !== 2 || round !== 1;
      const { trace } = runRounds(create(), { ...setting, answers }, 5);
      const asked = trace.map((round) => round.asked.map(({ client }) => client));
      expect(asked.slice(0, 4)).to.deep.equal([
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 3],
        [0, 1, 2, 3],
      ]);
      const start = trace[3].asked[2].message.vectors.weights;
      expect(start).to.have.lengthOf(model.manifest.length);
      expect(start).not.to.deep.equal(setting.weights);
      expect(asked[4]).to.deep.equal([0, 1, 2, 3]);
    });

    it('are not asked while they are away', () => {
      const available = (round: number) => (round === 1 ? [0, 3] : [0, 1, 2, 3]);
      const { trace } = runRounds(create(), { ...setting, available }, 3);
      expect(trace[1].asked.map(({ client }) => client)).to.deep.equal([0, 3]);
      expect(trace[2].asked.map(({ client }) => client)).to.deep.equal([0, 3]);
    });

    it('all at once end the pass, and the last whole model stays', () => {
      const algorithm = create();
      const before = trained(algorithm, setting, 3);
      const gone = { ...setting, answers: (_: number, round: number) => round !== 4 };
      expect(trained(algorithm, gone, 5)).to.deep.equal(before);
      const { trace } = runRounds(algorithm, gone, 6);
      expect(trace[5].asked[0].message.header).to.deep.equal({ kind: 'begin', round: 5 });
    });

    it('with their network lost are told to wait', () => {
      const algorithm = create();
      const { trace } = runRounds(algorithm, setting, 2);
      const [{ client, message }] = trace[1].asked;
      const tools = {
        engine,
        model,
        client,
        draws: () => ({ order: () => new Uint32Array() }),
        localAmount: () => ({ epochs: 1 }),
      };
      expect(() => algorithm.localUpdate(message, shards[client], undefined, tools)).to.throw(
        'client 0 is sent layer 1 of a pass',
      );
    });
  });

  it('ends after its passes', () => {
    expect(runRounds(create({ passes: 2 }), setting, 100).trace).to.have.lengthOf(6);
  });

  it('says who diverged', () => {
    const where = { ...setting, engine: stub(() => setting.weights.map(() => NaN)) };
    expect(() => runRounds(create(), where, 1)).to.throw('client 0 answered weights that are not finite');
  });

  it('makes of independently started clients what plain averaging does not', () => {
    const options = { amount: { epochs: 30 }, batchSize: 10, optimizer: { learningRate: 0.1 } };
    const everything = asExamples(union(Array.from({ length: 4 }, (_, client) => labelled(client, 60))));
    const accuracy = (result: Network) =>
      engine.evaluate(result.model, result.weights, everything).correct / everything.count;
    const { engine: spy, requests } = spied();
    const single = network([12]);
    const where = { ...setting, model: single, weights: initialWeights(single, 1) };
    const matched = trained(create({ ...options, init: 'own' }), { ...where, engine: spy }, 2);
    const locals = requests.slice(0, 4).map((request) => ({
      model: request.model,
      weights: engine.train(request).weights,
    }));
    expect(accuracy(matched)).to.be.greaterThan(accuracy(plainAverage(locals)) + 0.03);
  });
});
