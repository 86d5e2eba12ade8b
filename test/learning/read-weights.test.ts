import { expect } from 'chai';
import { readFromDisk } from '../../learning/host/index.js';
import {
  buildModel,
  encodeSafetensors,
  initialWeights,
  layOut,
  losses,
  readWeights,
  view,
  type Model,
  type Weights,
} from '../../learning/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { evaluateWeights, simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

const square: Model = buildModel({
  input: [6],
  layers: [
    { kind: 'dense', units: 6, activation: 'relu' },
    { kind: 'dense', units: 6, activation: 'none' },
  ],
});

/** The same tensors by the same names in another order, as Python's `save_file(load_file(model))` sorts them. */
function inOrder({ values, manifest }: Weights, order: (a: string, b: string) => number): Weights {
  const tensors = [...manifest.tensors].sort((a, b) => order(a.name, b.name));
  const other = layOut(tensors.map(({ name, shape, role }) => ({ name, shape, role })));
  const moved = new Float32Array(values.length);
  for (const [index, tensor] of other.tensors.entries())
    view(moved, tensor).set(view(values, tensors[index]));
  return { values: moved, manifest: other };
}
const backwards = (a: string, b: string) => (a < b ? 1 : -1);

describe('weights in a safetensors file', () => {
  const folder = temporaryFolder();
  const weights = { values: initialWeights(square, 5), manifest: square.manifest };
  const write = (name: string, content: Weights) => folder.write(name, encodeSafetensors(content));
  const refusal = (name: string, tensors: readonly (readonly [string, readonly number[]])[]) => {
    const manifest = layOut(tensors.map(([own, shape]) => ({ name: own, shape, role: 'weight' as const })));
    const file = write(name, { values: new Float32Array(manifest.length), manifest });
    try {
      readWeights(file, square, readFromDisk);
    } catch (error) {
      return String(error).slice(`Error: ${file}: `.length);
    }
    return 'none';
  };

  it('go by name, whatever their order', () => {
    for (const [index, order] of [backwards, (a: string, b: string) => -backwards(a, b)].entries()) {
      const moved = inOrder(weights, order);
      expect(moved.manifest.tensors.map(({ name }) => name)).to.not.deep.equal(
        weights.manifest.tensors.map(({ name }) => name),
      );
      const file = write(`moved-${index}.safetensors`, moved);
      expect(readWeights(file, square, readFromDisk)).to.deep.equal(weights.values);
    }
  });

  it('go by name for init.file, murmur evaluate and a teacher', async () => {
    const recipe = parseRecipe(smallRecipe());
    const { record } = await simulate(recipe, { threads: 1, out: folder.path('run') });
    const trained = folder.path('run', 'model.safetensors');
    const model = buildModel({
      input: [28, 28, 1],
      layers: [
        { kind: 'dense', units: 20, activation: 'relu' },
        { kind: 'dense', units: 10, activation: 'none' },
      ],
    });
    const values = readWeights(trained, model, readFromDisk);
    const moved = write('moved.safetensors', inOrder({ values, manifest: model.manifest }, backwards));
    expect((await evaluateWeights(recipe, moved, 'test')).accuracy).to.equal(record.accuracy);
    const idle = smallRecipe({ init: { file: moved }, clients: { dropout: 1 }, rounds: 1 });
    expect((await simulate(parseRecipe(idle), { threads: 1 })).record.weightsSha256).to.equal(
      record.weightsSha256,
    );
    const objective = losses.create(
      { kind: 'distillation', teacher: moved, temperature: 2, weight: 0.5 },
      { input: [28, 28, 1], classes: 10, model: { kind: 'mlp', hidden: [20] }, readFile: readFromDisk },
    );
    expect(objective).to.have.nested.property('teacher.weights').that.deep.equals(values);
  });

  it('are refused by other names, which are told with those that are missing', () => {
    expect(
      refusal('names.safetensors', [
        ['dense1/kernel', [6, 6]],
        ['dense1/bias', [6]],
        ['fc2.weight', [6, 6]],
        ['fc2.bias', [6]],
      ]),
    ).to.equal(
      "its tensors are not the model's: it lacks dense2/kernel, dense2/bias; it has fc2.weight, fc2.bias, which the model has not. " +
        'Tensors go by name: docs/weights.md says which names a model has',
    );
    expect(refusal('half.safetensors', [['dense1/kernel', [6, 6]]])).to.match(
      /: it lacks dense1\/bias, dense2\/kernel, dense2\/bias\. /,
    );
    const more = square.manifest.tensors.map(({ name, shape }) => [name, shape] as const);
    const many = Array.from({ length: 20 }, (_, i) => [`more${i + 10}`, [1]] as const);
    expect(refusal('more.safetensors', [...more, ...many])).to.match(
      /: it has more10, more11, more12, more13, more14, more15, more16, more17 and 12 more, which the model has not\. /,
    );
  });

  it('are refused with other shapes', () => {
    const tensors = square.manifest.tensors.map(
      ({ name, shape }) => [name, name === 'dense2/kernel' ? [4, 9] : shape] as const,
    );
    expect(refusal('shape.safetensors', tensors)).to.equal(
      "tensor dense2/kernel has the shape [4, 9], the model's has [6, 6]",
    );
  });
});
