/** Every field of every kind of layer that Keras 3.15, Keras 2 and TensorFlow.js write: read, or refused by its name. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { convertLayer } from '../../../learning/keras/layers.js';
import { readLayer, type KerasLayerConfig } from '../../../learning/keras/layer.js';
import { kinds } from '../../../learning/keras/kinds.js';
import { array, sequence } from '../../../learning/layers/shape.js';
import { camelCased } from '../../../learning/host/tfjs/layers/keras.js';

interface Written {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const linesOf = (name: string) =>
  readFileSync(`test/learning/keras/${name}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Written);

/** TensorFlow.js's own layers, as its model.save writes them. */
function byTensorFlow(): Written[] {
  const { layers } = tfl;
  const all = [
    layers.dense({ units: 3, inputShape: [8] }),
    layers.conv1d({ filters: 2, kernelSize: 3 }),
    layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }),
    layers.separableConv2d({ filters: 2, kernelSize: 3 }),
    layers.depthwiseConv2d({ kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.averagePooling2d({ poolSize: 2 }),
    layers.globalAveragePooling2d({}),
    layers.dropout({ rate: 0.5 }),
    layers.embedding({ inputDim: 20, outputDim: 3, inputLength: 9 }),
    layers.lstm({ units: 3 }),
    layers.gru({ units: 3 }),
    layers.simpleRNN({ units: 3 }),
    layers.batchNormalization({}),
    layers.layerNormalization({}),
    layers.reLU(),
    layers.leakyReLU(),
    layers.thresholdedReLU(),
    layers.prelu(),
    layers.elu(),
    layers.softmax(),
    layers.flatten(),
    layers.reshape({ targetShape: [2, 4] }),
    layers.activation({ activation: 'relu' }),
    layers.bidirectional({ layer: layers.lstm({ units: 3 }), mergeMode: 'concat' }),
    layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
  ];
  return all.map((layer) => ({
    class_name: layer.getClassName(),
    config: snakeCased(layer.getConfig()) as Record<string, unknown>,
  }));
}

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) {
    return value === 'channelsLast' ? 'channels_last' : value === 'hardSigmoid' ? 'hard_sigmoid' : value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, own]) => own !== undefined)
      .map(([key, own]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), snakeCased(own)]),
  );
}

/** Kinds whose fields, as Keras writes them, nothing here follows. */
const unlike: Readonly<Record<string, string>> = { GRU: 'reset_after' };
const read = ({ class_name: name, config, ...rest }: Written, more: Readonly<Record<string, unknown>> = {}) =>
  readLayer({
    class_name: name,
    config: { ...config, ...(name in unlike && { [unlike[name]]: false }), ...more },
    ...rest,
  });

/** Values that a field might have instead. */
function alternatives(value: unknown): readonly unknown[] {
  const strange = [{ class_name: 'L2', config: { l2: 0.01 } }, 'strange', [7, 9]];
  if (typeof value === 'boolean') return [!value, ...strange];
  if (typeof value === 'number') return [value + 1, value + 0.25, -1, ...strange];
  if (typeof value === 'string')
    return [...['same', 'relu', 'tanh', 'channels_first', 'mul', 'bilinear'], ...strange];
  if (Array.isArray(value))
    return [value.map((own) => (own === null ? null : Number(own) + 1)), 5, ...strange];
  if (value === null) return [true, 1, 5, ...strange];
  return ['HeNormal', { class_name: 'RandomNormal', config: {} }, ...strange];
}

/** What changes no result. */
const withoutEffect = new Set(['unroll', 'implementation']);
/** Said of a layer, and not set in it. */
const said = new Set(['name', 'batch_shape', 'batch_input_shape']);

const inputs = [array(8), array(8, 8, 2), array(9), sequence(9, 3)];
const ours = (layer: KerasLayerConfig) => JSON.stringify(inputs.map((input) => convertLayer(layer, input)));

const REFUSED = 'refused';

/** What TensorFlow.js's own layer is set to. */
function setting({ className, config }: KerasLayerConfig, field: string): unknown {
  const [made, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className];
  try {
    const layer = fromConfig(made, camelCased(config) as tf.serialization.ConfigDict);
    const snake = snakeCased(layer.getConfig()) as Record<string, unknown>;
    return (
      snake[field] ??
      Reflect.get(
        layer,
        field.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      )
    );
  } catch {
    return REFUSED;
  }
}
/** A number for each axis is one number where all are equal. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return camelCased(value);
  const each = value.map(plain);
  return each.every((own) => own === each[0]) ? each[0] : each;
}

describe('the fields of a Keras layer', () => {
  const writers = {
    'Keras 3.15': linesOf('keras-3-layers'),
    'Keras 2': linesOf('keras-2-layers'),
    'TensorFlow.js': byTensorFlow(),
  };

  for (const [writer, layers] of Object.entries(writers)) {
    for (const written of layers) {
      const { class_name: className, config } = written;
      const standard = () => read(written);

      it(`of ${writer}'s ${className} are known, and no others`, () => {
        expect(standard().className).to.equal(className);
        const { name } = standard();
        const at = name === '' ? className : `${className} '${name}'`;
        expect(() => read(written, { strange_field: 1 })).to.throw(
          RangeError,
          `${at}: strange_field: 1 is not known`,
        );
        expect(() => read(written, { strange: null })).to.throw(
          RangeError,
          `${at}: strange: null is not known`,
        );
        expect(() => readLayer({ ...written, strange: 1 })).to.throw(RangeError, 'strange');
      });

      it(`of ${writer}'s ${className} are read, or refused by name`, () => {
        const before = standard();
        for (const [field, value] of Object.entries(config)) {
          if (said.has(field) || unlike[className] === field) continue;
          for (const other of alternatives(value)) {
            if (JSON.stringify(other) === JSON.stringify(value)) continue;
            let after: KerasLayerConfig;
            try {
              after = read(written, { [field]: other });
            } catch (error) {
              expect(error).to.be.instanceOf(RangeError);
              expect(String(error)).to.match(new RegExp(`${field}: `));
              continue;
            }
            if (withoutEffect.has(field)) continue;
            const what = `${className}.${field}: ${JSON.stringify(other)}`;
            expect(JSON.stringify(after.config), what).to.not.equal(JSON.stringify(before.config));
            if (className === 'InputLayer') continue;
            if (ours(after).includes('{') && ours(before).includes('{'))
              expect(ours(after), what).to.not.equal(ours(before));
            const key = className === 'LeakyReLU' ? 'alpha' : field;
            if (typeof after.config[key] === 'object' && !Array.isArray(after.config[key])) continue;
            const set = setting(after, key);
            if (set !== REFUSED) expect(plain(snakeCased(set)), what).to.deep.equal(plain(after.config[key]));
          }
        }
      });
    }
  }

  it('cover all kinds that are read', () => {
    const covered = new Set(
      Object.values(writers).flatMap((layers) => layers.map((layer) => layer.class_name)),
    );
    expect([...covered]).to.have.members([...kinds.keys()]);
  });

  it('belong to the kinds that docs/keras.md lists', () => {
    const page = readFileSync('docs/keras.md', 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.includes('---'));
    const listed = rows.flatMap((row) => row.match(/\b[A-Z][A-Za-z]+[A-Z\d]?\w*\b/g) ?? []);
    for (const kind of kinds.keys()) expect(listed, kind).to.include(kind);
  });
});
