/** Native kernels: the bits of WebAssembly's, whatever the shape. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildModel, initialWeights } from '../../../learning/model.js';
import { models } from '../../../learning/models.js';
import { differingModel, differingProduct } from '../../../learning/host/native/check.js';
import { openLibrary } from '../../../learning/host/native/library.js';
import { wasmEngine, type NativeLibrary } from '../../../learning/index.js';
import { sha256 } from '../../../numerics/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { murmur } from '../../support/murmur.js';
import { hasProgram, need } from '../../support/requirements.js';
import { smallRecipe } from '../../support/small-recipe.js';
import { perceptron, randomExamples, request } from '../wasm/cases.js';

const [MNIST, CIFAR, TEXT] = [[28, 28, 1], [32, 32, 3], [80]];
const named: readonly [kind: string, input: readonly number[], batchSize: number][] = [
  ['2nn', MNIST, 10],
  ['2nn', MNIST, 64],
  ['cnn', MNIST, 3],
  ['lenet5', MNIST, 7],
  ['resnet8', CIFAR, 3],
  ['vgg9', CIFAR, 1],
  ['char-lstm', TEXT, 2],
  ['char-transformer', TEXT, 2],
];

interface Run {
  readonly weightsSha256: string;
  readonly engine: { readonly kernels: string };
}

describe('native kernels', () => {
  const folder = temporaryFolder();
  const env = { XDG_CACHE_HOME: folder.path('cache') };
  let library: NativeLibrary;

  before(async function () {
    need(this, 'a C compiler (cc)', hasProgram('cc'));
    // The build itself trains the reference models both ways.
    const { stdout, stderr } = await murmur(['native', 'build'], { env });
    expect(stdout, stderr).to.match(/^built with cc .*-ffp-contract=off/);
    const [file = ''] = /^.*kernels\.node$/m.exec(stdout) ?? [];
    library = openLibrary(file);
  });

  const hashes = (trained: Parameters<typeof request>, sparse = true) =>
    [undefined, library].map((native) =>
      sha256(wasmEngine({ native, sparse }).train(request(...trained)).weights),
    );

  for (const [kind, input, batchSize] of named) {
    it(`train to the bits of WebAssembly: ${kind}, batches of ${batchSize}`, () => {
      const model = buildModel(models.create({ kind }, { input, classes: input === TEXT ? 80 : 10 }));
      const inputs = input.reduce((a, b) => a * b, 1);
      const content = input === TEXT ? { tokens: 80 } : { type: 'uint8' as const, density: 0.3 };
      const random = randomExamples(2 * batchSize, inputs, 10, 1, content);
      const examples = { ...random, input: { ...random.input, shape: input } };
      const changes = { batchSize, amount: { steps: 2 }, weights: initialWeights(model, 1) };
      const [ours, theirs] = hashes([model, examples, changes]);
      expect(theirs).to.equal(ours);
    });
  }

  for (const widths of [
    [3, 1, 2],
    [17, 41, 9],
    [100, 8, 24, 3],
  ]) {
    for (const batchSize of [1, 6, 11, 23, 65]) {
      it(`train to the bits of WebAssembly: ${widths.join('-')}, batches of ${batchSize}`, () => {
        const model = perceptron(...widths);
        const classes = widths.at(-1) ?? 0;
        for (const [density, sparse] of [
          [1, false],
          [0.2, true],
        ] as const) {
          const examples = randomExamples(70, widths[0], classes, 2, { type: 'uint8', density });
          const [ours, theirs] = hashes([model, examples, { batchSize }], sparse);
          expect(theirs).to.equal(ours);
        }
      });
    }
  }

  it('that leave out a ReLU are found out', () => {
    const broken: NativeLibrary = {
      ...library,
      bind: (memory, kernel, constants) => library.bind(memory, kernel, { ...constants, relu: false }),
    };
    expect(differingProduct(broken)).to.equal('in a product of 1 × 9 × 8');
    expect(differingModel(broken)).to.match(/^in a model of dense, dense, dense with batches of 7/);
  });

  it('end a run in the same weights, in a worker process and its threads too', async () => {
    const recipe = folder.write('recipe.yaml', smallRecipe({ rounds: 2 }));
    const runs = await Promise.all(
      [
        ['simulate', '--kernels', 'wasm', '--threads', '1'],
        ['launch', '--kernels', 'native', '--workers', '1', '--threads', '2'],
      ].map(async ([command, ...options]) => {
        const out = folder.path(command);
        const { code, stderr } = await murmur([command, recipe, '--out', out, ...options], { env });
        expect(code, stderr).to.equal(0);
        return JSON.parse(readFileSync(`${out}/run.json`, 'utf8')) as Run;
      }),
    );
    expect(runs.map(({ engine }) => engine.kernels)).to.deep.equal(['wasm', 'native']);
    expect(runs[1].weightsSha256).to.equal(runs[0].weightsSha256);
  });
});

describe('without native kernels', () => {
  const folder = temporaryFolder();
  const env = { XDG_CACHE_HOME: folder.path('cache') };

  it('what to do is said where they are asked for', async () => {
    const recipe = folder.write('recipe.yaml', smallRecipe());
    const { code, stderr } = await murmur(['simulate', recipe, '--kernels', 'native'], { env });
    expect(code).to.equal(2);
    expect(stderr).to.match(/^murmur: there are no native kernels .* `murmur native build`/);
  });

  it('a build needs a compiler, which is said', async () => {
    const { code, stderr } = await murmur(['native', 'build'], { env: { ...env, CC: 'no-such-cc' } });
    expect(code).to.equal(2);
    expect(stderr).to.match(/^murmur: there is no C compiler 'no-such-cc' here/);
  });
});
