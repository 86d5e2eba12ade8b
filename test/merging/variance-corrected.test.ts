/** Variance-corrected averaging: golden vectors, identities, and what it does to a population of nodes. */
import { expect } from 'chai';
import { layOut, view, type Manifest } from '../../learning/index.js';
import { mergeRules, tensorVariances, type Contribution, type MergeInput } from '../../merging/index.js';
import { mean, permutation, stream, variance } from '../../numerics/index.js';
import { bits, contextOf, mixed, normalWeights, randomModels, vector } from './models.js';

const ruleFor = (manifest: Manifest, options: Record<string, unknown> = {}, initialVariance?: number) =>
  mergeRules.create({ kind: 'variance-corrected', ...options }, contextOf(manifest, initialVariance));
const model = (weights: ArrayLike<number>, samples = 1): Contribution => ({
  weights: Float32Array.from(weights),
  samples,
});

/** The correction in float64, straight from the formula. */
function reference(
  manifest: Manifest,
  { own, received }: MergeInput,
  { share = 0.5, target = 'others', all = false, weights = received.map(() => 1), initial = 0.01 },
): Float64Array {
  const beta = own === undefined ? 0 : share;
  const total = weights.reduce((sum, p) => sum + p, 0);
  const average = (numbers: readonly number[]) =>
    numbers.reduce((sum, x, i) => sum + (weights[i] / total) * x, 0);
  const y = Float64Array.from({ length: manifest.length }, (_, i) => {
    const others = average(received.map((u) => u.weights[i]));
    return beta * (own?.weights[i] ?? 0) + (1 - beta) * others;
  });
  for (const tensor of manifest.tensors) {
    if (tensor.size < 2 || tensor.role === 'norm.mean' || !(all || tensor.role === 'weight')) continue;
    const part = y.subarray(tensor.offset, tensor.offset + tensor.size);
    const others = average(received.map((u) => variance(view(u.weights, tensor))));
    const self = own === undefined ? NaN : variance(view(own.weights, tensor));
    const goal = { others, blend: beta * self + (1 - beta) * others, self, initial }[target] ?? NaN;
    const [centre, spread] = [mean(part), variance(part)];
    if (spread < 1e-20 || goal < 1e-20) continue;
    const factor = Math.min(Math.max(Math.sqrt(goal / spread), 0.1), 10);
    part.forEach((value, i) => (part[i] = (value - centre) * factor + centre));
  }
  return y;
}

function expectClose(actual: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  expect(actual.length).to.equal(expected.length);
  expect(worst).to.be.below(tolerance);
}

describe('variance-corrected averaging', () => {
  const four = vector(4);
  const received = [model([1, 2, 3, 4]), model([4, -2, 0, 2])];
  const own = model([0, 0, 1, -1]);

  it('gives the golden vectors: targets 3.125, of two models and blended half with the own one', () => {
    const two = ruleFor(four, { share: 0 }).merge({ received });
    expectClose(two.weights, [2.90727512, -0.95030862, 1.36424163, 3.67879187], 1e-6);
    const half = ruleFor(four).merge({ own, received });
    expectClose(half.weights, [2.16123939, -2.12622524, 2.16123939, 1.30374646], 1e-6);
    expect(mean(two.weights)).to.be.closeTo(1.75, 1e-6);
    expect(mean(half.weights)).to.be.closeTo(0.875, 1e-6);
    for (const { weights } of [two, half]) expect(variance(weights)).to.be.closeTo(3.125, 1e-5);
    expect(two.report).to.deep.equal({
      counts: { clamped: 0 },
      figures: { 'factor/w': Math.sqrt(3.125 / 1.3125) },
    });
  });

  it('takes each target from before the merge', () => {
    const varianceWith = (options: Record<string, unknown>) =>
      variance(ruleFor(four, options, 0.7).merge({ own, received }).weights);
    expect(varianceWith({ target: 'self' })).to.be.closeTo(0.5, 1e-6);
    expect(varianceWith({ target: 'blend' })).to.be.closeTo(0.5 * 0.5 + 0.5 * 3.125, 1e-6);
    expect(varianceWith({ target: 'blend', share: 0.25 })).to.be.closeTo(0.25 * 0.5 + 0.75 * 3.125, 1e-6);
    expect(varianceWith({ target: 'initial' })).to.be.closeTo(0.7, 1e-6);
    const into = own.weights.slice();
    ruleFor(four, { target: 'self' }).merge({ own: { ...own, weights: into }, received, into });
    expect(variance(into)).to.be.closeTo(0.5, 1e-6);
    expect(() => ruleFor(four, { target: 'self' }).merge({ received })).to.throw('no own model');
    expect(variance(ruleFor(four, { target: 'blend' }).merge({ received }).weights)).to.be.closeTo(
      3.125,
      1e-5,
    );
  });

  it('weighs mean and target by examples where asked to', () => {
    const weighted = [model([1, 2, 3, 4], 3), model([4, -2, 0, 2], 1)];
    const merged = ruleFor(four, { weights: 'samples', share: 0 }).merge({ received: weighted });
    expect(mean(merged.weights)).to.be.closeTo((3 * 2.5 + 1) / 4, 1e-6);
    expect(variance(merged.weights)).to.be.closeTo((3 * 1.25 + 5) / 4, 1e-5);
  });

  for (const target of ['others', 'blend', 'self', 'initial']) {
    for (const tensors of ['weights', 'all']) {
      it(`is the formula in float64: ${target}, ${tensors}`, () => {
        const [first, ...others] = randomModels(mixed, 5, 1);
        const input = { own: first, received: others };
        const merged = ruleFor(mixed, { target, tensors, share: 0.3 }).merge(input);
        const options = { share: 0.3, target, all: tensors === 'all' };
        expectClose(merged.weights, reference(mixed, input, options), 1e-6);
      });

      it(`is the formula in float64 where the own model is all of the mean: ${target}, ${tensors}`, () => {
        const [first, ...others] = randomModels(mixed, 5, 1);
        const rule = ruleFor(mixed, { target, tensors });
        const input = { own: first, received: others, share: 1 };
        const expected = reference(mixed, input, { share: 1, target, all: tensors === 'all' });
        expectClose(rule.merge(input).weights, expected, 1e-6);
        const sum = rule.fold?.start() ?? { sums: [] };
        for (const other of others) rule.fold?.add(sum, other);
        expectClose(
          rule.fold?.finish(sum, { own: first, share: 1 }).weights ?? new Float32Array(0),
          expected,
          1e-6,
        );
      });
    }
  }

  it('leaves tensors as they are that the target has no variance for: biases that began as zeros', () => {
    const { tensors } = mixed;
    const initialVariance = tensors.map(({ role }) => (role === 'weight' ? 0.01 : 0));
    const context = { manifest: mixed, initialVariance };
    const [first, second] = [
      normalWeights(mixed.length, 0.1, ['a']),
      normalWeights(mixed.length, 0.1, ['b']),
    ];
    const input = { own: model(first), received: [model(second)] };
    const rule = (options: object) => mergeRules.create({ kind: 'variance-corrected', ...options }, context);
    const merged = rule({ target: 'initial', tensors: 'all' }).merge(input).weights;
    const plain = mergeRules.create({ kind: 'mean', share: 0.5 }, context).merge(input).weights;
    for (const tensor of tensors.filter(({ role }) => role !== 'weight'))
      expect(view(merged, tensor), tensor.name).to.deep.equal(view(plain, tensor));
    // The others have not begun to train theirs, the own model has.
    const untrained = Float32Array.from(second);
    for (const tensor of tensors.filter(({ role }) => role === 'bias')) view(untrained, tensor).fill(0);
    const kept = rule({ target: 'others', tensors: 'all' }).merge({ ...input, received: [model(untrained)] });
    for (const tensor of tensors.filter(({ role }) => role === 'bias'))
      expect(view(kept.weights, tensor)).to.deep.equal(view(first, tensor).map((bias) => bias / 2));
    expect(kept.report.counts.clamped).to.equal(0);
  });

  it('leaves identical models as they are', () => {
    const [u] = randomModels(mixed, 1);
    const merged = ruleFor(mixed).merge({ own: u, received: [u, u, u] });
    expectClose(merged.weights, u.weights, 1e-7);
    const half = ruleFor(mixed).merge({ own: u, received: [u] });
    expect(bits(half.weights)).to.equal(bits(u.weights));
    expect(half.report.figures['factor/dense1/kernel']).to.equal(1);
  });

  it('keeps the mean and hits the target to 1e-6', () => {
    const models = randomModels(mixed, 9);
    const plain = mergeRules.create({ kind: 'mean' }, contextOf(mixed)).merge({ received: models });
    const merged = ruleFor(mixed).merge({ received: models });
    const kernel = mixed.tensors[0];
    const [before, after] = [plain, merged].map(({ weights }) => view(weights, kernel));
    const goal = mean(models.map(({ weights }) => variance(view(weights, kernel))));
    expect(Math.abs(variance(after) / goal - 1)).to.be.below(1e-6);
    expect(Math.abs(mean(after) - mean(before))).to.be.below(1e-6 * Math.sqrt(goal));
    expect(merged.report.figures['factor/dense1/kernel']).to.be.closeTo(3, 0.05);
  });

  it('leaves biases alone, and tensors without any variance, and counts nothing for it', () => {
    const models = randomModels(mixed, 4);
    for (const tensors of ['weights', 'all']) {
      const merged = ruleFor(mixed, { tensors }).merge({ received: models });
      expect(view(merged.weights, mixed.tensors[1]).every((bias) => bias === 0)).to.equal(true);
      expect(merged.report.counts).to.deep.equal({ clamped: 0 });
    }
    const plain = mergeRules.create({ kind: 'mean' }, contextOf(mixed)).merge({ received: models });
    const merged = ruleFor(mixed).merge({ received: models });
    for (const index of [1, 2, 3, 5]) {
      const tensor = mixed.tensors[index];
      expect(bits(view(merged.weights, tensor))).to.equal(bits(view(plain.weights, tensor)));
    }
  });

  it('keeps factors between 0.1 and 10, and counts those it had to bound', () => {
    const manifest = layOut([
      { name: 'cancelling', shape: [2], role: 'weight' },
      { name: 'agreeing', shape: [2], role: 'weight' },
      { name: 'small', shape: [2], role: 'weight' },
    ]);
    const [plus, minus] = [model([1, -1, 1, 3, 0, 0]), model([-0.999, 0.999, 1, 3, 0, 0])];
    const cancelled = ruleFor(manifest).merge({ received: [plus, minus] });
    expect(cancelled.report.counts).to.deep.equal({ clamped: 1 });
    expect(cancelled.report.figures).to.deep.equal({
      'factor/cancelling': 10,
      'factor/agreeing': 1,
      'factor/small': 1,
    });
    expectClose(cancelled.weights, [0.005, -0.005, 1, 3, 0, 0], 1e-6);
    const wide = { own: model([0, 0, 0, 0, 100, -100]), received: [model([0, 0, 0, 0, 1, -1])] };
    const bounded = ruleFor(manifest).merge(wide);
    expect(bounded.report.figures['factor/small']).to.equal(0.1);
    expect(bounded.report.counts).to.deep.equal({ clamped: 1 });
  });

  it('corrects merged coordinates only where messages carry parts', () => {
    const part = { coordinates: Uint32Array.of(1, 2, 5, 7) };
    const whole = normalWeights(8, 1, ['part']);
    const messages = received.map((u) => ({ ...u, part }));
    const merged = ruleFor(vector(8), { share: 0 }).merge({ own: model(whole), received: messages });
    const expected = [2.90727512, -0.95030862, 1.36424163, 3.67879187];
    expectClose(
      Float32Array.from(part.coordinates, (i) => merged.weights[i]),
      expected,
      1e-6,
    );
    for (const i of [0, 3, 4, 6]) expect(merged.weights[i]).to.equal(whole[i]);
  });
});

describe('how fast variance vanishes', () => {
  const size = 40_000;
  const shares = { 'β = 0': 0, 'β = 0.5': 0.5, uniform: 'proportional' } as const;
  const table: [number, number, number, number][] = [
    [1, 1, 0.5, 0.5],
    [2, 0.5, 0.375, 1 / 3],
    [4, 0.25, 0.3125, 0.2],
    [8, 0.125, 0.28125, 1 / 9],
    [50, 0.02, 0.255, 1 / 51],
  ];
  const models = Array.from({ length: 51 }, (_, i) => model(normalWeights(size, 0.1, ['vanish', i])));
  for (const [count, ...expected] of table) {
    it(`after one merge of ${count} independent models: ${expected.map((x) => x.toFixed(3)).join(', ')}`, () => {
      const input = { own: models[50], received: models.slice(0, count) };
      Object.values(shares).forEach((share, column) => {
        const plain = mergeRules.create({ kind: 'mean', share }, contextOf(vector(size))).merge(input);
        expect(variance(plain.weights) / 0.01 / expected[column]).to.be.closeTo(1, 0.03);
        const corrected = ruleFor(vector(size), { share }).merge(input);
        expect(variance(corrected.weights) / 0.01).to.be.closeTo(1, 0.02);
      });
    });
  }
});

/** Each node's neighbours: those on `degree` / 2 random cycles through all nodes, no two with a common edge. */
function randomRegular(nodes: number, degree: number): number[][] {
  const neighbours = Array.from({ length: nodes }, () => new Set<number>());
  for (let attempt = 0; neighbours[0].size < degree; attempt++) {
    const cycle = permutation(stream(3, 'cycle', attempt), nodes);
    const edges = Array.from(cycle, (node, i) => [node, cycle[(i + 1) % nodes]]);
    if (edges.some(([a, b]) => neighbours[a].has(b))) continue;
    for (const [a, b] of edges) {
      neighbours[a].add(b);
      neighbours[b].add(a);
    }
  }
  return neighbours.map((set) => [...set].sort((a, b) => a - b));
}

describe('a population that merges without training', () => {
  it('of 50 nodes on an 8-regular graph shrinks to a 50th of its variance; corrected it keeps it and agrees', () => {
    const [nodes, size] = [50, 4000];
    const initial = Math.sqrt(0.00386);
    const graph = randomRegular(nodes, 8);
    const run = (kind: string) => {
      const rule = mergeRules.create({ kind, share: 0.5 }, contextOf(vector(size)));
      let models = Array.from({ length: nodes }, (_, i) => model(normalWeights(size, initial, ['toy', i])));
      const variances: number[] = [];
      for (let merges = 0; merges < 12; merges++) {
        variances.push(mean(models.map(({ weights }) => variance(weights))));
        models = models.map((own, node) => ({
          ...rule.merge({ own, received: graph[node].map((i) => models[i]) }),
          samples: 1,
        }));
      }
      const average = mergeRules
        .create({ kind: 'mean' }, contextOf(vector(size)))
        .merge({ received: models });
      const norm = (values: Float32Array) => values.reduce((sum, x) => sum + x * x, 0);
      const spread = mean(models.map(({ weights }) => norm(weights.map((x, i) => x - average.weights[i]))));
      return { variances, distance: spread / norm(average.weights) };
    };

    const plain = run('mean');
    const expected = [0.00386, 0.00109, 0.00045, 0.00024, 0.00015, 0.00012, 0.0001, 0.00009, 0.00008];
    expected.forEach((value, merges) => expect(plain.variances[merges] / value).to.be.closeTo(1, 0.08));
    expect(plain.variances[11]).to.be.closeTo(0.00386 / 50, 0.000005);

    const corrected = run('variance-corrected');
    for (const value of corrected.variances) expect(value / 0.00386).to.be.closeTo(1, 0.01);
    expect(corrected.distance).to.be.below(plain.distance);
  });

  it('keeps its variance within 1 % over 10,000 corrected merges of every node', () => {
    const [nodes, size] = [8, 48];
    const rule = ruleFor(vector(size));
    let models = Array.from({ length: nodes }, (_, i) => model(normalWeights(size, 0.06, ['long', i])));
    let merged = models.map(({ weights }) => model(weights));
    const initial = mean(models.map(({ weights }) => variance(weights)));
    for (let merges = 0; merges < 10_000; merges++) {
      models.forEach((own, node) => {
        const received = [1, 2, 4].map((step) => models[(node + step) % nodes]);
        rule.merge({ own, received, into: merged[node].weights });
      });
      [models, merged] = [merged, models];
    }
    const last = mean(models.map(({ weights }) => variance(weights)));
    expect(last / initial).to.be.closeTo(1, 0.01);
  });
});

describe('variances of tensors', () => {
  it('are those of each tensor alone', () => {
    const [{ weights }] = randomModels(mixed, 1);
    const expected = mixed.tensors.map((tensor) => variance(view(weights, tensor)));
    tensorVariances({ values: weights, manifest: mixed }).forEach((value, i) => {
      expect(value).to.be.closeTo(expected[i], 1e-12);
    });
  });
});
