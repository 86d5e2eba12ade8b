/**
 * Fields that Keras's layers share, as Keras 2, Keras 3 and TensorFlow.js write them. Every value is read or refused: a
 * value that no engine here follows (a regularizer, `trainable: false`) is an error that names the field.
 */
import { z } from 'zod';

const only = (value: unknown, why: string) => `write ${JSON.stringify(value)}: ${why}`;

/** A field that has to be absent, or null, or what Keras writes where it is not used. */
export const unused = (why: string, ...values: (string | number | boolean)[]) =>
  z
    .unknown()
    .refine((value) => value === undefined || value === null || values.some((own) => own === value), {
      error: only(values.at(0) ?? null, why),
    })
    .transform(() => undefined)
    .optional();

const record = z.record(z.string(), z.unknown());
const isRecord = (value: unknown): value is Record<string, unknown> => record.safeParse(value).success;

/** What Keras makes of an object: its class and its settings. */
function objectOf(
  value: unknown,
): { readonly className: string; readonly config: Record<string, unknown> } | undefined {
  if (typeof value === 'string') return { className: pascalCase(value), config: {} };
  if (!isRecord(value) || typeof value['class_name'] !== 'string') return undefined;
  const { class_name: className, config, registered_name: registered = null, module, ...rest } = value;
  if (registered !== null || Object.keys(rest).length > 0) return undefined;
  if (module !== undefined && typeof module !== 'string') return undefined;
  if (config !== undefined && !isRecord(config)) return undefined;
  return { className, config: config ?? {} };
}

/** glorot_uniform → GlorotUniform */
const pascalCase = (name: string) =>
  name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Settings that initializers may have, each with the only values that are read. */
const glorot = [
  { name: 'GlorotUniform', config: { seed: [null], input_axes: [null], output_axes: [null] } },
  {
    name: 'VarianceScaling',
    config: { scale: [1], mode: ['fan_avg', 'fanAvg'], distribution: ['uniform', 'normal'], seed: [null] },
  },
] as const;
type Known = { readonly name: string; readonly config: Readonly<Record<string, readonly unknown[]>> };

/** Weights are drawn here (layers/kind.ts): only the initializers that Keras or TensorFlow.js takes by itself are read. */
const initializer = (...known: readonly Known[]) =>
  z
    .unknown()
    .refine(
      (value) => {
        if (value === undefined || value === null) return true;
        const own = objectOf(value);
        return known.some(
          ({ name, config }) =>
            own?.className === name &&
            Object.entries(own.config).every(
              ([field, set]) => field in config && config[field].includes(set),
            ),
        );
      },
      {
        error: `take ${known[0].name} with its defaults: weights are drawn that way here, or read from init.file`,
      },
    )
    // TensorFlow.js draws weights too, for nothing: zeros are quickest.
    .transform(() => 'zeros')
    .optional();

const zeros = initializer({ name: 'Zeros', config: {} });
const ones = initializer({ name: 'Ones', config: {} });
const kernelInitializer = initializer(...glorot);
const orthogonal = initializer(
  { name: 'Orthogonal', config: { gain: [1], seed: [null] } },
  { name: 'OrthogonalInitializer', config: { gain: [1], seed: [null] } },
);
const embedding = initializer({
  name: 'RandomUniform',
  config: { minval: [-0.05], maxval: [0.05], seed: [null] },
});

const regularizer = unused("regularizers are not read; an optimizer's weightDecay decays weights");
const constraint = unused('constraints are not read');
export const activityRegularizer = unused('regularizers are not read');

export type Fields = Readonly<Record<string, z.ZodType>>;

/** The initializer, regularizer and constraint of one of a layer's tensors. */
const tensor = (name: string, initial: z.ZodType): Fields => ({
  [`${name}_initializer`]: initial,
  [`${name}_regularizer`]: regularizer,
  [`${name}_constraint`]: constraint,
});

export const tensors = {
  kernel: tensor('kernel', kernelInitializer),
  depthwise: tensor('depthwise', kernelInitializer),
  pointwise: tensor('pointwise', kernelInitializer),
  recurrent: tensor('recurrent', orthogonal),
  bias: tensor('bias', zeros),
  embeddings: tensor('embeddings', embedding),
  alpha: tensor('alpha', zeros),
  gamma: tensor('gamma', ones),
  beta: tensor('beta', zeros),
};
export const movingStatistics = { moving_mean_initializer: zeros, moving_variance_initializer: ones };

/** Numbers are float32, tokens may be whole. */
const dtype = (...names: readonly string[]) =>
  z
    .unknown()
    .refine(
      (value) => {
        const name = typeof value === 'string' ? value : objectOf(value)?.config['name'];
        return value === undefined || value === null || names.some((own) => own === name);
      },
      { error: only('float32', 'engines compute in float32') },
    )
    .transform(() => undefined)
    .optional();

const extents = z.array(z.int().positive().nullable());
export const shape = extents.optional();

/** What every layer may have. */
export const common = {
  name: z.string().optional(),
  trainable: unused('every weight is trained', true),
  dtype: dtype('float32'),
  batch_input_shape: shape,
};
export const inputFields = {
  name: common.name,
  trainable: common.trainable,
  dtype: dtype('float32', 'int32'),
  batch_input_shape: shape,
  batch_shape: shape,
  sparse: unused('inputs are dense', false),
  ragged: unused('inputs are dense', false),
  optional: unused('every example has its input', false),
};

const activations = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hard_sigmoid', 'tanh', 'softmax', 'log_softmax'],
  ...['softplus', 'softsign', 'swish', 'silu', 'gelu', 'gelu_new', 'mish'],
];
/** By Keras's names; TensorFlow.js knows silu as swish. */
export const activation = z
  .string()
  .refine((name) => activations.includes(name), { error: `take one of ${activations.join(', ')}` })
  .transform((name) => (name === 'silu' ? 'swish' : name));

export const biased = { use_bias: z.boolean().default(true) };
export const channels = { data_format: z.enum(['channels_last', 'channels_first']).nullish() };

const count = z.int().positive();
/** A number for each axis, or one for all. */
export const perAxis = z.union([count, z.array(count).min(1)], {
  error: 'write a whole number, or one for each axis',
});

/** A choice that changes how fast a layer is computed, not what. */
export const speed = z
  .unknown()
  .transform(() => undefined)
  .optional();
