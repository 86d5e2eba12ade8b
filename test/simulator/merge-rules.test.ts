/** Every merge rule in every host that merges by rule, on the smallest graphs: it runs, or is refused before the run. */
import { expect } from 'chai';
import { mergeRules } from '../../merging/index.js';
import { parseRecipe, RecipeError } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';

const base = `
data:
  dataset: { kind: synthetic, clients: 8, samplesPerClient: 6 }
  partition: natural
model: logistic
rounds: 2
`;

/** Ways to bring models together, from one message at a time to all neighbours' at once. */
const protocols = {
  'gossip, push to one': { kind: 'gossip', fanout: 1 },
  'gossip, push to all': { kind: 'gossip', fanout: 'all' },
  'gossip, pull from two': { kind: 'gossip', protocol: 'pull', fanout: 2, order: 'update-merge' },
  'gossip, push-pull with all': { kind: 'gossip', protocol: 'push-pull', fanout: 'all' },
  'gossip, push to all, in parts': {
    kind: 'gossip',
    fanout: 'all',
    message: { kind: 'partitioned', parts: 2 },
  },
  'gossip, push to all, sampled': {
    kind: 'gossip',
    fanout: 'all',
    message: { kind: 'sampled', fraction: 0.5 },
  },
  'buffered-gossip': { kind: 'buffered-gossip' },
} as const;
const topologies = ['ring', 'complete'];

/** A refusal names the rule or the schedule. */
function refused(error: unknown): 'refused' {
  if (!(error instanceof RecipeError)) throw error;
  expect(error.message).to.match(/algorithm\.merge: '|does not run under schedule/);
  return 'refused';
}

async function outcome(set: Readonly<Record<string, unknown>>): Promise<'ran' | 'refused'> {
  let recipe;
  try {
    recipe = parseRecipe(base, set);
  } catch (error) {
    return refused(error);
  }
  const progress = { hasStarted: false };
  try {
    const { record } = await simulate(recipe, {
      threads: 1,
      onStart: () => void (progress.hasStarted = true),
    });
    expect(record.weightsSha256).to.match(/^[0-9a-f]{64}$/);
    return 'ran';
  } catch (error) {
    if (!progress.hasStarted) return refused(error);
    throw error;
  }
}

for (const { kind } of mergeRules.entries) {
  it(`merge rule ${kind} runs in every host, or is refused before the run`, async () => {
    const outcomes = new Set<string>();
    for (const algorithm of Object.values(protocols)) {
      for (const schedule of ['synchronous', 'asynchronous']) {
        for (const topology of topologies) {
          outcomes.add(
            await outcome({
              topology,
              schedule: { kind: schedule },
              algorithm: { ...algorithm, merge: kind, batchSize: 3 },
            }),
          );
        }
      }
    }
    const { base: needsBase } = mergeRules.needs({ kind });
    expect(outcomes.has('ran'), 'runs somewhere').to.equal(needsBase !== true);
  });
}
