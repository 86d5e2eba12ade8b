/**
 * From rules on whole models to merge rules: messages that carry a part of a model are merged on that part alone, as
 * models of a smaller manifest. Rules know nothing of it.
 */
import type {
  Accumulator,
  MergeContext,
  Merged,
  MergeInput,
  MergeRule,
  MergeSetting,
  Received,
  RunningSum,
} from './merge-rule.js';
import { partLength, putPart, restrict, sameParts, takePart, type Part } from './part.js';

/** A merge rule that gets models without parts only, of the lengths that its manifest says. */
export interface WholeRule {
  merge(input: MergeInput): Merged;
  readonly fold?: WholeFold;
}

export interface WholeFold {
  /** Takes a model into the sum, which starts with zeros. */
  add(sum: RunningSum, model: Received): void;
  finish(sum: RunningSum, setting: MergeSetting): Merged;
}

/**
 * Messages of the same part are merged together; different parts one after another, in the order in which they first
 * come, each on what the ones before left; empty parts bring nothing. So of two samples that overlap, the second meets the first one's result, as
 * if it had come alone. Coordinates that no message carries keep the own model's (without one, the base's) values.
 * A model's `age` is one number: a protocol that keeps an age per part merges part by part.
 */
export function mergeRule(context: MergeContext, create: (context: MergeContext) => WholeRule): MergeRule {
  const { length, tensors } = context.manifest;
  const whole = create(context);
  const ruleOf = (part: Part | undefined) =>
    part === undefined ? whole : create({ ...context, manifest: restrict(context.manifest, part) });

  const merge = ({ received, ...setting }: MergeInput): Merged => {
    checkSetting(length, setting);
    const groups: { part?: Part; models: Received[] }[] = [];
    received.forEach((model, index) => {
      checkModel(length, model, `received model ${index + 1}`);
      const { part, ...rest } = model;
      if (rest.weights.length === 0) return;
      const group = groups.find((other) => sameParts(other.part, part));
      if (group !== undefined) group.models.push(rest);
      else groups.push({ ...(part && { part }), models: [rest] });
    });
    return inTurn(
      groups.map(({ part, models }) => ({
        part,
        merge: (local) => ruleOf(part).merge({ ...local, received: models }),
      })),
      setting,
    );
  };
  if (whole.fold === undefined) return { merge };

  const foldOf = (part: Part | undefined) => {
    const { fold } = ruleOf(part);
    if (fold === undefined) throw new Error('a rule that folds whole models must fold their parts');
    return fold;
  };
  return {
    merge,
    fold: {
      start: (): Accumulator => ({ sums: [] }),
      add({ sums }, model) {
        checkModel(length, model, 'a received model');
        const { part, ...rest } = model;
        if (rest.weights.length === 0) return;
        let sum = sums.find((other) => sameParts(other.part, part));
        if (sum === undefined) {
          sum = emptySum(rest.weights.length, tensors.length, part);
          sums.push(sum);
        }
        foldOf(part).add(sum, rest);
      },
      finish({ sums }, setting) {
        checkSetting(length, setting);
        return inTurn(
          sums.map((sum) => ({ part: sum.part, merge: (local) => foldOf(sum.part).finish(sum, local) })),
          setting,
        );
      },
    },
  };
}

interface Step {
  readonly part: Part | undefined;
  merge(setting: MergeSetting): Merged;
}

/** Each step merges its part of the result of the steps before. */
function inTurn(steps: readonly Step[], setting: MergeSetting): Merged {
  const { own, base } = setting;
  if (steps.length === 1 && steps[0].part === undefined) return steps[0].merge(setting);
  const start = own?.weights ?? base;
  if (start === undefined) {
    throw new Error(
      steps.length === 0
        ? 'there is nothing to merge: no model came in and there is no own one'
        : 'parts of models can be merged only into an own model or onto a base: neither is given',
    );
  }
  const into = setting.into ?? new Float32Array(start.length);
  if (into !== start) into.set(start);
  const ages = own?.age === undefined ? [] : [own.age];
  const counts: Record<string, number> = {};
  const figures: Record<string, number> = {};
  for (const step of steps) {
    const { part } = step;
    const take = (values: Float32Array) => (part === undefined ? values : takePart(values, part));
    const numbers = take(into);
    const merged = step.merge({
      ...setting,
      ...(own && { own: { ...own, weights: numbers } }),
      ...(base && { base: take(base) }),
      into: numbers,
    });
    if (part !== undefined) putPart(into, part, numbers);
    if (merged.age !== undefined) ages.push(merged.age);
    for (const [name, count] of Object.entries(merged.report.counts))
      counts[name] = (counts[name] ?? 0) + count;
    Object.assign(figures, merged.report.figures);
  }
  return { weights: into, ...(ages.length > 0 && { age: Math.max(...ages) }), report: { counts, figures } };
}

const emptySum = (length: number, tensors: number, part: Part | undefined): RunningSum => ({
  ...(part && { part }),
  values: new Float32Array(length),
  variances: new Float64Array(tensors),
  total: 0,
  count: 0,
});

function checkSetting(length: number, { own, base, into }: MergeSetting): void {
  if (own !== undefined) checkLength(length, own.weights, 'the own model');
  if (base !== undefined) checkLength(length, base, 'the base');
  if (into !== undefined) checkLength(length, into, 'the array for the result');
}

const checkModel = (length: number, { weights, part }: Received, what: string) => {
  checkLength(part === undefined ? length : partLength(part), weights, what);
};

function checkLength(expected: number, { length }: Float32Array, what: string): void {
  if (length === expected) return;
  throw new RangeError(`${what} has ${length} weights; this merge takes ${expected}`);
}
