/** What a run says before it trains: data, clients, measured skew, model; and what it can be expected to cost. */
import { performance } from 'node:perf_hooks';
import { labelsOf, measureSkew, type Skew } from '../data/index.js';
import { stream } from '../numerics/index.js';
import { wasmEngine } from '../learning/index.js';
import { buildFederation, startingWeights, type Federation, type Recipe } from '../recipe/index.js';
import type { RunDirectory } from '../runs/index.js';
import { createPerformer } from './performer.js';

export function describeStart(federation: Federation, directory?: RunDirectory): string {
  const { recipe, dataset, partition, model } = federation;
  const skew = measureSkew(partition, labelsOf(dataset.train), dataset.classes);
  const lines = [
    `${recipe.name}: ${recipe.algorithm.kind} with ${recipe.model.kind} (${count(model.manifest.length)} weights) on ${dataset.name}`,
    `  ${count(partition.clients)} clients, ${recipe.data.partition.kind}: ${describeSkew(skew, dataset.classes)}`,
    ...(directory ? [`  in ${directory.path}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The measured skew in a line. */
export function describeSkew(
  { sizes, effectiveClasses, divergence, sizeGini }: Skew,
  classes: number,
): string {
  return [
    sizes.least === sizes.most
      ? `${count(sizes.least)} examples each`
      : `${count(sizes.least)}–${count(sizes.most)} examples each (Gini ${sizeGini.toFixed(2)})`,
    `${effectiveClasses.mean.toFixed(1)} of ${classes} classes in effect`,
    `mean divergence ${divergence.toFixed(2)} bits`,
  ].join(', ');
}

const count = (n: number) => n.toLocaleString('en');

const MIB = 2 ** 20;

/** What the recipe will cost, from one client's update and one part of the test set measured now. */
export function estimateRun(recipe: Recipe, threads = 1): string {
  const federation = buildFederation(recipe);
  const { dataset, model, algorithm, partition, behaviour } = federation;
  const performer = createPerformer(federation, wasmEngine());
  if (algorithm.family !== 'federated') return describeStart(federation);
  const weights = startingWeights(federation);
  const state = algorithm.init({ model, weights, clients: partition.clients });
  const plan = algorithm.plan(state, {
    roster: {
      count: partition.clients,
      available: behaviour.available(1),
      samples: (client) => partition.size(client),
    },
    stream: (...name) => stream(recipe.seed, 'exchange', 1, ...name),
  });
  const cohort = plan === 'done' ? [] : plan.to;
  const update =
    cohort.length === 0 ? 0 : median(3, () => performer.update({ ...cohort[0], clientState: undefined }));
  const part = Math.min(1000, dataset.test.count);
  const evaluation =
    (dataset.test.count / part) *
    median(3, () => performer.evaluate({ spec: model.spec, weights, on: 'test', from: 0, to: part }));
  const seconds = (recipe.rounds * (update * cohort.length + evaluation / recipe.evaluate.every)) / threads;
  const memory =
    process.resourceUsage().maxRSS / 1024 + (threads * 60 * MIB + cohort.length * weights.byteLength) / MIB;
  return `${describeStart(federation)}  expected: at most ${Math.ceil(seconds)} s on ${threads} thread${threads === 1 ? '' : 's'} (${cohort.length} clients a round, ${(1000 * update).toFixed(1)} ms each; evaluation ${(1000 * evaluation).toFixed(0)} ms), about ${Math.round(memory)} MiB\n`;
}

/** Median seconds of a few calls. */
function median(times: number, call: () => unknown): number {
  const seconds = Array.from({ length: times }, () => {
    const before = performance.now();
    call();
    return (performance.now() - before) / 1000;
  });
  return seconds.sort((a, b) => a - b)[Math.floor(times / 2)];
}
