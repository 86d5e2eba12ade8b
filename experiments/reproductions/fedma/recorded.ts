/** What is recorded, over seeds, and what is chosen of it on the validation part. */
import { deviation, mean } from '../../../numerics/index.js';
import type { Results } from '../reproduction.js';
import { oneShotCell, type MatchedScore, type MergedScore, type OneShot } from './one-shot.js';
import { besideCell, type Beside } from './beside-reference.js';
import { kindCell, type KindSetting } from './kinds.js';
import { roundsCell, type Rounds } from './rounds.js';
import { roundsSettings, seeds, type OneShotSetting, type RoundsSetting } from './settings.js';

export interface Recorded {
  /** Of each seed that has run. */
  oneShot(setting: OneShotSetting): readonly OneShot[];
  beside(setting: OneShotSetting): readonly Beside[];
  rounds(setting: RoundsSetting): readonly Rounds[];
  kinds(setting: KindSetting): readonly Rounds[];
}

export const recordedIn = (results: Results): Recorded => ({
  oneShot: (setting) => seeds.flatMap((seed) => results(oneShotCell(setting, seed)) ?? []),
  beside: (setting) => seeds.flatMap((seed) => results(besideCell(setting, seed)) ?? []),
  rounds: (setting) => seeds.flatMap((seed) => results(roundsCell(setting, seed)) ?? []),
  kinds: (setting) => seeds.flatMap((seed) => results(kindCell(setting, seed)) ?? []),
});

/** One way of merging, over the seeds. */
export interface Outcome {
  readonly test: number;
  /** Standard deviation over the seeds; left out for a single one. */
  readonly deviation?: number;
  readonly seeds: number;
}

export function outcome(scores: readonly { readonly test: number }[]): Outcome | undefined {
  if (scores.length === 0) return undefined;
  const values = scores.map(({ test }) => test);
  return {
    test: mean(values),
    seeds: values.length,
    ...(values.length > 1 && { deviation: deviation(values) }),
  };
}

/** Of several settings that the same seeds were run with, the one with the best mean accuracy on the validation part. */
export function chosen(runs: readonly OneShot[], matcher: 'pfnm' | 'spahm'): MatchedScore[] {
  if (runs.length === 0) return [];
  return best(
    runs[0][matcher].map((_, index) => runs.map((run) => run[matcher][index])),
    (scores) => mean(scores.map(({ validation }) => validation)),
  );
}

/** Whichever of one and three passes of OTFusion is better on the validation part. */
export function chosenFusion(runs: readonly OneShot[]): MergedScore[] {
  if (runs.length === 0) return [];
  return best([runs.map(({ otFusion }) => otFusion), runs.map(({ otFusion3 }) => otFusion3)], (scores) =>
    mean(scores.map(({ validation }) => validation)),
  );
}

function best<Item>(items: readonly Item[], value: (item: Item) => number): Item {
  return items.reduce((a, b) => (value(b) > value(a) ? b : a));
}

/** A method with what was best for it on the validation part after the last round, of what has run. */
export interface ChosenRun {
  readonly setting: Pick<RoundsSetting, 'rate' | 'mu' | 'prior'>;
  readonly runs: readonly Rounds[];
  /** Of how many settings it is the best. */
  readonly of: number;
}

export function chosenRounds(
  recorded: Recorded,
  where: Pick<RoundsSetting, 'dataset' | 'split' | 'epochs' | 'method'>,
): ChosenRun | undefined {
  return bestOf(
    roundsSettings
      .filter((setting) =>
        Object.entries(where).every(([name, value]) => new Map(Object.entries(setting)).get(name) === value),
      )
      .map((setting) => ({ setting, runs: recorded.rounds(setting) })),
  );
}

export function bestOf(candidates: readonly Omit<ChosenRun, 'of'>[]): ChosenRun | undefined {
  const ran = candidates.filter(({ runs }) => runs.length > 0);
  if (ran.length === 0) return undefined;
  const { setting, runs } = best(ran, (candidate) =>
    mean(candidate.runs.map((run) => run.validation.at(-1) ?? 0)),
  );
  return { setting, runs, of: ran.length };
}

/** Test accuracy after the last whole model within so many rounds; undefined where there is none yet. */
export const accuracyAfter = (rounds: number, run: Rounds): number | undefined =>
  run.test[run.rounds.findLastIndex((count) => count <= rounds)];

/** The same within so many bytes. */
export const accuracyWithin = (bytes: number, run: Rounds): number | undefined =>
  run.test[run.bytes.findLastIndex((count) => count <= bytes)];
