/** The named models that a recipe can ask for. */
import { z } from 'zod';
import { define, filePath, Registry } from '../registry/index.js';
import type { Activation } from './layers/activation.js';
import { kerasModel } from './keras/model.js';
import { layerSchema, type InnerLayer, type Layer } from './layers/index.js';
import type { ModelContext } from './model-context.js';
import type { ModelSpec } from './model.js';

const dense = (units: number, activation: Activation): InnerLayer => ({ kind: 'dense', units, activation });

/** Fully connected ReLU layers of the given widths, then one logit a class. */
const perceptron = ({ input, classes }: ModelContext, hidden: readonly number[]): ModelSpec => ({
  input,
  layers: [...hidden.map((units) => dense(units, 'relu')), dense(classes, 'none')],
});

const conv = (filters: number, padding: 'same' | 'valid' = 'same', kernel = 5): InnerLayer => ({
  ...{ kind: 'conv2d', filters, kernel, stride: 1, padding, activation: 'relu' },
});
const pool: Layer = { kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' };

const relu: InnerLayer = { kind: 'activation', function: 'relu' };
const convolution = (filters: number, stride = 1, kernel = 3): InnerLayer => ({
  ...{ kind: 'conv2d', filters, kernel, stride, padding: 'same', activation: 'none' },
});

/** He et al. 2016, section 4.2: three stages of blocks with 16, 32 and 64 filters; norms are group norms. */
function resnet({ input, classes }: ModelContext, blocks: number, groups: number): ModelSpec {
  const norm: InnerLayer = { kind: 'group-norm', groups };
  const block = (filters: number, stride: number, changes: boolean): Layer[] => [
    {
      kind: 'residual',
      layers: [convolution(filters, stride), norm, relu, convolution(filters), norm],
      ...(changes && { shortcut: [convolution(filters, stride, 1), norm] }),
    },
    relu,
  ];
  const stage = (filters: number, stride: number) =>
    Array.from({ length: blocks }, (_, i) =>
      block(filters, i === 0 ? stride : 1, i === 0 && stride > 1),
    ).flat();
  return {
    input,
    layers: [
      ...[convolution(16), norm, relu],
      ...[...stage(16, 1), ...stage(32, 2), ...stage(64, 2)],
      { kind: 'global-pool', pooling: 'average' },
      dense(classes, 'none'),
    ],
  };
}

const groupsOption = {
  groups: z
    .literal([1, 2, 4, 8, 16])
    .default(2)
    .describe('into how many groups each group norm divides its channels'),
};

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
  define({
    kind: 'cnn',
    summary:
      'The CNN of McMahan et al. 2017: two 5 × 5 convolutions of 32 and 64 filters, each pooled, and 512 ReLU units (1,663,370 weights on MNIST).',
    options: {},
    create: (_, { input, classes }: ModelContext) => ({
      input,
      layers: [conv(32), pool, conv(64), pool, dense(512, 'relu'), dense(classes, 'none')],
    }),
  }),
  define({
    kind: 'lenet5',
    summary:
      'LeNet-5 as it is used today: 5 × 5 convolutions of 6 (padded) and 16 filters, each pooled, then 120 and 84 ReLU units (61,706 weights on MNIST).',
    options: {},
    create: (_, { input, classes }: ModelContext) => ({
      input,
      layers: [
        ...[conv(6), pool, conv(16, 'valid'), pool],
        ...[dense(120, 'relu'), dense(84, 'relu'), dense(classes, 'none')],
      ],
    }),
  }),
  define({
    kind: 'keras',
    summary:
      'The network of a model.json of Keras or TensorFlow.js; its weights are drawn anew. What layers we lack needs engine: tfjs.',
    options: {
      file: filePath().describe('the model.json, which may end with a softmax'),
    },
    create: ({ file }, context: ModelContext) => kerasModel(file, context),
  }),
  define({
    kind: 'char-lstm',
    summary:
      'The character LSTM of McMahan et al. 2017 and LEAF: an embedding of 8 and two LSTM layers of 256 units, on windows of text.',
    options: {
      embedding: z.int().positive().default(8).describe("the width of a token's vector"),
      units: z.int().positive().default(256).describe('units of each LSTM layer'),
      depth: z.int().positive().default(2).describe('how many LSTM layers stand on each other'),
      predict: z
        .enum(['every', 'last'])
        .default('every')
        .describe(
          'each token of a window from those before it, or only the one after the window, as LEAF does',
        ),
    },
    create: ({ embedding, units, depth, predict }, { input, classes }: ModelContext) => ({
      input,
      layers: [
        { kind: 'embedding', vocabulary: classes, width: embedding },
        ...Array.from({ length: depth }, (_, i): Layer => {
          const returns = predict === 'last' && i === depth - 1 ? 'last' : 'sequence';
          return { kind: 'lstm', units, returns };
        }),
        dense(classes, 'none'),
      ],
    }),
  }),
  define({
    kind: 'resnet8',
    summary: 'ResNet-8: three residual blocks of 16, 32 and 64 filters, with group norms.',
    options: groupsOption,
    create: ({ groups }, context: ModelContext) => resnet(context, 1, groups),
  }),
  define({
    kind: 'resnet20',
    summary: 'ResNet-20 of He et al. 2016 for CIFAR: nine residual blocks, with group norms.',
    options: groupsOption,
    create: ({ groups }, context: ModelContext) => resnet(context, 3, groups),
  }),
  define({
    kind: 'vgg9',
    summary:
      'VGG-9 as in FedMA (Wang et al. 2020): six 3 × 3 convolutions of 32 to 256 filters and two layers of 512 ReLU units.',
    options: {},
    create: (_, { input, classes }: ModelContext) => {
      const of = (filters: number) => conv(filters, 'same', 3);
      return {
        input,
        layers: [
          ...[of(32), of(64), pool, of(128), of(128), pool, of(256), of(256), pool],
          ...[dense(512, 'relu'), dense(512, 'relu'), dense(classes, 'none')],
        ],
      };
    },
  }),
  define({
    kind: 'char-transformer',
    summary: 'A decoder of characters: causal attention and GELU layers behind layer norms (as in GPT-2).',
    options: {
      width: z
        .int()
        .positive()
        .default(64)
        .describe("the width of a token's vector; heads take multiples of 8"),
      heads: z.int().positive().default(4).describe('heads of each attention'),
      depth: z.int().positive().default(2).describe('how many blocks stand on each other'),
      dropout: z.number().min(0).lt(1).default(0).describe('the rate at which values are dropped in blocks'),
    },
    create: ({ width, heads, depth, dropout }, { input, classes }: ModelContext) => {
      const drop: InnerLayer[] = dropout > 0 ? [{ kind: 'dropout', rate: dropout }] : [];
      const norm: InnerLayer = { kind: 'layer-norm' };
      const attend: Layer = { kind: 'residual', layers: [norm, { kind: 'attention', heads }, ...drop] };
      const think: Layer = {
        kind: 'residual',
        layers: [norm, dense(4 * width, 'gelu'), dense(width, 'none'), ...drop],
      };
      return {
        input,
        layers: [
          { kind: 'embedding', vocabulary: classes, width },
          { kind: 'positional' },
          ...Array.from({ length: depth }, () => [attend, think]).flat(),
          norm,
          dense(classes, 'none'),
        ],
      };
    },
  }),
  define({
    kind: 'layers',
    summary: 'A network of your own: a list of layers.',
    options: {
      layers: z.array(layerSchema).min(1).describe('First to last; the last gives one logit a class.'),
    },
    create: ({ layers }, { input }: ModelContext) => ({ input, layers }),
  }),
]);
