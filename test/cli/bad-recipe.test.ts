import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { temporaryFolder } from '../support/folder.js';
import { refused } from '../support/refused.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('a bad recipe', () => {
  const folder = temporaryFolder();
  const recipe = folder.write('small.yaml', smallRecipe());
  const cwd = folder.path();
  const refusedHere = (code: number, args: readonly string[]) => refused(code, args, { cwd });
  const simulate = (...more: string[]) => ['simulate', recipe, '--threads', '1', ...more];

  it('no such file', async () => {
    expect(await refusedHere(2, ['simulate', 'none.yaml'])).to.match(/there is no recipe none\.yaml/);
  });

  it('unknown fields: file, line, field, the nearest name', async () => {
    const file = folder.write('unknown.yaml', smallRecipe({ round: 3 }));
    expect(await refusedHere(2, ['simulate', file])).to.match(
      /unknown\.yaml:\d+: round: unknown field 'round'; did you mean 'rounds'\?/,
    );
    expect(await refusedHere(2, simulate('--set', 'algorithm.batch=3'))).to.match(
      /--set algorithm\.batch: unknown field 'batch'; did you mean 'batchSize'\?/,
    );
  });

  it('more shards than examples', async () => {
    const message = await refusedHere(2, simulate('--set', 'data.partition.clients=600'));
    expect(message)
      .to.match(/1200 shards/)
      .and.match(/1000 examples/);
  });

  it('layers that do not fit each other, or the data', async () => {
    const model = (layers: string) => simulate('--set', `model={ kind: layers, layers: [${layers}] }`);
    const conv = '{ kind: conv2d, filters: 4, kernel: 5 }';
    expect(
      await refusedHere(2, model(`${conv}, { kind: pool, kernel: 25 }, { kind: dense, units: 10 }`)),
    ).to.include(
      'model: layer 2 (pool): its windows of 25 × 25 do not fit an image of 24 × 24; it needs at least 25 × 25',
    );
    expect(await refusedHere(2, model(`{ kind: flatten }, ${conv}`))).to.include(
      'model: layer 2 (conv2d): it takes images of shape [height, width, channels], not an array of shape [784]',
    );
    expect(await refusedHere(2, model('{ kind: dense, units: 9 }'))).to.match(
      /model: its last layer gives 9 logits, .* has 10 classes/,
    );
    expect(await refusedHere(2, model(conv))).to.include('it needs one logit a class');
    const wide = '{ kind: dense, units: 30000, activation: relu }';
    expect(await refusedHere(2, model(`${wide}, ${wide}, { kind: dense, units: 10 }`))).to.match(
      /model: the model and a batch of examples need .* GiB, an engine has at most 4/,
    );
  });

  it('a size that no client can be given', async () => {
    const message = await refusedHere(
      2,
      simulate('--set', 'data.partition={ kind: dirichlet, clients: 10, minimum: 200 }'),
    );
    expect(message)
      .to.match(/10 clients/)
      .and.match(/1000/);
  });

  it('a batch that no client has the examples for', async () => {
    expect(await refusedHere(2, simulate('--set', 'algorithm.batchSize=101'))).to.include(
      'algorithm.batchSize is 101, but no client has as many examples: the largest, client 0, has 100; use at most 100, or batchSize: all',
    );
  });

  it('fewer rounds than a pass of FedMA takes', async () => {
    const fedma = smallRecipe({ algorithm: 'fedma', model: { kind: 'mlp', hidden: [20, 10] }, rounds: 2 });
    expect(await refusedHere(2, ['simulate', folder.write('fedma.yaml', fedma)])).to.include(
      "algorithm 'fedma' matches one layer a round: a pass over this model's 3 layers needs rounds: 3 or more, not 2",
    );
  });

  it('a feature skew that the data do not have room for', async () => {
    const data = { dataset: 'synthetic', partition: 'natural', featureSkew: { kind: 'rotation' } };
    const file = folder.write('features.yaml', smallRecipe({ data }));
    expect(await refusedHere(2, ['simulate', file])).to.match(/images/);
  });

  it('divergence: round, client, learning rate, and the command that shows it again', async () => {
    const args = simulate('--set', 'algorithm.optimizer.learningRate=1e6', '--out', 'diverging run');
    const message = await refusedHere(exitCode.diverged, args);
    expect(message).to.match(
      /training diverged in round \d of fedavg, client \d with algorithm\.optimizer\.learningRate 1000000: /,
    );
    expect(message).to.include(
      `To see it again: murmur simulate ${recipe} --threads 1 --set algorithm.optimizer.learningRate=1e6\n`,
    );
    // The same client, whatever the threads.
    const again = await refusedHere(exitCode.diverged, [
      ...args.slice(0, 3),
      '2',
      ...args.slice(4, -1),
      'again',
    ]);
    expect(again.split('\n').find((line) => line.includes('training diverged'))).to.equal(
      message.split('\n').find((line) => line.includes('training diverged')),
    );
  });
});
