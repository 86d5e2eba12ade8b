/** Every kind of layer against TensorFlow.js and against finite differences. */
import { expect } from 'chai';
import {
  buildModel,
  classesOf,
  view,
  wasmEngine,
  type InnerLayer,
  type Layer,
  type Model,
} from '../../../learning/index.js';
import { sha256, stream } from '../../../numerics/index.js';
import { crossEntropy } from '../../../learning/objective.js';
import { Memory } from '../../../learning/wasm/memory.js';
import { train } from '../../../learning/wasm/train.js';
import { randomExamples, randomWeights, request } from './cases.js';
import { tensorflow } from './tensorflow.js';

const engine = wasmEngine();
const dense = (units: number): InnerLayer => ({ kind: 'dense', units, activation: 'none' });
const conv = (filters: number, kernel: number, changes: object = {}): InnerLayer => ({
  ...{ kind: 'conv2d', filters, kernel, stride: 1, padding: 'valid', activation: 'relu' },
  ...changes,
});
const pool = (changes: object = {}): InnerLayer => ({
  ...{ kind: 'pool', pooling: 'max', kernel: 2, padding: 'valid' },
  ...changes,
});

interface Case {
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
  /** Where inputs are tokens, how many there are. */
  readonly tokens?: number;
  /** Whether passes forward differ while training. */
  readonly differs?: boolean;
}

/** Examples that fit a case. */
function examplesOf({ input, tokens }: Case, model: Model, count: number, kind: object = {}) {
  const inputs = input.reduce((a, b) => a * b, 1);
  return randomExamples(count, inputs, classesOf(model), 7, tokens === undefined ? kind : { tokens });
}

const embedding = (vocabulary: number, width: number): InnerLayer => ({
  kind: 'embedding',
  vocabulary,
  width,
});
const lstm = (units: number, returns: 'last' | 'sequence'): InnerLayer => ({ kind: 'lstm', units, returns });

const same = { padding: 'same' };
const cases: Record<string, Case> = {
  'convolution of one channel': { input: [7, 6, 1], layers: [conv(5, 3), dense(3)] },
  'convolution of three channels, padded': { input: [6, 7, 3], layers: [conv(9, 5, same), dense(3)] },
  'convolution that steps': { input: [9, 8, 2], layers: [conv(8, 3, { stride: 2 }), dense(3)] },
  'convolution that steps, padded': {
    input: [9, 8, 2],
    layers: [conv(6, 3, { ...same, stride: 2 }), conv(4, 3, { ...same, stride: 2 }), dense(3)],
  },
  'convolutions of many channels': {
    input: [6, 6, 1],
    layers: [conv(16, 3), conv(24, 3, same), conv(8, 1), dense(4)],
  },
  'convolutions of odd channels': {
    input: [8, 8, 1],
    layers: [conv(6, 3, same), pool(), conv(11, 3, same), pool(), dense(4)],
  },
  'convolution of large kernels': { input: [12, 12, 5], layers: [conv(13, 7), conv(3, 4), dense(3)] },
  'linear convolutions': {
    input: [6, 6, 2],
    layers: [conv(5, 3, { activation: 'none' }), conv(4, 2, { activation: 'tanh' }), dense(3)],
  },
  'pooling without convolution': { input: [6, 6, 3], layers: [pool(), dense(3)] },
  'pooling that leaves a rest': { input: [7, 9, 2], layers: [conv(5, 2, same), pool(), dense(3)] },
  'pooling, padded': { input: [7, 5, 2], layers: [conv(5, 2, same), pool(same), dense(3)] },
  'pooling that overlaps': {
    input: [7, 8, 2],
    layers: [conv(5, 2, same), pool({ kernel: 3, stride: 2 }), dense(3)],
  },
  'pooling that overlaps, padded': {
    input: [7, 8, 2],
    layers: [conv(5, 2, same), pool({ kernel: 3, stride: 2, ...same }), dense(3)],
  },
  'average pooling': {
    input: [7, 8, 2],
    layers: [conv(5, 2, same), pool({ pooling: 'average' }), dense(3)],
  },
  'average pooling, padded': {
    input: [7, 8, 2],
    layers: [conv(5, 2, same), pool({ pooling: 'average', kernel: 3, stride: 2, ...same }), dense(3)],
  },
  'global average': {
    input: [5, 6, 2],
    layers: [conv(9, 3), { kind: 'global-pool', pooling: 'average' }, dense(3)],
  },
  'global maximum': {
    input: [5, 6, 2],
    layers: [conv(9, 3), { kind: 'global-pool', pooling: 'max' }, dense(3)],
  },
  'flattened images': { input: [4, 4, 3], layers: [conv(5, 2), { kind: 'flatten' }, dense(3)] },
  'flattened inputs': { input: [4, 4, 3], layers: [{ kind: 'flatten' }, dense(3)] },
  'embedded tokens': { input: [5], layers: [embedding(7, 3), { kind: 'flatten' }, dense(7)], tokens: 7 },
  'a sequence of logits': { input: [6], layers: [embedding(9, 10), dense(9)], tokens: 9 },
  'dense layers on a sequence': {
    input: [9],
    layers: [embedding(9, 10), { kind: 'dense', units: 13, activation: 'relu' }, dense(9)],
    tokens: 9,
  },
  'LSTM, last output': { input: [7], layers: [embedding(5, 8), lstm(8, 'last'), dense(5)], tokens: 5 },
  'LSTMs, all outputs': {
    input: [12],
    layers: [embedding(11, 3), lstm(5, 'sequence'), lstm(13, 'sequence'), dense(11)],
    tokens: 11,
  },
  'LSTMs, all and the last output': {
    input: [9],
    layers: [embedding(6, 9), lstm(16, 'sequence'), lstm(9, 'last'), dense(6)],
    tokens: 6,
  },
  'LSTM of a single step': { input: [1], layers: [embedding(6, 9), lstm(7, 'last'), dense(6)], tokens: 6 },
  'layer norm': {
    input: [9],
    layers: [{ kind: 'dense', units: 11, activation: 'relu' }, { kind: 'layer-norm' }, dense(3)],
  },
  'layer norm of a sequence': {
    input: [7],
    layers: [embedding(6, 10), { kind: 'layer-norm' }, lstm(8, 'sequence'), { kind: 'layer-norm' }, dense(6)],
    tokens: 6,
  },
  'group norm': {
    input: [6, 6, 2],
    layers: [
      conv(12, 3, { activation: 'none' }),
      { kind: 'group-norm', groups: 3 },
      { kind: 'activation', function: 'relu' },
      conv(8, 3),
      { kind: 'group-norm', groups: 1 },
      dense(3),
    ],
  },
  'batch norm': {
    input: [6, 6, 2],
    layers: [
      conv(9, 3, { activation: 'none' }),
      { kind: 'batch-norm', momentum: 0.9 },
      { kind: 'activation', function: 'relu' },
      dense(3),
    ],
    differs: true,
  },
  'residuals of images': {
    input: [6, 6, 2],
    layers: [
      conv(9, 3, same),
      { kind: 'residual', layers: [conv(9, 3, { ...same, activation: 'none' })] },
      { kind: 'activation', function: 'relu' },
      { kind: 'residual', layers: [conv(12, 3, same)], shortcut: [conv(12, 1)] },
      dense(3),
    ],
  },
  'a residual at the beginning': {
    input: [6, 6, 2],
    layers: [{ kind: 'residual', layers: [conv(2, 3, same)] }, dense(3)],
  },
  positions: { input: [6], layers: [embedding(9, 10), { kind: 'positional' }, dense(9)], tokens: 9 },
  attention: {
    input: [9],
    layers: [embedding(9, 16), { kind: 'attention', heads: 2 }, dense(9)],
    tokens: 9,
  },
  'a transformer': {
    input: [12],
    layers: [
      embedding(9, 16),
      { kind: 'positional' },
      { kind: 'residual', layers: [{ kind: 'layer-norm' }, { kind: 'attention', heads: 1 }] },
      {
        kind: 'residual',
        layers: [{ kind: 'layer-norm' }, { kind: 'dense', units: 24, activation: 'gelu' }, dense(16)],
      },
      { kind: 'layer-norm' },
      dense(9),
    ],
    tokens: 9,
  },
  ...Object.fromEntries(
    (['relu', 'tanh', 'sigmoid', 'gelu'] as const).flatMap((curve): [string, Case][] => [
      [
        `${curve} by itself`,
        {
          input: [5, 5, 1],
          layers: [conv(5, 2, { activation: 'none' }), { kind: 'activation', function: curve }, dense(3)],
        },
      ],
      [
        `${curve} within layers`,
        {
          input: [5, 5, 1],
          layers: [
            conv(5, 2, { activation: curve }),
            pool(),
            { kind: 'dense', units: 9, activation: curve },
            dense(3),
          ],
        },
      ],
      [`${curve} of the inputs`, { input: [9], layers: [{ kind: 'activation', function: curve }, dense(3)] }],
    ]),
  ),
};

/** Raise VERSION in kernel-hash.ts where one changes. */
const recorded: Record<string, string> = {
  'convolutions of odd channels': 'a864b791d9e6b449',
  'linear convolutions': '5433f28ba9ded8d3',
  'average pooling, padded': 'baaab7874fc3866b',
  'sigmoid within layers': '5df9c7b9e59fed2f',
  'gelu within layers': 'f71bcf556f5e6212',
  'LSTMs, all outputs': '508c7a64e7c59301',
  'LSTMs, all and the last output': '6dbfb08780d401d2',
  'group norm': '3ae4c6ae9777d25c',
  'batch norm': 'dcd130b338862966',
  'residuals of images': 'f430d5bc8e3a7b90',
  'a transformer': '45e392bec18cb7d8',
};

describe('layers in WebAssembly', () => {
  for (const [name, digest] of Object.entries(recorded)) {
    it(`${name}: the recorded bits on every Node`, () => {
      const model = buildModel(cases[name]);
      const examples = examplesOf(cases[name], model, 60, { type: 'uint8' });
      const { weights, loss } = engine.train(request(model, examples, { amount: { epochs: 3 } }));
      expect(sha256(Float64Array.of(...weights, loss)).slice(0, 16)).to.equal(digest);
    });
  }

  for (const [name, { input, layers, ...kind }] of Object.entries(cases)) {
    const model = buildModel({ input, layers });
    const examples = examplesOf({ input, layers, ...kind }, model, 11);
    const weights = randomWeights(model, 3);

    it(`${name}: gradients and logits equal TensorFlow.js's`, async () => {
      const reference = await tensorflow(model, weights, examples);
      const { gradient, loss } = engine.gradient(model, weights, examples);
      expect(loss).to.be.closeTo(reference.loss, 2e-6);
      const wanted = lastLogits(reference.logits, classesOf(model), examples.count);
      const logits = kind.differs === true ? wanted : engine.predict(model, weights, examples);
      logits.forEach((logit, i) => {
        expect(logit).to.be.closeTo(wanted[i], 1e-5 * (1 + Math.abs(wanted[i])));
      });
      model.manifest.tensors.forEach((tensor, t) => {
        const ours = view(gradient, tensor);
        reference.gradient[t].forEach((g, i) => {
          expect(ours[i], `${tensor.name}[${i}]`).to.be.closeTo(g, 3e-6 * (1 + Math.abs(g)));
        });
      });
    });

    it(`${name}: gradients equal finite differences`, () => {
      const { gradient } = engine.gradient(model, weights, examples);
      for (const tensor of model.manifest.tensors) {
        const slopes = slopesAlong(model, weights, examples, tensor.name, gradient);
        expect(slopes.measured, tensor.name).to.be.closeTo(
          slopes.claimed,
          3e-3 + 1e-2 * Math.abs(slopes.claimed),
        );
      }
    });

    it(`${name}: the same bits whatever lay in the memory before`, () => {
      for (const clip of [undefined, 1e30]) {
        const wanted = request(model, examples, {
          batchSize: 7,
          amount: { epochs: 2 },
          ...(clip && { clip }),
        });
        const [clean, used] = [0, NaN].map((left) => {
          const memory = new Memory();
          memory.reserve(2 ** 24);
          memory.views.floats.fill(left);
          return train({ memory, objective: crossEntropy, sparse: true }, wanted).weights;
        });
        expect(used).to.deep.equal(clean);
      }
    });

    it(`${name}: the same bits in passes of any size, and again`, () => {
      const wanted = request(model, examples, { batchSize: 7, amount: { epochs: 2 } });
      const once = engine.train(wanted);
      expect(engine.train(wanted).weights).to.deep.equal(once.weights);
      // What is clipped by nothing goes through the gathered gradient instead of straight updates.
      expect(engine.train({ ...wanted, clip: 1e30 }).weights).to.deep.equal(once.weights);
    });
  }
});

/** Of each example's logits the last. */
const lastLogits = (logits: ArrayLike<number>, classes: number, count: number) => {
  const positions = logits.length / classes / count;
  return Array.from({ length: classes * count }, (_, i) => {
    const [example, unit] = [Math.floor(i / classes), i % classes];
    return logits[((example + 1) * positions - 1) * classes + unit];
  });
};

/** The loss's slope along a random direction within one tensor: from two losses, and from the gradient. */
function slopesAlong(
  model: Model,
  weights: Float32Array,
  examples: ReturnType<typeof randomExamples>,
  name: string,
  gradient: Float32Array,
) {
  const tensor = model.manifest.tensors.find((own) => own.name === name);
  if (tensor === undefined) throw new Error(`no ${name}`);
  const draw = stream(5, 'direction', name);
  const direction = Float64Array.from({ length: tensor.size }, () => 2 * draw() - 1);
  const length = Math.hypot(...direction);
  const step = 5e-4;
  const [above, below] = [step, -step].map((by) => {
    const moved = weights.slice();
    direction.forEach((d, i) => (moved[tensor.offset + i] += (by * d) / length));
    // Of a batch, as the gradient's.
    return engine.gradient(model, moved, examples).loss;
  });
  const claimed = direction.reduce((sum, d, i) => sum + (d / length) * gradient[tensor.offset + i], 0);
  return { measured: (above - below) / (2 * step), claimed };
}
