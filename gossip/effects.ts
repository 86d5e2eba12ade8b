/** What effects do, as far as the host has to know before a thread does it. */
import { WEIGHTS, type Effect } from '../algorithms/index.js';
import { hasStatistics, stepsOf, type Model } from '../learning/index.js';

/** What is done with a node's own vectors. */
export type OwnEffect = Exclude<Effect, { kind: 'send' }>;

/** The node's vectors that an effect writes. A pass for a gradient moves running statistics, which are weights. */
export function changedBy(effect: OwnEffect, { manifest }: Model): readonly string[] {
  if (effect.kind === 'gradient' && hasStatistics(manifest)) return [effect.into, WEIGHTS];
  return 'into' in effect ? [effect.into] : [WEIGHTS];
}

/** How many batches an effect uses up, and how many steps of the optimizer it takes. */
export function workOf(
  effect: OwnEffect,
  examples: number,
): { readonly batches: number; readonly steps: number } {
  if (effect.kind === 'gradient') return { batches: 1, steps: 0 };
  if (effect.kind === 'step') return { batches: 0, steps: 1 };
  if (effect.kind !== 'train') return { batches: 0, steps: 0 };
  const steps = stepsOf(effect.amount, effect.batchSize, examples);
  return { batches: steps, steps };
}
