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
