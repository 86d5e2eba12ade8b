/** Every merge rule with the options worth testing, and inputs that any of them takes. */
import { mergeRules, type MergeContext, type MergeInput } from '../../merging/index.js';
import { stream } from '../../numerics/index.js';
import { contextOf, mixed, randomModel, randomModels } from './models.js';

export interface RuleCase {
  readonly choice: { readonly kind: string } & Readonly<Record<string, unknown>>;
  /** Gives the same bits for one model at a time as for all at once. */
  readonly folds: boolean;
}

const unfolded = (kind: string, options: Record<string, unknown> = {}): RuleCase => ({
  choice: { kind, ...options },
  folds: false,
});
const corrected = (options: Record<string, unknown>): RuleCase => ({
  choice: { kind: 'variance-corrected', ...options },
  folds: true,
});

export const cases: readonly RuleCase[] = [
  { choice: { kind: 'mean' }, folds: true },
  { choice: { kind: 'mean', share: 0.3 }, folds: true },
  { choice: { kind: 'sample-weighted' }, folds: true },
  { choice: { kind: 'age-weighted' }, folds: true },
  unfolded('limited', { limit: 4 }),
  corrected({}),
  corrected({ share: 0, weights: 'samples' }),
  corrected({ target: 'blend', share: 'proportional', tensors: 'all' }),
  corrected({ target: 'self' }),
  corrected({ target: 'initial', tensors: 'all' }),
  unfolded('coordinate-median'),
  unfolded('trimmed-mean', { trim: 0.3 }),
  unfolded('krum', { byzantine: 0 }),
  unfolded('multi-krum', { byzantine: 0, keep: 2 }),
  unfolded('geometric-median'),
  unfolded('model-stock'),
  unfolded('task-arithmetic', { scale: 0.4 }),
  unfolded('ties'),
  unfolded('dare', { drop: 0.5, combine: 'elected' }),
  unfolded('magmax'),
];

export const context: MergeContext = contextOf(mixed);
export const make = ({ choice }: RuleCase, local: MergeContext = context) => mergeRules.create(choice, local);

/** A merge of an own model and `count` received ones, with all that a rule may ask for. */
export function someInput(count: number): MergeInput {
  return {
    own: randomModel(mixed, 1),
    received: randomModels(mixed, count, 2),
    base: randomModel(mixed, 100).weights,
    stream: (...name) => stream(7, 'merge', ...name),
  };
}
