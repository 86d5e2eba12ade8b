/**
 * Keras's kinds of layers that can be read, each with every field that it may have. What is in neither list is refused by
 * name. All of them run on TensorFlow.js, the engine that takes what ours has not.
 */
import { z } from 'zod';
import {
  activation,
  activityRegularizer,
  biased,
  channels,
  common,
  inputFields,
  movingStatistics,
  perAxis,
  speed,
  tensors,
  unused,
  type Fields,
} from './fields.js';

const count = z.int().positive();
const flag = z.boolean().optional();
const axis = z.int().optional();
const never = (what: string) => unused(`${what} is not read`, false);

const kernel: Fields = {
  ...{ ...tensors.kernel, ...tensors.bias, ...biased },
  ...{ activity_regularizer: activityRegularizer, activation: activation.optional() },
};

const windows: Fields = {
  kernel_size: perAxis,
  strides: perAxis.optional(),
  padding: z.enum(['valid', 'same']).optional(),
  dilation_rate: perAxis.optional(),
  ...channels,
};
const groups = unused('channels are convolved together', 1);
const convolution: Fields = { ...windows, ...kernel, filters: count, groups };
const causal: Fields = { padding: z.enum(['valid', 'same', 'causal']).optional() };
/** TensorFlow.js refuses any other. */
const noDilation = z
  .union([z.literal(1), z.array(z.literal(1))], { error: 'write 1: it cannot be dilated' })
  .optional();
const transposed: Fields = {
  ...convolution,
  dilation_rate: noDilation,
  output_padding: unused('it is not read'),
};

const pool: Fields = {
  pool_size: perAxis.optional(),
  strides: perAxis.nullish(),
  padding: z.enum(['valid', 'same']).optional(),
  ...channels,
};
/** TensorFlow.js pools sequences without asking for the order of their axes. */
const ordered: Fields = { data_format: unused('channels come last', 'channels_last') };
const globalPool: Fields = { ...channels, keepdims: never('keepdims') };

const recurrent: Fields = {
  ...{ ...kernel, ...tensors.recurrent, units: count },
  return_sequences: flag,
  return_state: never('a second output'),
  go_backwards: flag,
  stateful: never('a state that outlives its batch'),
  ...{ unroll: speed, implementation: speed },
  time_major: never('time_major'),
  zero_output_for_mask: never('zero_output_for_mask'),
  dropout: unused('recurrent layers cannot drop values; take a Dropout layer before it', 0),
  recurrent_dropout: unused('recurrent layers cannot drop values', 0),
  seed: unused("draws follow the recipe's seed"),
};
const gated: Fields = { ...recurrent, recurrent_activation: activation.optional() };

const norm: Fields = {
  ...{ ...tensors.gamma, ...tensors.beta },
  axis: z.union([z.int(), z.tuple([z.int()]).transform(([only]) => only)]).optional(),
  epsilon: z.number().positive().optional(),
  ...{ center: flag, scale: flag },
};

/** A box around an image's rows and columns. */
const box = z
  .union([count, z.array(z.union([z.int().min(0), z.tuple([z.int().min(0), z.int().min(0)])])).length(2)])
  .optional();

const merge: Fields = {};

/** Of a layer within another. */
const inner = z.looseObject({ class_name: z.string(), config: z.record(z.string(), z.unknown()) });

const fields: Readonly<Record<string, Fields>> = {
  Dense: { ...kernel, units: count, quantization_config: unused('weights are float32') },
  Activation: { activation },
  Dropout: {
    rate: z.number().min(0).lt(1),
    noise_shape: unused('each value is dropped by itself'),
    seed: unused("draws follow the recipe's seed"),
  },
  Flatten: channels,
  Reshape: { target_shape: z.array(count) },
  Permute: { dims: z.array(count) },
  RepeatVector: { n: count },
  Masking: { mask_value: z.number().optional() },
  Embedding: {
    ...{ ...tensors.embeddings, activity_regularizer: activityRegularizer },
    ...{ input_dim: count, output_dim: count, mask_zero: flag },
    input_length: z.union([count, z.tuple([count]).transform(([length]) => length)]).nullish(),
    ...{ quantization_config: unused('weights are float32'), sparse: never('a sparse gradient') },
  },
  Conv1D: { ...convolution, ...causal },
  Conv2D: convolution,
  Conv3D: convolution,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
  SeparableConv2D: {
    ...{ ...windows, ...kernel, ...tensors.depthwise, ...tensors.pointwise },
    ...{ filters: count, depth_multiplier: count.optional(), groups },
  },
  DepthwiseConv2D: {
    ...{ ...windows, ...kernel, ...tensors.depthwise },
    ...{ depth_multiplier: count.optional(), filters: unused('it has none'), groups },
  },
  Cropping2D: { cropping: box, ...channels },
  ZeroPadding2D: { padding: box, ...channels },
  UpSampling2D: {
    size: perAxis.optional(),
    interpolation: z.enum(['nearest', 'bilinear']).optional(),
    ...channels,
  },
  MaxPooling1D: { ...pool, ...ordered },
  MaxPooling2D: pool,
  MaxPooling3D: pool,
  AveragePooling1D: { ...pool, ...ordered },
  AveragePooling2D: pool,
  AveragePooling3D: pool,
  GlobalMaxPooling1D: { ...globalPool, ...ordered },
  GlobalMaxPooling2D: globalPool,
  GlobalAveragePooling1D: { ...globalPool, ...ordered },
  GlobalAveragePooling2D: globalPool,
  BatchNormalization: {
    ...{ ...norm, ...movingStatistics, momentum: z.number().min(0).max(1).optional() },
    synchronized: never('statistics of several devices'),
    renorm: never('renormalisation'),
    renorm_clipping: unused('renormalisation is not read'),
    renorm_momentum: unused('renormalisation is not read', 0.99),
    virtual_batch_size: unused('batches are not divided'),
  },
  LayerNormalization: { ...norm, rms_scaling: never('rms_scaling') },
  ReLU: {
    max_value: z.number().nullish(),
    negative_slope: unused('take LeakyReLU', 0),
    threshold: unused('take ThresholdedReLU', 0),
  },
  LeakyReLU: { alpha: z.number().optional(), negative_slope: z.number().optional() },
  PReLU: { ...tensors.alpha, shared_axes: z.array(count).nullish() },
  ELU: { alpha: z.number().optional() },
  ThresholdedReLU: { theta: z.number().optional() },
  Softmax: { axis },
  Add: merge,
  Multiply: merge,
  Average: merge,
  Maximum: merge,
  Minimum: merge,
  Concatenate: { axis },
  Dot: { axes: z.union([z.int(), z.array(z.int())]), normalize: flag },
  SimpleRNN: recurrent,
  GRU: { ...gated, reset_after: never('reset_after') },
  LSTM: { ...gated, unit_forget_bias: unused('forget gates begin with a bias of 1', true) },
  Bidirectional: {
    merge_mode: z.enum(['sum', 'mul', 'concat', 'ave']).optional(),
    layer: inner,
    backward_layer: inner.nullish(),
  },
  TimeDistributed: {
    layer: inner.refine((layer) => layer.class_name !== 'Dropout', 'take Dropout by itself'),
  },
  Rescaling: { scale: z.number(), offset: z.number().optional() },
};

export const kinds: ReadonlyMap<string, z.ZodObject> = new Map(
  [
    ['InputLayer', z.strictObject(inputFields)] as const,
    ...Object.entries(fields).map(([name, own]) => [name, z.strictObject({ ...common, ...own })] as const),
  ].map(([name, schema]): [string, z.ZodObject] => [name, schema]),
);

/** Kinds that would draw at random in TensorFlow.js, where a recipe's seed has no say. */
export const randomKinds: ReadonlySet<string> = new Set([
  ...[
    'AlphaDropout',
    'GaussianDropout',
    'GaussianNoise',
    'SpatialDropout1D',
    'SpatialDropout2D',
    'RandomWidth',
  ],
]);
