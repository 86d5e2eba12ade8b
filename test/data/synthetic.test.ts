/** FedProx's Synthetic(α, β): the law it draws from, determinism, and that kept and generated sets are equal. */
import { expect } from 'chai';
import { datasets, labelsOf, Shard } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { syntheticDataset, type SyntheticOptions } from '../../data/datasets/synthetic.js';
import { syntheticBlock } from '../../data/synthetic.js';
import { mean, variance } from '../../numerics/index.js';
import { floats, input, stored } from './stored.js';

const context = { seed: 3, files: diskFiles({ home: '' }) };
const options: SyntheticOptions = {
  ...{ seed: 3, alpha: 1, beta: 1, iid: false, dimension: 5, classes: 3 },
  ...{ clients: 6, samplesPerClient: 20, testFraction: 0.1, testClients: 1000 },
};
const settings = { seed: 1, alpha: 0, beta: 0, iid: true, dimension: 4, classes: 3 };

describe('synthetic', () => {
  it("has the paper's shape by default: 30 clients, 60 numbers, 10 classes, at least 50 examples each", () => {
    const dataset = datasets.create({ kind: 'synthetic' }, context);
    expect([dataset.owners?.length, dataset.classes]).to.deep.equal([30, 10]);
    expect(dataset.train.input).to.deep.equal({ shape: [60], type: 'float32', scale: 1, shift: 0 });
    const sizes = new Array<number>(30).fill(0);
    for (const set of [dataset.train, dataset.test]) for (const owner of set.owner ?? []) sizes[owner]++;
    expect(Math.min(...sizes)).to.be.at.least(50);
    expect(new Set(sizes).size).to.be.greaterThan(10);
    expect(dataset.test.count / (dataset.test.count + dataset.train.count)).to.be.closeTo(0.1, 0.01);
  });

  it('gives a client the same examples whoever else there is, and however many it has', () => {
    const few = syntheticDataset(options);
    const more = syntheticDataset({ ...options, clients: 7 });
    const longer = syntheticDataset({ ...options, samplesPerClient: 40 });
    const start = (dataset: typeof few, client: number) => dataset.train.owner?.indexOf(client) ?? NaN;
    for (let client = 0; client < 6; client++) {
      for (let i = 0; i < 18; i++) {
        const example = floats(few.train, start(few, client) + i);
        expect(floats(more.train, start(more, client) + i)).to.deep.equal(example);
        expect(floats(longer.train, start(longer, client) + i)).to.deep.equal(example);
      }
    }
  });

  it('draws other examples with another seed', () => {
    const other = syntheticDataset({ ...options, seed: 4 });
    expect(floats(other.train, 0)).not.to.deep.equal(floats(syntheticDataset(options).train, 0));
  });

  it('generates the very examples that it would keep', () => {
    const kept = syntheticDataset({ ...options, testClients: 2 });
    const generated = syntheticDataset({ ...options, testClients: 2 }, 0);
    expect('generated' in kept.train).to.equal(false);
    expect('generated' in generated.train && 'generated' in generated.test).to.equal(true);
    for (const part of ['train', 'test'] as const) {
      expect(generated[part].count).to.equal(kept[part].count);
      expect([...labelsOf(generated[part])]).to.deep.equal([...labelsOf(kept[part])]);
      for (let i = 0; i < kept[part].count; i++) {
        expect(input(generated[part], i)).to.deep.equal(input(kept[part], i));
      }
    }
    expect([...new Set(generated.test.owner)]).to.deep.equal([0, 3]);
  });

  it('can be sent to a thread, cut short, and read through a shard', () => {
    const { train } = syntheticDataset(options, 0);
    const sent = structuredClone(train);
    expect(input(sent, 25)).to.deep.equal(input(train, 25));
    const shard = new Shard(sent, Uint32Array.of(40, 7));
    const bytes = new Uint8Array(40);
    shard.copyInput(1, bytes, 20);
    expect(bytes.subarray(20)).to.deep.equal(input(train, 7));
    expect(shard.label(0)).to.equal(labelsOf(train)[40]);
  });

  it('has inputs of mean 0 and variances j^−1.2 where alpha, beta and the model are common', () => {
    const { inputs } = syntheticBlock(settings, 0, 20000);
    for (let j = 0; j < 4; j++) {
      const column = inputs.filter((_, i) => i % 4 === j);
      const expected = (j + 1) ** -1.2;
      expect(mean(column)).to.be.closeTo(0, 5 * Math.sqrt(expected / 20000));
      expect(variance(column) / expected).to.be.closeTo(1, 5 * Math.sqrt(2 / 20000));
    }
  });

  it("labels by one linear model for all where it is iid, by the clients' own where it is not", () => {
    // With one model for all, two examples of two clients that are (nearly) equal have equal labels.
    const agreement = (iid: boolean) => {
      const [a, b] = [0, 1].map((client) => syntheticBlock({ ...settings, iid, dimension: 1 }, client, 2000));
      const ordered = Array.from(a.inputs, (x, i) => [x, a.labels[i]]).sort(([x], [y]) => x - y);
      let equal = 0;
      for (let i = 0; i < 2000; i++) {
        const nearest = ordered.findIndex(([x]) => x >= b.inputs[i]);
        equal += Number(ordered[Math.max(0, nearest)][1] === b.labels[i]);
      }
      return equal / 2000;
    };
    expect(agreement(true)).to.be.greaterThan(0.98);
    expect(agreement(false)).to.be.lessThan(0.9);
  });

  it('spreads the means of clients by alpha and beta', () => {
    const means = Array.from({ length: 400 }, (_, client) =>
      mean(syntheticBlock({ ...settings, iid: false, beta: 3, dimension: 60 }, client, 1).inputs),
    );
    // The mean of a client's inputs is B_k plus sixty draws of N(0, 1) and of N(0, Σ), averaged.
    expect(variance(means)).to.be.closeTo(9 + 1 / 60, 9 * 5 * Math.sqrt(2 / 400));
  });

  it('holds 100,000 clients without their examples', () => {
    const many = syntheticDataset({
      ...options,
      clients: 100_000,
      samplesPerClient: 60,
      dimension: 60,
      classes: 10,
    });
    expect(many.train.count).to.equal(5_400_000);
    expect(many.test.count).to.equal(6000);
    expect('generated' in many.train).to.equal(true);
    expect('generated' in many.test, 'the test set is small').to.equal(false);
    expect(labelsOf(many.test).every((label) => label >= 0 && label < 10)).to.equal(true);
  });

  it('refuses options that leave a client without training examples', () => {
    const tiny = syntheticDataset({ ...options, samplesPerClient: 2, testFraction: 0.9 });
    expect([stored(tiny.train).count, tiny.test.count]).to.deep.equal([6, 6]);
    expect(() => datasets.create({ kind: 'synthetic', samplesPerClient: 1 }, context)).to.throw(
      /samplesPerClient/,
    );
  });
});
