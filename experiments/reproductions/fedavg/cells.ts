/** The runs of a setting: one for each learning rate, counted as the paper counts. */
import { z } from 'zod';
import type { Recipe } from '../../../recipe/index.js';
import type { RunEvent } from '../../../records/index.js';
import { DivergedError } from '../../../errors/index.js';
import { simulate, type SimulateOptions } from '../../../simulator/index.js';
import type { Cell } from '../reproduction.js';
import { RATE_OF_CNN, target, type Setting } from './settings.js';

/** What is recorded of a run. */
export const countSchema = z.object({
  /** Rounds until the target, interpolated; null where it was not reached. */
  roundsToTarget: z.number().nullable(),
  /** How many rounds were run, why no more, and the best test accuracy of any of them. */
  rounds: z.number(),
  ended: z.enum(['target', 'rounds', 'diverged']),
  bestAccuracy: z.number(),
  weightsSha256: z.string().optional(),
  kernelHash: z.string().optional(),
});
export type Count = z.output<typeof countSchema>;

/** Learning rates a factor 10^(1/3) apart. Where a round has few steps, they are larger. */
export const rates = ({ batch }: Pick<Setting, 'batch'>) =>
  batch === Infinity ? [0.1, 0.215, 0.464] : [0.0464, 0.1, 0.215];

/** Rounds after which a run gives up, where the paper does not say how long a run takes. */
const MOST_ROUNDS = 2000;

/** The recipe of a setting with a learning rate; it ends at the target, or at twice the paper's rounds. */
export const countingRecipe = (setting: Setting, learningRate: number) => ({
  seed: 1,
  data: { dataset: 'mnist', partition: { kind: setting.split, clients: 100 } },
  model: setting.model,
  algorithm: {
    kind: 'fedavg',
    fraction: setting.fraction,
    amount: { epochs: setting.epochs },
    batchSize: setting.batch === Infinity ? 'all' : setting.batch,
    optimizer: { kind: 'sgd', learningRate },
  },
  rounds: 2 * (setting.paper ?? MOST_ROUNDS),
  stop: { accuracy: target(setting) },
});

export const countingCells = (setting: Setting): Cell<Count>[] =>
  rates(setting).map((rate) => ({
    name: `${nameOf(setting)}/rate=${rate}`,
    recipe: countingRecipe(setting, rate),
    onRequest: !setting.planned || (setting.model === 'cnn' && rate !== RATE_OF_CNN),
    recorded: countSchema,
    run: (recipe, options) => count(recipe, options, target(setting)),
  }));

/** E.g. 2nn/iid/C=0.1/E=1/B=10. */
export const nameOf = ({ model, split, fraction, epochs, batch }: Setting) =>
  [model, split, `C=${fraction}`, `E=${epochs}`, `B=${batch === Infinity ? 'all' : batch}`].join('/');

async function count(recipe: Recipe, options: SimulateOptions, goal: number): Promise<Count> {
  const accuracies: number[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === 'evaluation') accuracies.push(event.accuracy);
  };
  const counted = () => ({
    roundsToTarget: roundsToTarget(accuracies, goal) ?? null,
    rounds: accuracies.length,
    bestAccuracy: Math.max(0, ...accuracies),
  });
  try {
    const { weightsSha256, engine } = (await simulate(recipe, { ...options, onEvent })).record;
    const measured = counted();
    return {
      ...measured,
      ended: measured.roundsToTarget === null ? 'rounds' : 'target',
      weightsSha256,
      kernelHash: engine.kernelHash,
    };
  } catch (error) {
    if (error instanceof DivergedError) return { ...counted(), ended: 'diverged' };
    throw error;
  }
}

/**
 * When the running maximum of the test accuracies reaches the target, interpolated linearly between the two rounds
 * that bracket it (McMahan et al. 2017, §3).
 * @param accuracies after round 1, 2, …
 */
export function roundsToTarget(accuracies: readonly number[], target: number): number | undefined {
  const reached = accuracies.findIndex((accuracy) => accuracy >= target);
  if (reached <= 0) return reached === 0 ? 1 : undefined;
  const before = Math.max(...accuracies.slice(0, reached));
  return reached + (target - before) / (accuracies[reached] - before);
}

/** What a run costs at most, in steps of ten examples: to run what is cheap first. */
export function expectedCost(setting: Setting): number {
  const clients = Math.max(1, 100 * setting.fraction);
  const training = clients * setting.epochs * 60 * (setting.model === 'cnn' ? 100 : 1);
  const evaluation = 60;
  return (setting.paper ?? MOST_ROUNDS) * (training + evaluation);
}
