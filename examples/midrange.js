/** A plugin: a merge rule that takes the middle between the least and the largest of each weight. */
import { define, mergeRule } from 'murmuration-fl';

const midrange = ({ own, received, into }) => {
  const models = [...(own ? [own] : []), ...received].map(({ weights }) => weights);
  const weights = into ?? new Float32Array(models[0].length);
  for (let i = 0; i < weights.length; i++) {
    const values = models.map((model) => model[i]);
    weights[i] = (Math.min(...values) + Math.max(...values)) / 2;
  }
  return { weights, report: { counts: {}, figures: {} } };
};

export const mergeRules = [
  define({
    kind: 'midrange',
    summary: 'The middle between the least and the largest of each weight.',
    options: {},
    // mergeRule lets a rule for whole models merge messages that carry parts of them.
    create: (options, context) => mergeRule(context, () => ({ merge: midrange })),
  }),
];
