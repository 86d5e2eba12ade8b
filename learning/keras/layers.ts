/** Keras's layers as ours, as far as we have them; a value that ours cannot have makes a layer foreign. */
import { z } from 'zod';
import { issuePath } from '../../registry/index.js';
import type { Activation } from '../layers/activation.js';
import type { Layer } from '../layers/index.js';
import { array, type Shape } from '../layers/shape.js';
import { describeLayer, type KerasLayerConfig } from './layer.js';

/** Our layers that do what one of Keras's does; else what it has that ours have not. */
export type Converted = readonly Layer[] | string;

const activation = z
  .enum(['linear', 'relu', 'tanh', 'sigmoid', 'gelu_new'])
  .default('linear')
  .transform((name): Activation => (name === 'linear' ? 'none' : name === 'gelu_new' ? 'gelu' : name));
/** What changes no output: names, and initial values, which are the default ones. */
const neutral = {
  name: z.string().optional(),
  ...Object.fromEntries(
    ['kernel', 'bias', 'recurrent', 'embeddings'].map((name) => [
      `${name}_initializer`,
      z.string().optional(),
    ]),
  ),
};
const withBias = { use_bias: z.literal(true).default(true) };
const channelsLast = { data_format: z.literal('channels_last').optional() };
const padding = z.enum(['valid', 'same']).default('valid');
/** A number for both axes, or two equal ones. */
const square = z
  .union([z.int().positive(), z.array(z.int().positive()).length(2)])
  .refine((sides) => typeof sides === 'number' || sides[0] === sides[1])
  .transform((sides) => (typeof sides === 'number' ? sides : sides[0]));

const dense = z.strictObject({ ...neutral, ...withBias, units: z.int(), activation });
const conv = z.strictObject({
  ...{ ...neutral, ...withBias, ...channelsLast },
  filters: z.int(),
  kernel_size: square,
  strides: square.default(1),
  dilation_rate: square.pipe(z.literal(1)).optional(),
  ...{ padding, activation },
});
const pool = z.strictObject({
  ...{ ...neutral, ...channelsLast, padding },
  pool_size: square.default(2),
  strides: square.optional(),
});
const globalPool = z.strictObject({ ...neutral, ...channelsLast });
const lstm = z.strictObject({
  ...{ ...neutral, ...withBias },
  units: z.int(),
  activation: z.literal('tanh').default('tanh'),
  recurrent_activation: z.literal('sigmoid').default('sigmoid'),
  return_sequences: z.boolean().default(false),
  go_backwards: z.literal(false).optional(),
});
const embedding = z.strictObject({
  ...neutral,
  input_dim: z.int().max(256),
  output_dim: z.int(),
  input_length: z.int().optional(),
  mask_zero: z.literal(false).optional(),
});

const isImage = (input: Shape) => input.kind === 'array' && input.extents.length === 3;

const poolOf =
  (of: 'max' | 'average') =>
  ({ pool_size: kernel, strides: stride, padding: pads }: z.output<typeof pool>, input: Shape): Converted =>
    isImage(input)
      ? [{ kind: 'pool', pooling: of, kernel, ...(stride !== undefined && { stride }), padding: pads }]
      : 'an input that is no image';
const globalPoolOf =
  (of: 'max' | 'average') =>
  (_: unknown, input: Shape): Converted =>
    isImage(input) ? [{ kind: 'global-pool', pooling: of }] : 'an input that is no image';
const activate = (curve: Activation): Converted =>
  curve === 'none' ? [] : [{ kind: 'activation', function: curve }];

/** Keras goes over the last axis: a dense layer of each position, which for images is a 1 × 1 convolution. */
function overLastAxis({ units, activation: ends }: z.output<typeof dense>, input: Shape): Converted {
  if (input.kind === 'sequence' || input.extents.length === 1) {
    return [{ kind: 'dense', units, activation: ends }];
  }
  if (!isImage(input)) return `an input of ${input.extents.length} axes`;
  return [{ kind: 'conv2d', filters: units, kernel: 1, stride: 1, padding: 'valid', activation: ends }];
}

type Convert = (config: KerasLayerConfig['config'], input: Shape) => Converted;

/** A converter that says which field ours has not where the layer is set as ours cannot be. */
const from =
  <Config>(schema: z.ZodType<Config>, convert: (config: Config, input: Shape) => Converted): Convert =>
  (config, input) => {
    const parsed = schema.safeParse(config);
    if (parsed.success) return convert(parsed.data, input);
    const [field] = issuePath(parsed.error.issues[0]).map(String);
    return config[field] === undefined ? `no ${field}` : `${field}: ${JSON.stringify(config[field])}`;
  };

const converters: Readonly<Partial<Record<string, Convert>>> = {
  InputLayer: () => [],
  Dense: from(dense, overLastAxis),
  Conv2D: from(conv, (config, input) =>
    isImage(input)
      ? [
          {
            kind: 'conv2d',
            filters: config.filters,
            kernel: config.kernel_size,
            stride: config.strides,
            padding: config.padding,
            activation: config.activation,
          },
        ]
      : 'an input that is no image',
  ),
  MaxPooling2D: from(pool, poolOf('max')),
  AveragePooling2D: from(pool, poolOf('average')),
  GlobalMaxPooling2D: from(globalPool, globalPoolOf('max')),
  GlobalAveragePooling2D: from(globalPool, globalPoolOf('average')),
  Dropout: from(z.strictObject({ ...neutral, rate: z.number() }), ({ rate }) => [{ kind: 'dropout', rate }]),
  Embedding: from(embedding, (config, input) => {
    const length = input.kind === 'array' && input.extents.length === 1 ? input.extents[0] : undefined;
    if (length === undefined) return 'an input that is no list of tokens';
    if (config.input_length !== undefined && config.input_length !== length)
      return 'another input_length than its input';
    return [{ kind: 'embedding', vocabulary: config.input_dim, width: config.output_dim }];
  }),
  LSTM: from(lstm, (config, input) =>
    input.kind === 'sequence'
      ? [{ kind: 'lstm', units: config.units, returns: config.return_sequences ? 'sequence' : 'last' }]
      : 'an input that comes from no Embedding',
  ),
  Flatten: from(z.strictObject({ ...neutral, ...channelsLast }), () => [{ kind: 'flatten' }]),
  Activation: from(z.strictObject({ ...neutral, activation }), (config) => activate(config.activation)),
  ReLU: from(z.strictObject(neutral), () => activate('relu')),
};

/** @param input what comes in, as our layers have it: an array of two axes as an image that is one column wide */
export function convertLayer(layer: KerasLayerConfig, input: Shape): Converted {
  const converted = converters[layer.className]?.(layer.config, input);
  if (typeof converted === 'object') return converted;
  return converted === undefined ? describeLayer(layer) : `${describeLayer(layer)} with ${converted}`;
}

/** Arrays of two axes have a column of their own, so that layers over the last axis see an image. */
export const ourInput = (extents: readonly number[]): Shape =>
  extents.length === 2 ? array(extents[0], 1, extents[1]) : array(...extents);
