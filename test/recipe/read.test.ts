import { expect } from 'chai';
import { admitsOtherEngines } from '../../learning/index.js';
import {
  parseOverride,
  parseRecipe,
  readRecipe,
  recipeHash,
  RecipeError,
  writeRecipe,
} from '../../recipe/index.js';

const recipe = `name: small
seed: 3
data:
  dataset: mnist
  partition: { kind: iid, clients: 100 }
model: 2nn
algorithm:
  kind: fedavg
  optimizer: { kind: sgd, learningRate: 0.1 }
rounds: 5
`;
const complaint = (text: string, overrides = {}) => {
  try {
    parseRecipe(text, overrides, 'my.yaml');
  } catch (error) {
    if (error instanceof RecipeError) return error.message;
    throw error;
  }
  return 'none';
};

describe('recipes', () => {
  it('are read with every default filled in, and read back the same from their own YAML', () => {
    const read = parseRecipe(recipe);
    expect(read.model).to.deep.equal({ kind: '2nn' });
    expect(read.algorithm).to.deep.include({
      kind: 'fedavg',
      fraction: 0.1,
      amount: { epochs: 1 },
      batchSize: 10,
    });
    expect(read.evaluate).to.deep.include({ every: 1, on: ['test'] });
    expect(parseRecipe(writeRecipe(read))).to.deep.equal(read);
  });

  it('name file, line, field and the nearest name for an unknown field', () => {
    expect(complaint(recipe.replace('fedavg', 'fedavg\n  batch: 2'))).to.match(
      /^my\.yaml:9: algorithm\.batch: unknown field 'batch'; did you mean 'batchSize'\? \(one of: /,
    );
    expect(complaint(`${recipe}round: 7\n`)).to.contain("unknown field 'round'; did you mean 'rounds'?");
  });

  it('name the kinds there are for an unknown kind', () => {
    expect(complaint(recipe.replace('fedavg', 'fedavrg'))).to.match(
      /^my\.yaml:8: algorithm\.kind: unknown algorithm 'fedavrg'; did you mean 'fedavg'\? \(one of: .*fedavg/,
    );
    expect(complaint(recipe.replace('model: 2nn', 'model: 3nn'))).to.match(/^my\.yaml:6: model.*'3nn'/);
  });

  it('name line and field of a value of the wrong type, also deep within', () => {
    expect(complaint(recipe.replace('learningRate: 0.1', 'learningRate: fast'))).to.match(
      /^my\.yaml:9: algorithm\.optimizer\.learningRate: .*number/,
    );
    expect(complaint(recipe.replace('rounds: 5', 'rounds: 0'))).to.match(/^my\.yaml:10: rounds: /);
    expect(complaint(recipe.replace('rounds: 5\n', ''))).to.match(/rounds: .*(required|expected|number)/);
  });

  it('say what to write instead of a wrong value, and what is missing', () => {
    expect(complaint(recipe, { rounds: 'abc' })).to.equal("--set rounds: write a number, not 'abc'");
    expect(complaint(recipe, { rounds: -1 })).to.equal('--set rounds: write a number above 0, not -1');
    expect(complaint(recipe, { 'algorithm.fraction': 2 })).to.contain('that is at most 1, not 2');
    expect(complaint(recipe, { 'algorithm.optimizer.learningRate': NaN })).to.contain('not NaN');
    expect(complaint(recipe.replace('rounds: 5\n', ''))).to.contain('rounds: it is missing; write a number');
    expect(complaint(recipe, { 'evaluate.on': ['tset'] })).to.contain("write 'test' (one of test, ");
    expect(complaint(recipe, { 'schedule.kind': 'sync' })).to.contain("asynchronous, buffered), not 'sync'");
  });

  it('guess only names that are near, all unknown ones at once', () => {
    expect(complaint(recipe, { 'algorithm.kind': 'fedagv' })).to.contain("did you mean 'fedavg'?");
    expect(complaint(recipe, { 'algorithm.lr': 1 })).to.contain("unknown field 'lr' (one of: fraction");
    expect(complaint(`${recipe}round: 7\nlr: 1\n`)).to.contain(
      "unknown fields 'round', 'lr'; did you mean 'rounds'? (one of: ",
    );
  });

  it('are told from sweeps, other texts and folders', () => {
    expect(complaint('base: a.yaml\nmatrix: { rounds: [1] }')).to.contain('murmur sweep my.yaml');
    expect(complaint('')).to.equal('my.yaml: this is no recipe: write fields, such as rounds: 100');
    expect(() => readRecipe('.')).to.throw('. is a folder');
  });

  it('set nothing that all objects have, and no broken YAML', () => {
    expect(complaint(recipe, { '__proto__.polluted': 1 })).to.contain('no recipe has such a field');
    expect({}).not.to.have.property('polluted');
    expect(() => parseOverride('data={kind: ')).to.throw(RecipeError, "'{kind: ' is no YAML: ");
  });

  it('report broken YAML with its place', () => {
    expect(complaint('name: [1')).to.match(/^my\.yaml: .*line 1/);
  });

  it('take overrides by dotted field, also into a choice written as its kind alone', () => {
    const changed = parseRecipe(recipe, {
      'data.partition.clients': 50,
      'algorithm.optimizer.momentum': 0.9,
      'model.kind': 'logistic',
    });
    expect(changed.data.partition).to.deep.include({ clients: 50 });
    expect(changed.algorithm.optimizer).to.deep.include({ momentum: 0.9, learningRate: 0.1 });
    expect(changed.model).to.deep.equal({ kind: 'logistic' });
    expect(complaint(recipe, { 'data.partition.clients': 'many' })).to.match(
      /^--set data\.partition\.clients: /,
    );
    expect(complaint(recipe, { 'rounds.x': 1 })).to.contain("'rounds' has no fields of its own");
    expect(parseOverride('a.b=[1, 2]')).to.deep.equal(['a.b', [1, 2]]);
    expect(() => parseOverride('a.b')).to.throw('write it as field=value');
  });

  it('take `init` as a kind, a file or both options', () => {
    const init = (value: unknown) => parseRecipe(recipe, { init: value }).init;
    const alone = { algorithm: 'isolated', init: 'own' };
    expect(parseRecipe(recipe, alone).init).to.deep.equal({ kind: 'own' });
    expect(init('runs/a/model.safetensors')).to.deep.equal({
      kind: 'same',
      file: 'runs/a/model.safetensors',
    });
    expect(init({ seed: 4 })).to.deep.equal({ kind: 'same', seed: 4 });
    expect(complaint(recipe, { init: { sed: 4 } })).to.contain("did you mean 'seed'");
  });

  it('take `engine` as a kind, or with whether other engines are admitted', () => {
    const engine = (value: unknown) => parseRecipe(recipe, { engine: value }).engine;
    expect(engine('wasm')).to.equal('wasm');
    expect(engine({ kind: 'wasm' })).to.equal('wasm');
    expect(engine({ mixed: true })).to.deep.equal({ kind: 'wasm', mixed: true });
    expect(admitsOtherEngines(engine({ mixed: true }))).to.equal(true);
    expect(admitsOtherEngines(engine({ kind: 'tfjs', mixed: true }))).to.equal(true);
    expect(admitsOtherEngines(engine('tfjs'))).to.equal(false);
    expect(complaint(recipe, { engine: { mixd: true } })).to.contain("did you mean 'mixed'");
    expect(complaint(recipe, { engine: { mixed: 3 } })).to.contain('mixed: ');
    expect(complaint(recipe, { engine: 'tfsj' })).to.contain("did you mean 'tfjs'");
  });

  it('have a hash of what can change the bits: not of name and checkpoints', () => {
    const hash = (overrides = {}) => recipeHash(parseRecipe(recipe, overrides));
    expect(hash({ name: 'other', 'checkpoint.seconds': 1 })).to.equal(hash());
    expect(hash({ seed: 4 })).not.to.equal(hash());
    expect(hash({ 'algorithm.amount.epochs': 2 })).not.to.equal(hash());
  });
});
