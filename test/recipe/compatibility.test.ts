/** No setting is accepted that nothing reads: every algorithm × schedule × conditional field, from the registry. */
import { expect } from 'chai';
import { algorithms, readsOf, schedulesOf, type Algorithm } from '../../algorithms/index.js';
import { fieldsOf, jsonSchema, parseRecipe, RecipeError, recipeSchema } from '../../recipe/index.js';
import { conditionalFields, type ConditionalField, type ScheduleKind } from '../../registry/index.js';

/** A value for each conditional field that is not its default. */
const values: Readonly<Record<ConditionalField, unknown>> = {
  'init.kind': 'own',
  topology: 'complete',
  mixing: 'uniform',
  'schedule.compute': 2,
  'network.codec': 'float16',
  'network.latency': 1,
  'network.bandwidth': 1000,
  'network.loss': 0.5,
  'network.gossip': 'direct',
  'network.tick': 1,
  'network.deadline': 3,
  'network.minimumUpdates': 2,
  'network.overSelection': 1.5,
  'network.normBound': 10,
  'clients.availability': 0.5,
  'clients.dropout': 0.5,
  'clients.stragglers': 0.5,
  'evaluate.nodes': 2,
  'evaluate.examples': 100,
  'evaluate.after': 'training',
};

/** Fields that every recipe reads, and whatever lies within them. */
const alwaysRead = [
  ...[
    'name',
    'seed',
    'data',
    'model',
    'loss',
    'init.file',
    'init.seed',
    'algorithm',
    'schedule.kind',
    'rounds',
  ],
  ...['schedule.concurrency', 'schedule.size', 'schedule.period', 'schedule.phase'],
  ...['stop', 'evaluate.every', 'evaluate.on', 'checkpoint', 'engine'],
];

const make = (kind: string, schedule: ScheduleKind): Algorithm =>
  algorithms.create({ kind }, { synchronous: schedule === 'synchronous' });

function recipe(kind: string, schedule: ScheduleKind, set: Readonly<Record<string, unknown>> = {}): string {
  const readsTopology = readsOf(make(kind, schedule), schedule).includes('topology');
  // Of one epoch a straggler would leave nothing out.
  const trainsSeveral =
    set['clients.stragglers'] !== undefined && 'amount' in algorithms.entry(kind).options.shape;
  try {
    parseRecipe('data: { dataset: mnist, partition: { kind: iid, clients: 8 } }\nmodel: 2nn\nrounds: 2\n', {
      algorithm: { kind, ...(trainsSeveral && { amount: { epochs: 2 } }) },
      schedule: schedule === 'buffered' ? { kind: schedule, concurrency: 2 } : { kind: schedule },
      ...(readsTopology && { topology: 'complete' }),
      ...set,
    });
    return 'accepted';
  } catch (error) {
    if (error instanceof RecipeError) return error.message;
    throw error;
  }
}

describe('every conditional field', () => {
  const isWithin = (field: string, outer: string) => field === outer || field.startsWith(`${outer}.`);

  it('and no other is missing from the recipe’s schema', () => {
    const fields = fieldsOf(jsonSchema(recipeSchema)).map(({ name }) => name);
    const known = [...conditionalFields, ...alwaysRead];
    const isParent = (name: string) => fields.some((other) => other.startsWith(`${name}.`));
    const unknown = fields.filter((name) => !isParent(name) && !known.some((one) => isWithin(name, one)));
    expect(unknown, 'say in registry/needs.ts who reads these').to.deep.equal([]);
  });

  for (const { kind } of algorithms.entries) {
    for (const schedule of schedulesOf(make(kind, 'synchronous'))) {
      const reads = readsOf(make(kind, schedule), schedule);
      it(`is accepted by ${kind} under schedule ${schedule} if it is read, else refused by name`, () => {
        expect(recipe(kind, schedule)).to.equal('accepted');
        for (const field of conditionalFields) {
          const needs = field === 'network.minimumUpdates' ? { 'network.deadline': 1 } : {};
          const answer = recipe(kind, schedule, { ...needs, [field]: values[field] });
          if (reads.includes(field)) expect(answer, field).to.equal('accepted');
          else expect(answer, field).to.include(`--set ${field}: ${kind} does not read it`);
        }
      });
    }
  }

  it('is accepted at its default value, which changes nothing', () => {
    const set = { 'network.loss': 0, 'clients.stragglers': 0, init: 'same', 'evaluate.nodes': 20 };
    expect(recipe('fedavg', 'synchronous', set)).to.equal('accepted');
    expect(recipe('gossip', 'synchronous', set)).to.equal('accepted');
  });

  it('is refused with the algorithms that read it, and the schedule under which they do', () => {
    expect(recipe('fedavg', 'synchronous', { 'network.latency': 3 }))
      .to.include('fedavg does not read it')
      .and.include('fedbuff (schedule: buffered)')
      .and.include('d-psgd');
    expect(recipe('gossip', 'synchronous', { 'clients.dropout': 0.3 }))
      .to.include('gossip does not read it')
      .and.include('scaffold');
  });
});

describe('a schedule', () => {
  for (const { kind } of algorithms.entries) {
    it(`that ${kind} does not run under is refused with those that do`, () => {
      const runs = schedulesOf(make(kind, 'synchronous'));
      for (const schedule of ['synchronous', 'asynchronous', 'buffered'] as const) {
        const answer = recipe(kind, schedule);
        if (runs.includes(schedule)) expect(answer).to.equal('accepted');
        else expect(answer).to.include(`${kind} does not run under schedule '${schedule}'`);
      }
    });
  }
});

describe('an option without effect beside another', () => {
  const refused = (
    kind: string,
    schedule: ScheduleKind,
    set: Readonly<Record<string, unknown>>,
    field: string,
  ) => {
    expect(recipe(kind, schedule, set)).to.include(`--set ${field}: it has no effect`);
  };

  it('is refused', () => {
    refused(
      'fedavg',
      'synchronous',
      { 'algorithm.clientsPerRound': 2, 'algorithm.fraction': 0.5 },
      'algorithm.fraction',
    );
    refused('fedbuff', 'buffered', { 'algorithm.fraction': 0.5 }, 'algorithm.fraction');
    refused(
      'gossip',
      'synchronous',
      { 'algorithm.order': 'update', 'algorithm.merge': 'krum' },
      'algorithm.merge',
    );
    refused(
      'gossip',
      'synchronous',
      { 'algorithm.merge': 'krum', 'algorithm.share': 0.3 },
      'algorithm.share',
    );
    const merge = { kind: 'mean', share: 0.2 };
    refused('buffered-gossip', 'asynchronous', { 'algorithm.merge': merge }, 'algorithm.merge.share');
    refused('fedavg', 'synchronous', { 'network.minimumUpdates': 2 }, 'network.minimumUpdates');
    refused('fedavg', 'synchronous', { 'init.file': 'a', 'init.seed': 2 }, 'init.seed');
    refused('isolated', 'synchronous', { 'init.file': 'a', 'init.kind': 'own' }, 'init.file');
    refused('fedavg', 'synchronous', { stop: {} }, 'stop');
    const sgd = { learningRate: 0.1, nesterov: true };
    refused('gossip', 'synchronous', { 'algorithm.optimizer': sgd }, 'algorithm.optimizer.nesterov');
    const server = { 'algorithm.serverMomentum': 0, 'algorithm.serverNesterov': true };
    refused('fedavgm', 'synchronous', server, 'algorithm.serverNesterov');
    for (const amount of [{ epochs: 1 }, { steps: 1 }]) {
      const one = { 'algorithm.amount': amount, clients: { stragglers: 0.5 } };
      expect(recipe('fedavg', 'synchronous', one)).to.include('clients.stragglers: it has no effect');
    }
    const table = { kind: 'csv', file: 'a.csv', testFile: 'b.csv' };
    const both = { 'data.dataset': { ...table, testFraction: 0.3 } };
    expect(recipe('fedavg', 'synchronous', both)).to.include('data.dataset.testFraction: it has no effect');
    expect(recipe('fedavg', 'synchronous', { 'data.dataset': table })).to.equal('accepted');
  });

  it('is refused once', () => {
    const answer = recipe('gossip', 'synchronous', { 'network.minimumUpdates': 2 });
    expect(answer.match(/network\.minimumUpdates: /g)).to.have.length(1);
  });
});
