/** The one-shot table: clients train alone, once, and their networks become one by each method. */
import { z } from 'zod';
import { labelCounts, openExamples, type Shard } from '../../../data/index.js';
import { wasmEngine } from '../../../learning/index.js';
import {
  classShares,
  completeMatchingOptions,
  fusedAverage,
  matchedAverage,
  plainAverage,
  rebasedAverage,
  type Contribution,
  type Merged,
  type Network,
} from '../../../matching/index.js';
import { range, stream } from '../../../numerics/index.js';
import { buildFederation, type Federation, type Recipe } from '../../../recipe/index.js';
import type { Cell } from '../reproduction.js';
import { startOf, trainAlone } from '../train-alone.js';
import { ensembles, type EnsembleAccuracies } from './ensembles.js';
import { dataOf, oneShotTraining, priors, type OneShotSetting, type Prior } from './settings.js';

/** Accuracy on the part that hyper-parameters are chosen on, and on the test set. */
export const scoreSchema = z.object({ validation: z.number(), test: z.number() });
export type Score = z.output<typeof scoreSchema>;

export const mergedSchema = scoreSchema.extend({
  /** Hidden widths, and what the merge took of a processor, in seconds. */
  widths: z.array(z.number()),
  seconds: z.number(),
});
export type MergedScore = z.output<typeof mergedSchema>;

export const matchedSchema = mergedSchema.extend({
  sigma: z.number(),
  sigma0: z.number(),
  gamma: z.number(),
  estimate: z.enum(['popularity-mean', 'map', 'mean-over-J']),
});
export type MatchedScore = z.output<typeof matchedSchema>;

export const oneShotSchema = z.object({
  /** Mean over the clients' own networks. */
  local: scoreSchema,
  ensemble: z.object({ logits: scoreSchema, softmax: scoreSchema, classWeighted: scoreSchema }),
  average: mergedSchema,
  rebasin: mergedSchema,
  /** Aligned to the first client's network; aligned twice more, to the average so far. */
  otFusion: mergedSchema,
  otFusion3: mergedSchema,
  pfnm: z.array(matchedSchema),
  spahm: z.array(matchedSchema),
  kernelHash: z.string(),
});
export type OneShot = z.output<typeof oneShotSchema>;

export const oneShotCell = (setting: OneShotSetting, seed: number): Cell<OneShot> => ({
  name: oneShotName(setting, seed),
  recipe: {
    seed,
    data: dataOf(setting.dataset, setting.split),
    model: { kind: 'mlp', hidden: setting.hidden },
    algorithm: { kind: 'fedma', ...oneShotTraining, init: setting.start },
    rounds: 1,
  },
  recorded: oneShotSchema,
  run: (recipe) => Promise.resolve(measureOneShot(recipe)),
});

/** E.g. one-shot/fashion-mnist/dirichlet/100x100/own/seed=1. */
const oneShotName = ({ dataset, split, hidden, start }: OneShotSetting, seed: number) =>
  ['one-shot', dataset, split, hidden.join('x'), start, `seed=${seed}`].join('/');

const initSchema = z.object({ init: z.enum(['own', 'common']) });

/** The clients of a cell's recipe, which is written for one round: too few for a pass of FedMA, which nobody runs here. */
export const oneShotFederation = (recipe: Recipe): Federation => buildFederation({ ...recipe, rounds: 100 });

/** Trains the clients of a recipe, each alone, and merges their networks by every method. */
export function measureOneShot(recipe: Recipe, grid = priors): OneShot {
  const federation = oneShotFederation(recipe);
  const { init } = initSchema.parse(recipe.algorithm);
  const networks = trainedNetworks(federation, (client) =>
    startOf(federation, client, init === 'own' ? 'own' : 'same'),
  );
  const { timed, matched, alone } = methods(federation, networks);
  const { local, ...ensemble } = alone();
  const draw = (method: string) => stream(recipe.seed, 'one-shot', method);
  return {
    local,
    ensemble,
    average: timed(() => plainAverage(networks)),
    rebasin: timed(() => rebasedAverage(networks, draw('re-basin'))),
    otFusion: timed(() => fusedAverage(networks)),
    otFusion3: timed(() => fusedAverage(networks, { passes: 3 })),
    pfnm: matched('pfnm', grid.pfnm),
    spahm: matched('spahm', grid.spahm),
    kernelHash: wasmEngine().kernelHash,
  };
}

/** Each client's network after its training, weighted by its examples. */
export function trainedNetworks(
  federation: Federation,
  start: (client: number) => Float32Array,
): Contribution[] {
  const { dataset, partition, model } = federation;
  const counts = labelCounts(partition, openExamples(dataset.train), dataset.classes);
  return Array.from(range(partition.clients), (client) => ({
    model,
    weights: trainAlone(federation, client, start(client)),
    classCounts: counts[client],
    share: partition.size(client),
  }));
}

/** Ways to measure networks, merged or not, on the validation part and the test set. */
export function methods(federation: Federation, networks: readonly Contribution[]) {
  const engine = wasmEngine();
  const [validation, test] = [federation.heldOut('validation'), federation.heldOut('test')];
  const accuracy = ({ model, weights }: Network, on: Shard) => {
    const { correct, count } = engine.evaluate(model, weights, on);
    return correct / count;
  };

  /** Merges, and says how good the result is and how long it took. */
  function timed(merge: () => Merged): MergedScore {
    const before = process.cpuUsage();
    const merged = merge();
    const { user, system } = process.cpuUsage(before);
    return {
      validation: accuracy(merged, validation),
      test: accuracy(merged, test),
      widths: merged.report.widths.slice(0, -1),
      seconds: Math.round((user + system) / 1e4) / 100,
    };
  }

  const matched = (matcher: 'pfnm' | 'spahm', grid: readonly Prior[]) =>
    grid.map((prior): MatchedScore => {
      const options = completeMatchingOptions({ matcher, ...prior, reestimate: matcher === 'spahm' });
      const draw = stream(federation.recipe.seed, 'one-shot', matcher);
      return { ...prior, ...timed(() => matchedAverage(networks, options, draw)) };
    });

  /** The networks as they are: by themselves, and as ensembles. */
  function alone(): Record<keyof EnsembleAccuracies, Score> {
    const together = (on: Shard) =>
      ensembles(
        networks.map(({ model, weights }) => engine.predict(model, weights, on)),
        classShares(networks),
        (example) => on.label(example),
      );
    const [onValidation, onTest] = [together(validation), together(test)];
    const both = (name: keyof EnsembleAccuracies) => ({
      validation: onValidation[name],
      test: onTest[name],
    });
    return {
      local: both('local'),
      logits: both('logits'),
      softmax: both('softmax'),
      classWeighted: both('classWeighted'),
    };
  }

  return { timed, matched, alone };
}
