/** Keras's layers as ours, as far as we have them. */
import { z } from 'zod';
import type { Activation } from '../layers/activation.js';
import type { Layer } from '../layers/index.js';
import type { KerasConfig } from './topology.js';

/** Our layers that do what one of Keras's does; none where it only looks on. */
export type Converted = readonly Layer[] | 'unknown';

const activation = z
  .enum(['linear', 'relu', 'tanh', 'sigmoid', 'gelu_new'])
  .default('linear')
  .transform((name): Activation => (name === 'linear' ? 'none' : name === 'gelu_new' ? 'gelu' : name));
const withBias = z.literal(true).default(true);
const channelsLast = z.literal('channels_last').nullish();
const padding = z.enum(['valid', 'same']).default('valid');
/** A number for both axes, or two equal ones. */
const square = z
  .union([z.int().positive(), z.array(z.int().positive()).length(2)])
  .refine((sides) => typeof sides === 'number' || sides[0] === sides[1])
  .transform((sides) => (typeof sides === 'number' ? sides : sides[0]));
const one = square.refine((side) => side === 1).optional();

const dense = z.object({ units: z.int().positive(), activation, use_bias: withBias });
const conv = z.object({
  filters: z.int().positive(),
  kernel_size: square,
  strides: square.default(1),
  padding,
  activation,
  use_bias: withBias,
  data_format: channelsLast,
  dilation_rate: one,
  groups: z.literal(1).optional(),
});
const pool = z.object({
  pool_size: square.default(2),
  strides: square.nullish(),
  padding,
  data_format: channelsLast,
});

const lstm = z.object({
  units: z.int().positive(),
  activation: z.literal('tanh').default('tanh'),
  recurrent_activation: z.literal('sigmoid'),
  return_sequences: z.boolean().default(false),
  use_bias: withBias,
  ...Object.fromEntries(
    ['return_state', 'go_backwards', 'stateful'].map((name) => [name, z.literal(false).nullish()]),
  ),
});
const embedding = z.object({
  input_dim: z.int().positive().max(256),
  output_dim: z.int().positive(),
  mask_zero: z.literal(false).nullish(),
});

const poolOf =
  (of: 'max' | 'average') =>
  (config: z.output<typeof pool>): Layer[] => [
    {
      kind: 'pool',
      of,
      kernel: config.pool_size,
      ...(config.strides && { stride: config.strides }),
      padding: config.padding,
    },
  ];
const activate = (curve: Activation): Layer[] => (curve === 'none' ? [] : [{ kind: 'activation', curve }]);

type Convert = (config: KerasConfig['config']) => Converted;

/** A converter that gives up where the layer is configured as ours cannot be. */
const from =
  <Config>(schema: z.ZodType<Config>, convert: (config: Config) => readonly Layer[]): Convert =>
  (config) => {
    const parsed = schema.safeParse(config);
    return parsed.success ? convert(parsed.data) : 'unknown';
  };
const anything = z.unknown();

const converters: Readonly<Partial<Record<string, Convert>>> = {
  InputLayer: from(anything, () => []),
  Dense: from(dense, (config) => [{ kind: 'dense', units: config.units, activation: config.activation }]),
  Conv2D: from(conv, (config) => [
    {
      kind: 'conv2d',
      filters: config.filters,
      kernel: config.kernel_size,
      stride: config.strides,
      padding: config.padding,
      activation: config.activation,
    },
  ]),
  MaxPooling2D: from(pool, poolOf('max')),
  AveragePooling2D: from(pool, poolOf('average')),
  GlobalMaxPooling2D: from(z.object({ data_format: channelsLast }), () => [
    { kind: 'global-pool', of: 'max' },
  ]),
  GlobalAveragePooling2D: from(z.object({ data_format: channelsLast }), () => [
    { kind: 'global-pool', of: 'average' },
  ]),
  Dropout: from(
    z.object({ rate: z.number().min(0).lt(1), noise_shape: z.null().optional(), seed: z.null().optional() }),
    ({ rate }) => [{ kind: 'dropout', rate }],
  ),
  Embedding: from(embedding, (config) => [
    { kind: 'embedding', vocabulary: config.input_dim, width: config.output_dim },
  ]),
  LSTM: from(lstm, (config) => [
    { kind: 'lstm', units: config.units, returns: config.return_sequences ? 'sequence' : 'last' },
  ]),
  Flatten: from(z.object({ data_format: channelsLast }), () => [{ kind: 'flatten' }]),
  Activation: from(z.object({ activation }), (config) => activate(config.activation)),
  ReLU: from(z.object({ max_value: z.null().optional(), threshold: z.literal(0).optional() }), () =>
    activate('relu'),
  ),
};

export const convertLayer = ({ class_name: name, config }: KerasConfig): Converted =>
  converters[name]?.(config) ?? 'unknown';
