import { expect } from 'chai';
import { CoordinatorDriver } from '../support/coordinator-driver.js';

/** Six clients, evaluated on after every round. */
const evaluated = {
  rounds: 2,
  evaluate: { on: ['clients'] },
  algorithm: { kind: 'fedavg', fraction: 1, amount: { steps: 1 }, batchSize: 10 },
};

/** Answers everything that a worker was asked to train, and evaluates with every example right. */
function work(run: CoordinatorDriver, connection: number): void {
  for (const task of run.sent(connection, 'task').slice(-1)) {
    for (const answer of run.answers(task)) run.send(connection, answer);
  }
}

function evaluate(run: CoordinatorDriver, connection: number): void {
  const request = run.sent(connection, 'evaluate').at(-1);
  if (request === undefined) throw new Error('no evaluation was asked for');
  const results = request.clients.map((client) => {
    const count = run.federation.partition.size(client);
    return { client, correct: count, count, lossSum: 1 };
  });
  run.send(connection, { kind: 'evaluated', id: request.id, results });
}

const clientsEvents = (run: CoordinatorDriver) =>
  run.effects.flatMap((effect) =>
    effect.kind === 'event' && effect.event.type === 'clients' ? [effect.event] : [],
  );

const claim = (first: number, last: number) => ({
  claim: { kind: 'clients' as const, ranges: [[first, last] as [number, number]] },
});

describe('the evaluation on clients', function () {
  this.timeout(20_000);
  it('ends at the deadline with the minimum of results, and says who is missing', () => {
    const run = new CoordinatorDriver({ ...evaluated, network: { deadline: 3, minimumUpdates: 2 } });
    const steady = run.join(claim(0, 3)).connection;
    const gone = run.join(claim(4, 5)).connection;
    work(run, steady);
    work(run, gone);
    run.tell({ kind: 'closed', connection: gone, code: 1006 });
    evaluate(run, steady);
    expect(clientsEvents(run), 'results are waited for').to.deep.equal([]);
    run.tell({ kind: 'timer', name: 'evaluation' });
    const [event] = clientsEvents(run);
    expect(event.accuracies).to.deep.equal([1, 1, 1, 1, null, null]);
    expect(event).to.deep.include({ mean: 1, missing: [4, 5], why: { 4: 'deadline', 5: 'deadline' } });
  });

  it('waits on where fewer results than the minimum have come', () => {
    const run = new CoordinatorDriver({ ...evaluated, network: { deadline: 3, minimumUpdates: 5 } });
    const steady = run.join(claim(0, 3)).connection;
    const gone = run.join(claim(4, 5)).connection;
    work(run, steady);
    work(run, gone);
    run.tell({ kind: 'closed', connection: gone, code: 1006 });
    evaluate(run, steady);
    run.tell({ kind: 'timer', name: 'evaluation' });
    expect(clientsEvents(run)).to.deep.equal([]);
    const timers = run.effects.filter((effect) => effect.kind === 'setTimer' && effect.name === 'evaluation');
    expect(timers).to.have.lengthOf(2);
  });

  it('waits for nobody whose client is dropped', () => {
    const run = new CoordinatorDriver(evaluated);
    const steady = run.join(claim(0, 4)).connection;
    const bad = run.join(claim(5, 5)).connection;
    for (let attempt = 0; attempt < 3; attempt++) {
      run.send(bad, { kind: 'failed', round: 1, client: 5, attempt, sentence: 'no memory' });
    }
    expect(run.sent(bad, 'goodbye')).to.have.lengthOf(1);
    work(run, steady);
    evaluate(run, steady);
    const [event] = clientsEvents(run);
    expect(event.accuracies).to.deep.equal([1, 1, 1, 1, 1, null]);
    expect(event.missing).to.deep.equal([5]);
    expect(event.why?.[5]).to.include('no memory');
  });

  it('ends when the last client that it waits for is dropped', () => {
    const run = new CoordinatorDriver({ ...evaluated, rounds: 3 });
    const steady = run.join(claim(0, 4)).connection;
    const bad = run.join(claim(5, 5)).connection;
    work(run, steady);
    work(run, bad);
    evaluate(run, steady);
    expect(clientsEvents(run)).to.deep.equal([]);
    for (let attempt = 0; attempt < 3; attempt++) {
      run.send(bad, { kind: 'failed', round: 2, client: 5, attempt, sentence: 'no memory' });
    }
    expect(clientsEvents(run).map(({ missing }) => missing)).to.deep.equal([[5]]);
  });
});

describe('the first round of clients with data of their own', function () {
  this.timeout(20_000);
  const own = {
    ...evaluated,
    data: {
      dataset: {
        kind: 'declared',
        input: [2],
        columns: ['x', 'y'],
        label: 'side',
        classes: ['left', 'right'],
      },
      partition: { kind: 'local', clients: ['north', 'south', 'west'] },
    },
  };
  const site = (name: string) => ({ claim: { kind: 'local' as const, shards: [{ name, samples: 10 }] } });

  it('begins after the deadline with the minimum of clients; the others join later', () => {
    const run = new CoordinatorDriver({ ...own, network: { deadline: 3, minimumUpdates: 2 } });
    const north = run.join(site('north')).connection;
    run.tell({ kind: 'timer', name: 'start' });
    expect(run.sent(north, 'task'), 'one is too few').to.deep.equal([]);
    const west = run.join(site('west')).connection;
    expect(run.sent(north, 'task')).to.have.lengthOf(1);
    expect(run.sent(west, 'task').flatMap(({ to }) => to.map(({ client }) => client))).to.deep.equal([2]);
    const south = run.join(site('south')).connection;
    expect(run.sent(south, 'task'), 'the round is under way').to.deep.equal([]);
    run.tell({ kind: 'timer', name: 'deadline' });
  });

  it('waits for all where the recipe gives no minimum', () => {
    const run = new CoordinatorDriver({ ...own, network: { deadline: 3 } });
    const north = run.join(site('north')).connection;
    run.join(site('west'));
    expect(run.effects.some((effect) => effect.kind === 'setTimer' && effect.name === 'start')).to.equal(
      false,
    );
    expect(run.sent(north, 'task')).to.deep.equal([]);
    run.join(site('south'));
    expect(run.sent(north, 'task')).to.have.lengthOf(1);
  });
});
