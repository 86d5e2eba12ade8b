/** What algorithms say they read they do read: every simulated field, set to another value, changes what a run tells. */
import { expect } from 'chai';
import { algorithms, readsOf, schedulesOf, type Algorithm } from '../../algorithms/index.js';
import { parseRecipe } from '../../recipe/index.js';
import type { ConditionalField, ScheduleKind } from '../../registry/index.js';
import { simulate } from '../../simulator/index.js';

const base = `
data:
  dataset: { kind: synthetic, clients: 6, samplesPerClient: 12, dimension: 5 }
  partition: natural
model: logistic
rounds: 3
`;

/** Another value than the default for each field, in a recipe in which it must show. */
const changes: Readonly<Partial<Record<ConditionalField, unknown>>> = {
  'init.kind': 'own',
  topology: 'ring',
  mixing: { kind: 'row-stochastic', selfWeight: 0.6 },
  'schedule.compute': 0.25,
  'network.codec': 'float16',
  'network.latency': 0.4,
  'network.bandwidth': 1000,
  'network.loss': 0.5,
  'clients.availability': 0.5,
  'clients.dropout': 0.5,
  'clients.stragglers': 1,
  'evaluate.nodes': 2,
  'evaluate.examples': 5,
  'evaluate.after': 'training',
};

const make = (kind: string): Algorithm => algorithms.create({ kind }, { synchronous: true });

/** Local work of several epochs, so that a straggler can do less; for algorithms that say how much they train. */
const options = (kind: string) => {
  const { shape } = algorithms.entry(kind).options;
  return {
    kind,
    ...('batchSize' in shape && { batchSize: 4 }),
    ...('amount' in shape && { amount: { epochs: 3 } }),
  };
};

/** All that a run tells. */
async function told(
  kind: string,
  schedule: ScheduleKind,
  set: Readonly<Record<string, unknown>>,
): Promise<string> {
  const needsTopology = readsOf(make(kind), schedule).includes('topology');
  const column = kind === 'push-sum' && 'mixing' in set;
  const recipe = parseRecipe(base, {
    algorithm: options(kind),
    schedule: schedule === 'buffered' ? { kind: schedule, concurrency: 3, size: 2 } : { kind: schedule },
    ...(needsTopology && { topology: 'complete' }),
    ...set,
    ...(column && { mixing: { kind: 'column-stochastic', selfWeight: 0.6 } }),
  });
  const { record, events } = await simulate(recipe, { threads: 1 });
  return JSON.stringify([record.weightsSha256, events]);
}

for (const { kind } of algorithms.entries) {
  for (const schedule of schedulesOf(make(kind))) {
    it(`every field that ${kind} reads under schedule ${schedule} has an effect`, async () => {
      const before = await told(kind, schedule, {});
      const simulated = readsOf(make(kind), schedule).filter((field) => field in changes);
      for (const field of simulated) {
        const { everyMessage, topology } = make(kind).needs?.(schedule) ?? {};
        const isUnreliable = field === 'network.loss' || field === 'clients.availability';
        if (everyMessage !== undefined && isUnreliable) continue;
        if (topology === 'complete' && field === 'topology') continue;
        expect(await told(kind, schedule, { [field]: changes[field] }), field).not.to.equal(before);
      }
    });
  }
}
