import { expect } from 'chai';
import { buildModel, initialWeights, layOut, models, view } from '../../learning/index.js';

const mnist = { input: [28, 28, 1], classes: 10 };

describe('models', () => {
  it('2nn on MNIST has the 199,210 weights of McMahan et al.', () => {
    const { manifest } = buildModel(models.create({ kind: '2nn' }, mnist));
    expect(manifest.length).to.equal(199_210);
    expect(manifest.tensors.map(({ name, shape, role }) => [name, shape, role])).to.deep.equal([
      ['dense1/kernel', [784, 200], 'weight'],
      ['dense1/bias', [200], 'bias'],
      ['dense2/kernel', [200, 200], 'weight'],
      ['dense2/bias', [200], 'bias'],
      ['dense3/kernel', [200, 10], 'weight'],
      ['dense3/bias', [10], 'bias'],
    ]);
  });

  it('logistic regression on MNIST has 7,850 weights, an mlp those of its widths', () => {
    const length = (kind: string, options = {}) =>
      buildModel(models.create({ kind, ...options }, mnist)).manifest.length;
    expect(length('logistic')).to.equal(7850);
    expect(length('mlp', { hidden: [100, 50] })).to.equal(784 * 100 + 100 + 100 * 50 + 50 + 50 * 10 + 10);
  });

  it('image and text models have the weights that the papers or their shapes give', () => {
    const cifar = { input: [32, 32, 3], classes: 10 };
    const text = { input: [80], classes: 80 };
    const length = (kind: string, context: typeof cifar, options = {}) =>
      buildModel(models.create({ kind, ...options }, context)).manifest.length;
    // McMahan et al. 2017; LeNet-5 as counted everywhere; He et al. 2016 (0.27M) with projections.
    expect(length('cnn', mnist)).to.equal(1_663_370);
    expect(length('lenet5', mnist)).to.equal(61_706);
    expect(length('resnet20', cifar)).to.be.within(270_000, 276_000);
    expect(length('resnet8', cifar)).to.be.within(76_000, 80_000);
    expect(length('vgg9', cifar)).to.be.within(3_490_000, 3_510_000);
    // 4 · 256 · (8 + 256 + 1) + 4 · 256 · (256 + 256 + 1), an embedding of 8 and a dense layer of 80.
    expect(length('char-lstm', text)).to.equal(271_360 + 525_312 + 640 + 257 * 80);
    expect(length('char-transformer', text, { dropout: 0.1 })).to.equal(
      80 * 64 +
        80 * 64 +
        2 * (2 * 128 + 64 * 192 + 192 + 64 * 64 + 64 + 64 * 256 + 256 + 256 * 64 + 64) +
        128 +
        65 * 80,
    );
  });

  it('names the layer within a residual that does not fit', () => {
    const inside = { kind: 'pool', pooling: 'max', kernel: 9, padding: 'valid' } as const;
    expect(() => buildModel({ input: [8, 8, 1], layers: [{ kind: 'residual', layers: [inside] }] })).to.throw(
      'layer 1 (residual): layer 1 (pool): its windows of 9 × 9 do not fit',
    );
    const smaller = { ...inside, kernel: 2 };
    expect(() =>
      buildModel({ input: [8, 8, 1], layers: [{ kind: 'residual', layers: [smaller] }] }),
    ).to.throw(
      'its layers give an array of shape [4, 4, 1], what goes around them an array of shape [8, 8, 1]',
    );
  });

  it('refuses a layer without units and names it', () => {
    expect(() =>
      buildModel({ input: [4], layers: [{ kind: 'dense', units: 0, activation: 'none' }] }),
    ).to.throw('layer 1 (dense): it needs at least one unit, it has 0');
  });

  it("initialises with Glorot's bound, spread evenly, and zero biases", () => {
    const model = buildModel(models.create({ kind: '2nn' }, mnist));
    const weights = initialWeights(model, 1);
    const kernel = view(weights, model.manifest.tensors[0]);
    const bound = Math.sqrt(6 / 984);
    expect(kernel.every((x) => Math.abs(x) <= bound)).to.be.true;
    const variance = kernel.reduce((sum, x) => sum + x * x, 0) / kernel.length;
    expect(variance).to.be.closeTo(2 / 984, 2e-5);
    expect(view(weights, model.manifest.tensors[1]).every((x) => x === 0)).to.be.true;
  });

  it('initialises a tensor the same whatever other layers there are, and nodes differently by name', () => {
    const small = buildModel(models.create({ kind: 'mlp', hidden: [20] }, mnist));
    const deep = buildModel(models.create({ kind: 'mlp', hidden: [20, 30] }, mnist));
    const first = (model: typeof small, name: string[] = []) =>
      view(initialWeights(model, 3, name), model.manifest.tensors[0]);
    expect(first(small)).to.deep.equal(first(deep));
    expect(first(small, ['node 1'])).not.to.deep.equal(first(small, ['node 2']));
  });

  it('lays tensors out without gaps', () => {
    const manifest = layOut([
      { name: 'a', shape: [2, 3], role: 'weight' },
      { name: 'b', shape: [], role: 'bias' },
      { name: 'c', shape: [4], role: 'bias' },
    ]);
    expect(manifest.tensors.map(({ offset, size }) => [offset, size])).to.deep.equal([
      [0, 6],
      [6, 1],
      [7, 4],
    ]);
    expect(manifest.length).to.equal(11);
  });
});
