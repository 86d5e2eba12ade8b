/** Models with batch norm and dropout in real runs of every algorithm: variances, statistics and what is refused. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { algorithms } from '../../algorithms/index.js';
import { createExecutor } from '../../execution/host/index.js';
import { GossipHost, Slabs } from '../../gossip/index.js';
import { decodeSafetensors, isStatistic, takeStatistics, view, type Weights } from '../../learning/index.js';
import { distributions, stream } from '../../numerics/index.js';
import { buildFederation, parseRecipe, RecipeError } from '../../recipe/index.js';
import { simulate } from '../../simulator/index.js';
import { temporaryFolder } from '../support/folder.js';

const layers = [
  { kind: 'dense', units: 8, activation: 'none' },
  { kind: 'batch-norm' },
  { kind: 'activation', function: 'relu' },
  { kind: 'dropout', rate: 0.3 },
  { kind: 'dense', units: 3, activation: 'none' },
];
const optimizer = { learningRate: 0.05, weightDecay: 0.01 };
const familyOf = (kind: string) => algorithms.create({ kind }, { synchronous: true }).family;

describe('a model with batch norm', () => {
  const folder = temporaryFolder();
  let files = 0;

  /** Rows of inputs of about 0.1, with owners that have as many as `sizes` says. */
  function table(name: string, sizes: readonly number[]): string {
    const draw = stream(3, 'table', name);
    const normal = distributions.normal(draw, 0, 0.1);
    const rows = sizes.flatMap((size, owner) =>
      Array.from({ length: size }, (_, i) => {
        const label = (owner + i) % 3;
        const inputs = [0, 1, 2, 3].map((place) => normal() + (place === label ? 0.1 : 0));
        return [...inputs, label, `client${owner}`].join();
      }),
    );
    return folder.write(`${name}.csv`, ['a,b,c,d,label,owner', ...rows].join('\n'));
  }

  const train = table('train', [12, 20, 28, 36]);
  const test = table('test', [30]);
  const recipeOf = (fields: object, file = train) =>
    parseRecipe(
      JSON.stringify({
        seed: 2,
        data: {
          dataset: { kind: 'csv', file, testFile: test, owner: 'owner', normalize: 'none' },
          partition: 'natural',
        },
        model: { kind: 'layers', layers },
        rounds: 4,
        ...fields,
      }),
    );

  const isRight = ({ values, manifest }: Weights) => {
    const running = takeStatistics(manifest, values);
    expect(running.every(Number.isFinite)).to.equal(true);
    for (const tensor of manifest.tensors.filter(isStatistic)) {
      const own = view(values, tensor);
      const [start, isVariance] = tensor.role === 'norm.var' ? [1, true] : [0, false];
      if (isVariance) expect(Math.min(...own)).to.be.at.least(0);
      expect(own.every((value) => value !== start)).to.equal(true);
      // Inputs of about 0.1 through a dense layer.
      if (isVariance) expect(Math.max(...own)).to.be.below(1);
    }
  };

  async function finalModel(fields: object): Promise<Weights> {
    const out = folder.path(`run-${++files}`);
    const { record } = await simulate(recipeOf(fields), { threads: 1, out });
    expect(record.loss).to.be.below(3);
    return decodeSafetensors(readFileSync(`${out}/model.safetensors`));
  }

  const own = { amount: { epochs: 3 }, batchSize: 8, optimizer };
  const local = { ...own, fraction: 1 };
  const buffered = (kind: string) => ({
    algorithm: { kind, ...own },
    schedule: { kind: 'buffered', concurrency: 3, size: kind === 'fedbuff' ? 2 : 1 },
    rounds: 8,
  });
  const federatedCases = algorithms.entries
    .map(({ kind }) => kind)
    .filter((kind) => familyOf(kind) === 'federated' && kind !== 'fisher' && kind !== 'fedma')
    .map((kind) =>
      ['fedbuff', 'fedasync'].includes(kind)
        ? buffered(kind)
        : { algorithm: { kind, ...(kind === 'fedsgd' ? { optimizer } : local) } },
    );
  const coded = ['fedavg', 'fedavgm', 'fednova'].flatMap((kind) =>
    [{ kind: 'int8', errorFeedback: true }, { kind: 'top-k', fraction: 0.05 }, { kind: 'float16' }].map(
      (codec) => ({
        algorithm: { kind, ...local },
        network: { codec },
        rounds: 12,
      }),
    ),
  );
  for (const fields of [...federatedCases, ...coded]) {
    it(`keeps its running statistics right: ${JSON.stringify(fields)}`, async () => {
      isRight(await finalModel(fields));
    });
  }

  const gossiping = { batchSize: 8, optimizer };
  const gossipCases = [
    ...algorithms.entries
      .map(({ kind }) => kind)
      .filter((kind) => familyOf(kind) === 'gossip' && kind !== 'isolated')
      .map((kind) => ({
        algorithm: {
          kind,
          ...(kind === 'gradient-tracking' ? { batchSize: 8, learningRate: 0.05 } : gossiping),
        },
        ...(kind === 'buffered-gossip' && { schedule: { kind: 'asynchronous' } }),
      })),
    { algorithm: { kind: 'noloco', ...gossiping, communication: 'combined' } },
    { algorithm: { kind: 'gossip', ...gossiping, message: { kind: 'partitioned', parts: 3 } } },
    { algorithm: { kind: 'gossip', ...gossiping, message: { kind: 'sampled', fraction: 0.5 } } },
    { algorithm: { kind: 'gossip', ...gossiping }, network: { codec: 'int8' } },
  ];
  for (const fields of gossipCases) {
    it(`keeps every node’s running statistics right: ${JSON.stringify(fields)}`, async () => {
      const recipe = recipeOf({ topology: 'complete', ...fields });
      const federation = buildFederation(recipe);
      if (federation.algorithm.family !== 'gossip') throw new TypeError('not gossip');
      const executor = createExecutor(federation, { threads: 1 });
      const slabs = new Slabs(1e6, 1, (slab) => {
        executor.open(slab);
      });
      const host = new GossipHost(federation, federation.algorithm, executor, slabs, undefined);
      // Running statistics start at 1 and are kept by nine tenths in each step.
      for (let round = 0; round < 25; round++) await host.nextRound();
      await executor.close();
      const models = host.models().map(({ weights }) => weights);
      for (const values of models) isRight({ values, manifest: federation.model.manifest });
      if (['data-parallel', 'diloco', 'local-sgd'].includes(fields.algorithm.kind)) {
        for (const weights of models) expect(weights).to.deep.equal(models[0]);
      }
    });
  }

  it('draws dropout in passes for gradients: another rate gives other weights', async () => {
    for (const algorithm of [
      { kind: 'data-parallel', ...gossiping },
      { kind: 'gradient-tracking', batchSize: 8 },
    ]) {
      const of = async (rate: number) => {
        const changed = layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate } : layer));
        const fields = { algorithm, topology: 'complete', model: { kind: 'layers', layers: changed } };
        return (await simulate(recipeOf(fields), { threads: 1 })).record.weightsSha256;
      };
      expect(await of(0.9)).not.to.equal(await of(0));
    }
  });

  it('is refused before the run where somebody’s last batch has one example, with a batch size that fits', () => {
    const file = table('ones', [12, 17, 33]);
    const build =
      (batchSize: unknown, from = file) =>
      () =>
        buildFederation(recipeOf({ algorithm: { ...local, kind: 'fedavg', batchSize } }, from));
    expect(build(8)).to.throw(
      RecipeError,
      'algorithm.batchSize 8 leaves 2 clients, such as client 1, a batch of one example (of 17), and the batch norm ' +
        'batch-norm2 takes the variance over a batch; use batchSize 9, say, or batchSize: all',
    );
    expect(build(1)).to.throw(RecipeError, 'use batchSize');
    expect(build(9)).not.to.throw();
    expect(build('all')).not.to.throw();
    expect(build('all', table('single', [12, 1]))).to.throw(
      RecipeError,
      'leaves client 1 a batch of one example (of 1), and the batch norm batch-norm2 takes the variance over a batch; ' +
        'give every client at least two examples, or use group or layer norms',
    );
  });
});
