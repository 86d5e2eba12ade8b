/** The named models that a recipe can ask for. */
import { z } from 'zod';
import { define, Registry } from '../registry/index.js';
import type { Activation } from './layers/activation.js';
import type { Layer } from './layers/index.js';
import type { ModelSpec } from './model.js';

/** What a model must fit: the shape of one input and the number of classes. */
export interface ModelContext {
  readonly input: readonly number[];
  readonly classes: number;
}

const dense = (units: number, activation: Activation): Layer => ({ kind: 'dense', units, activation });

/** Fully connected ReLU layers of the given widths, then one logit a class. */
const perceptron = ({ input, classes }: ModelContext, hidden: readonly number[]): ModelSpec => ({
  input,
  layers: [...hidden.map((units) => dense(units, 'relu')), dense(classes, 'none')],
});

export const models = new Registry<ModelContext, ModelSpec>('model', [
  define({
    kind: 'logistic',
    summary: 'Multinomial logistic regression: one dense layer.',
    options: {},
    create: (_, context: ModelContext) => perceptron(context, []),
  }),
  define({
    kind: '2nn',
    summary:
      'The 2NN of McMahan et al. 2017: two hidden layers of 200 ReLU units (199,210 weights on MNIST).',
    options: {},
    create: (_, context: ModelContext) => perceptron(context, [200, 200]),
  }),
  define({
    kind: 'mlp',
    summary: 'A perceptron with ReLU layers of your own widths.',
    options: {
      hidden: z.array(z.int().positive()).describe('Widths of the hidden layers, first to last.'),
    },
    create: ({ hidden }, context: ModelContext) => perceptron(context, hidden),
  }),
]);
