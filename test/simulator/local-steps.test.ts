/** Events count the local steps of all clients so far: exactly, stragglers and nodes of unequal size too, resumed or not. */
import { expect } from 'chai';
import { behaviour, parseRecipe } from '../../recipe/index.js';
import type { RunEvent } from '../../records/index.js';
import { progressOf } from '../../experiments/analysis/progress.js';
import { simulate } from '../../simulator/index.js';

const CLIENTS = 4;
const recipe = (fields: Readonly<Record<string, unknown>>) =>
  parseRecipe(
    JSON.stringify({
      seed: 2,
      data: { dataset: { kind: 'synthetic', clients: CLIENTS, dimension: 6 }, partition: 'natural' },
      model: 'logistic',
      rounds: 3,
      ...fields,
    }),
  );

const run = async (fields: Readonly<Record<string, unknown>>) =>
  (await simulate(recipe(fields), { threads: 1 })).events;

const stepsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'round' ? [event.localSteps] : []));

describe('local steps', () => {
  it('of a federated run are those that its stragglers took', async () => {
    const settings = {
      algorithm: { kind: 'fedavg', fraction: 1, amount: { steps: 7 } },
      clients: { stragglers: 0.5 },
    };
    const clients = behaviour(recipe(settings), CLIENTS);
    let sum = 0;
    const expected = [0, 1, 2].map((round) => {
      for (let client = 0; client < CLIENTS; client++) {
        const amount = clients.localAmount(client, { steps: 7 }, round);
        sum += 'steps' in amount ? amount.steps : NaN;
      }
      return sum;
    });
    expect(stepsOf(await run(settings))).to.deep.equal(expected);
    expect(expected[2]).to.be.below(3 * 7 * CLIENTS);
  });

  it('of FedAvg and D-PSGD are equal where every client takes equal ones, so that both have one axis', async () => {
    const amount = { steps: 5 };
    const fedavg = await run({ algorithm: { kind: 'fedavg', fraction: 1, amount } });
    const dPsgd = await run({ algorithm: { kind: 'd-psgd', amount }, topology: 'complete' });
    expect(stepsOf(fedavg)).to.deep.equal([20, 40, 60]);
    expect(stepsOf(dPsgd)).to.deep.equal(stepsOf(fedavg));
    const order = 'adapt-then-combine';
    const trainedFirst = await run({ algorithm: { kind: 'd-psgd', amount, order }, topology: 'complete' });
    for (const events of [fedavg, trainedFirst]) expect(progressOf(events).stepsBy(2)).to.equal(40);
    // Combine-then-adapt is evaluated before the round's steps.
    expect(progressOf(dPsgd).stepsBy(2)).to.equal(20);
  });

  it('of answers that come out of order count where they come', async () => {
    const schedule = {
      kind: 'buffered',
      concurrency: 3,
      size: 2,
      compute: { kind: 'log-normal', mu: 0, sigma: 1 },
    };
    const events = await run({ algorithm: { kind: 'fedbuff', amount: { steps: 5 } }, schedule });
    expect(stepsOf(events)).to.deep.equal([10, 20, 30]);
  });
});

describe('virtual time', () => {
  it('of a buffered run reaches the axes of its report', async () => {
    const schedule = { kind: 'buffered', concurrency: 3, size: 2, compute: 2 };
    const { timeBy } = progressOf(await run({ algorithm: { kind: 'fedbuff' }, schedule }));
    // Three train at a time, two seconds each; two answers end a round.
    expect([1, 2, 3].map(timeBy)).to.deep.equal([2, 4, 4]);
  });
});
