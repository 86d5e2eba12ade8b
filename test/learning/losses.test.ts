/** Every loss: its value worked out from logits, its gradient against finite differences and TensorFlow.js, its bits. */
import { expect } from 'chai';
import type { Examples } from '../../learning/engine.js';
import { loadEngine } from '../../learning/host/index.js';
import {
  buildModel,
  checkObjective,
  wasmEngine,
  type Loss,
  type Objective,
  type Model,
  type Teacher,
} from '../../learning/index.js';
import { sha256, stream } from '../../numerics/index.js';
import { perceptron, randomExamples, randomWeights, request } from './wasm/cases.js';

const plain = wasmEngine();

interface Case {
  readonly model: Model;
  readonly objective: Objective;
  readonly examples: Examples;
  /** Each row's label: the examples', or the tokens that follow. */
  readonly labels: readonly number[];
}

const textSpec = {
  input: [6],
  layers: [
    { kind: 'embedding', vocabulary: 9, width: 10 },
    { kind: 'lstm', units: 5, returns: 'sequence' },
    { kind: 'dense', units: 9, activation: 'none' },
  ],
} as const;
const images = randomExamples(150, 50, 5, 3, { type: 'uint8', density: 0.3 });
const texts = randomExamples(70, 6, 9, 5, { tokens: 9 });

const teachers = {
  images: { model: perceptron(50, 20, 8, 5), seed: 11 },
  texts: { model: buildModel({ ...textSpec, layers: textSpec.layers.filter((_, i) => i !== 1) }), seed: 12 },
};
const teacherOf = (kind: keyof typeof teachers): Teacher => {
  const { model, seed } = teachers[kind];
  return { model, weights: randomWeights(model, seed) };
};

const losses: Readonly<Record<string, Loss>> = {
  'label smoothing': { kind: 'cross-entropy', smoothing: 0.2 },
  'squared error': { kind: 'squared-error' },
  distillation: { kind: 'distillation', temperature: 3, weight: 0.7 },
};

function caseOf(kind: 'images' | 'texts', loss: Loss): Case {
  const objective = loss.kind === 'distillation' ? { ...loss, teacher: teacherOf(kind) } : loss;
  if (kind === 'images') {
    return {
      model: perceptron(50, 12, 5),
      objective,
      examples: images,
      labels: Array.from({ length: images.count }, (_, i) => images.label(i)),
    };
  }
  const labels = Array.from({ length: texts.count }, (_, i) => {
    const tokens = new Uint8Array(6);
    texts.copyInput(i, tokens, 0);
    return [...tokens.subarray(1), texts.label(i)];
  }).flat();
  return { model: buildModel(textSpec), objective, examples: texts, labels };
}

/** The mean loss of the label's rows of logits, as the formulas say. */
function meanLoss(
  loss: Loss,
  rows: readonly number[][],
  teacher: readonly number[][],
  labels: readonly number[],
) {
  const softmax = (z: readonly number[], temperature = 1) => {
    const largest = Math.max(...z);
    const e = z.map((own) => Math.exp((own - largest) / temperature));
    const sum = e.reduce((a, b) => a + b);
    return e.map((own) => own / sum);
  };
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const each = rows.map((z, i) => {
    const ofLabel = (unit: number) => (unit === labels[i] ? 1 : 0);
    const logP = softmax(z).map(Math.log);
    switch (loss.kind) {
      case 'cross-entropy': {
        const q = z.map((_, unit) => (1 - loss.smoothing) * ofLabel(unit) + loss.smoothing / z.length);
        return -sum(q.map((own, unit) => own * logP[unit]));
      }
      case 'squared-error':
        return sum(z.map((own, unit) => (own - ofLabel(unit)) ** 2)) / z.length;
      case 'distillation': {
        const { temperature, weight } = loss;
        const [q, p] = [softmax(teacher[i], temperature), softmax(z, temperature)];
        const divergence = sum(q.map((own, unit) => own * Math.log(own / p[unit])));
        return -(1 - weight) * logP[labels[i]] + weight * temperature ** 2 * divergence;
      }
    }
  });
  return sum(each) / each.length;
}

/** The logits at every position: of a flattened sequence all predict. */
function rowsOf(model: Model, weights: Float32Array, examples: Examples, classes: number): number[][] {
  const { spec } = model;
  const whole = buildModel({ ...spec, layers: [...spec.layers, { kind: 'flatten' }] });
  const logits = plain.predict(whole, weights, examples);
  return Array.from({ length: logits.length / classes }, (_, row) => [
    ...logits.subarray(row * classes, (row + 1) * classes),
  ]);
}

/** Raise VERSION in kernel-hash.ts where one changes. */
const recorded: Readonly<Record<string, string>> = {
  'label smoothing, images': '787fa8f7b2716a71',
  'label smoothing, texts': 'd0935e49def89ef1',
  'squared error, images': 'c6e761124836a6f7',
  'squared error, texts': '519738ee2b4d81aa',
  'distillation, images': '047afcfdec65c5f0',
  'distillation, texts': '44c1a8a203836e71',
};

describe('losses', () => {
  const tfjsFor = (objective: Objective) => loadEngine({ kind: 'tfjs', backend: 'cpu' }, { objective });

  for (const [name, loss] of Object.entries(losses)) {
    for (const kind of ['images', 'texts'] as const) {
      const { model, objective, examples, labels } = caseOf(kind, loss);
      const engine = wasmEngine({ objective });
      const classes = kind === 'images' ? 5 : 9;
      const weights = randomWeights(model, 3);

      it(`${name}, ${kind}: the value that the formula gives`, () => {
        const { loss: ours } = engine.gradient(model, weights, examples);
        const teacher = objective.kind === 'distillation' ? objective.teacher : undefined;
        const rows = rowsOf(model, weights, examples, classes);
        const its = teacher ? rowsOf(teacher.model, teacher.weights, examples, classes) : [];
        expect(ours).to.be.closeTo(meanLoss(loss, rows, its, labels), 2e-6);
        const evaluated =
          loss.kind === 'squared-error' ? loss : { kind: 'cross-entropy' as const, smoothing: 0 };
        const { lossSum, count, correct } = engine.evaluate(model, weights, examples);
        expect(lossSum / count).to.be.closeTo(meanLoss(evaluated, rows, [], labels), 2e-6);
        const likelihood = plain.evaluate(model, weights, examples);
        expect({ correct, count }).to.deep.equal({ correct: likelihood.correct, count: likelihood.count });
      });

      it(`${name}, ${kind}: gradients equal TensorFlow.js's, and finite differences`, async () => {
        const tfjs = await tfjsFor(objective);
        const [ours, theirs] = [engine, tfjs].map((own) => own.gradient(model, weights, examples));
        expect(ours.loss).to.be.closeTo(theirs.loss, 2e-6);
        ours.gradient.forEach((g, i) => {
          expect(g, String(i)).to.be.closeTo(theirs.gradient[i], 3e-6);
        });
        const own = tfjs.evaluate(model, weights, examples);
        expect(engine.evaluate(model, weights, examples).lossSum / own.count).to.be.closeTo(
          own.lossSum / own.count,
          2e-6,
        );
        const draw = stream(5, 'direction');
        const direction = Float64Array.from(weights, () => 2 * draw() - 1);
        const length = Math.hypot(...direction);
        const [above, below] = [1e-3, -1e-3].map(
          (by) =>
            engine.gradient(
              model,
              weights.map((w, i) => w + (by * direction[i]) / length),
              examples,
            ).loss,
        );
        const claimed = direction.reduce((sum, d, i) => sum + (d / length) * ours.gradient[i], 0);
        expect((above - below) / 2e-3).to.be.closeTo(claimed, 1e-3 + 1e-2 * Math.abs(claimed));
      });

      it(`${name}, ${kind}: ten steps end where TensorFlow.js's do`, async () => {
        const tfjs = await tfjsFor(objective);
        const wanted = request(model, examples, { amount: { steps: 10 }, rate: () => 0.05 });
        const [ours, theirs] = [engine, tfjs].map((own) => own.train(wanted));
        expect(ours.loss).to.be.closeTo(theirs.loss, 1e-5);
        ours.weights.forEach((w, i) => {
          expect(w, String(i)).to.be.closeTo(theirs.weights[i], 1e-5);
        });
      });

      it(`${name}, ${kind}: the recorded bits, in passes of any size`, () => {
        const wanted = request(model, examples, { amount: { epochs: 2 }, batchSize: 33 });
        const once = engine.train(wanted);
        expect(engine.train({ ...wanted, clip: 1e30 }).weights).to.deep.equal(once.weights);
        expect(wasmEngine({ objective, sparse: false }).train(wanted).weights).to.deep.equal(once.weights);
        expect(sha256(Float64Array.of(...once.weights, once.loss)).slice(0, 16)).to.equal(
          recorded[`${name}, ${kind}`],
        );
      });
    }
  }

  it('a network that is its own teacher has nothing to learn from it', () => {
    const model = perceptron(50, 12, 5);
    const weights = randomWeights(model, 3);
    const objective: Objective = {
      ...{ kind: 'distillation', temperature: 2, weight: 1 },
      teacher: { model, weights },
    };
    const { gradient, loss } = wasmEngine({ objective }).gradient(model, weights, images);
    expect(Math.abs(loss)).to.be.below(1e-6);
    expect(Math.max(...gradient.map(Math.abs))).to.be.below(1e-6);
  });

  it('the Fisher information is of the softmax, whatever the objective is', () => {
    const { model, objective, examples } = caseOf('images', losses.distillation);
    const weights = randomWeights(model, 3);
    const likelihood = plain.fisher(model, weights, examples, 'labels');
    expect(wasmEngine({ objective }).fisher(model, weights, examples, 'labels')).to.deep.equal(likelihood);
  });

  it('a teacher of another shape is refused', async () => {
    const model = perceptron(50, 12, 5);
    const taughtBy = (...widths: number[]): Objective => ({
      ...{ kind: 'distillation', temperature: 3, weight: 0.7 },
      teacher: { model: perceptron(...widths), weights: new Float32Array() },
    });
    const outputs = 'its teacher gives an array of shape [6], it gives an array of shape [5]';
    for (const [objective, message] of [
      [taughtBy(50, 6), outputs],
      [taughtBy(49, 5), 'its teacher takes'],
    ] as const) {
      expect(() => {
        checkObjective(objective, model);
      }).to.throw(RangeError, message);
      for (const engine of [wasmEngine({ objective }), await tfjsFor(objective)]) {
        expect(() => engine.train(request(model, images))).to.throw(RangeError, message);
        expect(() => engine.gradient(model, randomWeights(model, 3), images)).to.throw(RangeError, message);
      }
    }
  });
});
