import { expect } from 'chai';
import { stringify } from 'yaml';
import { countRuns, expandSweep, parseSweep, type ExpandedRun } from '../../../experiments/sweep/index.js';
import { parseRecipe, recipeHash, RecipeError } from '../../../recipe/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { smallRecipe } from '../../support/small-recipe.js';
import { parse } from 'yaml';

const base = parse(smallRecipe()) as object;
const sweep = (fields: object, options = {}) =>
  expandSweep(parseSweep(stringify({ name: 'test', base, ...fields }), options, 'my.yaml'));
const complaint = (fields: object | string, options = {}) => {
  const text = typeof fields === 'string' ? fields : stringify({ name: 'test', base, ...fields });
  try {
    expandSweep(parseSweep(text, options, 'my.yaml'));
  } catch (error) {
    if (error instanceof RecipeError) return error.message;
    throw error;
  }
  return 'none';
};
const lineOf = (fields: object, needle: string) =>
  stringify({ name: 'test', base, ...fields })
    .split('\n')
    .findIndex((line) => line.includes(needle)) + 1;

describe('a sweep', () => {
  const folder = temporaryFolder();

  it('is every combination with every seed, the last axis fastest', () => {
    const runs = sweep({
      matrix: { 'algorithm.fraction': [0.3, 0.5], rounds: [2, 3] },
      seeds: [7, 8],
    });
    expect(runs.map(({ settings, seed }) => [...Object.values(settings), seed].join(' '))).to.deep.equal([
      '0.3 2 7',
      '0.3 2 8',
      '0.3 3 7',
      '0.3 3 8',
      '0.5 2 7',
      '0.5 2 8',
      '0.5 3 7',
      '0.5 3 8',
    ]);
    expect(runs[2].recipe).to.deep.equal(
      parseRecipe(smallRecipe(), { name: 'test', seed: 7, rounds: 3, 'algorithm.fraction': 0.3 }),
    );
    for (const { recipe, hash } of runs) expect(hash).to.equal(recipeHash(recipe));
    expect(new Set(runs.map(({ hash }) => hash)).size).to.equal(8);
  });

  it("has the base's own seed where it lists none", () => {
    expect(sweep({ matrix: { rounds: [1, 2] } }).map(({ seed }) => seed)).to.deep.equal([5, 5]);
  });

  it('takes objects as values, called by their kind, or named values', () => {
    const kinds = sweep({ matrix: { model: ['logistic', { kind: 'mlp', hidden: [5] }] } });
    expect(kinds.map(({ settings }) => settings['model'])).to.deep.equal(['logistic', 'mlp']);
    expect(kinds[1].recipe.model).to.deep.include({ kind: 'mlp', hidden: [5] });
    const alike = sweep({
      matrix: {
        model: [
          { kind: 'mlp', hidden: [4] },
          { kind: 'mlp', hidden: [5] },
        ],
      },
    });
    expect(alike[1].settings).to.deep.equal({ model: '{"kind":"mlp","hidden":[5]}' });
    const named = sweep({ matrix: { model: { small: 'logistic', large: { kind: 'mlp', hidden: [9] } } } });
    expect(named.map(({ settings }) => settings['model'])).to.deep.equal(['small', 'large']);
    expect(named[0].recipe.model.kind).to.equal('logistic');
  });

  it('has named series, in which fields change together; deeper fields go over those that hold them', () => {
    const runs = sweep({
      series: {
        short: { rounds: 1, 'algorithm.amount.epochs': 1 },
        prox: {
          algorithm: { kind: 'fedprox', mu: 1, optimizer: { kind: 'sgd', learningRate: 0.1 } },
          rounds: 2,
        },
      },
      matrix: { 'algorithm.batchSize': [5, 20] },
    });
    expect(runs.map(({ series, settings }) => [series, settings['algorithm.batchSize']])).to.deep.equal([
      ['short', 5],
      ['short', 20],
      ['prox', 5],
      ['prox', 20],
    ]);
    expect(runs[3].recipe.algorithm).to.deep.include({ kind: 'fedprox', mu: 1, batchSize: 20 });
    expect(runs[0].recipe).to.deep.include({ rounds: 1 });
  });

  it('leaves out what is excluded, and adds what is included', () => {
    const runs = sweep({
      series: { a: { rounds: 1 }, b: { rounds: 2 } },
      matrix: { 'algorithm.amount.epochs': [1, 2, 3] },
      exclude: [{ series: 'b', 'algorithm.amount.epochs': [2, 3] }],
      include: [
        { series: 'b', 'algorithm.amount.epochs': 9 },
        { series: 'a', 'algorithm.amount.epochs': 1 },
        { 'clients.dropout': 0.5 },
      ],
    });
    expect(runs.map(({ series, settings }) => [series, settings])).to.deep.equal([
      ['a', { 'algorithm.amount.epochs': 1 }],
      ['a', { 'algorithm.amount.epochs': 2 }],
      ['a', { 'algorithm.amount.epochs': 3 }],
      ['b', { 'algorithm.amount.epochs': 1 }],
      ['b', { 'algorithm.amount.epochs': 9 }],
      [undefined, { 'clients.dropout': 0.5 }],
    ]);
    expect(runs[5].recipe.clients.dropout).to.equal(0.5);
  });

  it('finds its base beside its own file; null takes a field out', () => {
    folder.write('base.yaml', smallRecipe({ stop: { accuracy: 0.5 } }));
    const text = stringify({
      name: 'beside',
      base: 'base.yaml',
      set: { stop: null, rounds: 2 },
      seeds: [1, 2],
    });
    const runs = expandSweep(parseSweep(text, {}, folder.path('sweep.yaml')));
    expect(runs.map(({ recipe }) => [recipe.stop, recipe.rounds, recipe.seed])).to.deep.equal([
      [undefined, 2, 1],
      [undefined, 2, 2],
    ]);
  });

  it('has a quick variant, of fewer seeds and values', () => {
    const fields = {
      matrix: { rounds: [10, 20], model: { small: 'logistic', large: '2nn', larger: 'cnn' } },
      seeds: [1, 2, 3],
      include: [{ rounds: 30 }],
      quick: { set: { 'algorithm.amount.epochs': 1 }, matrix: { rounds: [1], model: ['large'] }, seeds: [1] },
    };
    expect(parseSweep(stringify({ name: 'test', base, ...fields }), { quick: true }).name).to.equal(
      'test-quick',
    );
    const runs = sweep(fields, { quick: true });
    expect(runs.map(({ settings }) => settings)).to.deep.equal([{ rounds: 1, model: 'large' }]);
  });

  it('is counted before it is expanded', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    const matrix = { rounds: hundred, 'algorithm.amount.epochs': hundred, 'algorithm.batchSize': hundred };
    const text = stringify({ name: 'test', base, matrix, seeds: [1, 2] });
    expect(countRuns(parseSweep(text))).to.equal(2_000_000);
  });
});

describe('a bad sweep', () => {
  it('names line, field and the nearest name, wherever the mistake stands', () => {
    const unknown = { matrix: { rounds: [1], 'algorithm.batch': [1, 2] } };
    expect(complaint(unknown)).to.match(
      new RegExp(
        `^my\\.yaml:${lineOf(unknown, 'algorithm.batch') + 1}: algorithm\\.batch: unknown field 'batch'; did you mean 'batchSize'`,
      ),
    );
    const kind = { matrix: { algorithm: ['fedsgd', 'fedavrg'] } };
    expect(complaint(kind)).to.match(
      new RegExp(
        `^my\\.yaml:${lineOf(kind, 'fedavrg')}: algorithm\\.kind: unknown algorithm 'fedavrg'; did you mean 'fedavg'`,
        'm',
      ),
    );
    const series = { series: { a: { rounds: 1 }, b: { rounds: 'many' } } };
    expect(complaint(series)).to.match(new RegExp(`^my\\.yaml:${lineOf(series, 'many')}: rounds: .*number`));
    expect(complaint({ base: { ...base, round: 1 }, seeds: [1] })).to.match(
      /^my\.yaml:\d+: base\.round: unknown field 'round'; did you mean 'rounds'/,
    );
    expect(complaint({ base: undefined, data: {}, algorithm: 'fedavg' })).to.contain('is a recipe, no sweep');
    expect(complaint({ matrixx: {} })).to.contain("unknown field 'matrixx'; did you mean 'matrix'?");
    expect(complaint({ matrix: { algoritm: ['fedavg'] } })).to.match(
      /^my\.yaml:\d+: algoritm: unknown field 'algoritm'; did you mean 'algorithm'/,
    );
  });

  it('complains once about a mistake that many runs have', () => {
    const text = complaint({ matrix: { rounds: [0], 'algorithm.amount.epochs': [1, 2, 3] }, seeds: [1, 2] });
    expect(text.split('\n')).to.have.length(1);
  });

  it('is one whose matrix is empty, or excluded as a whole', () => {
    expect(complaint({ matrix: {} })).to.match(/^my\.yaml:\d+: matrix: the matrix is empty/);
    expect(complaint({ matrix: { rounds: [] } })).to.match(
      /^my\.yaml:\d+: matrix\.rounds: an axis without values/,
    );
    expect(complaint({ matrix: { rounds: [1] }, exclude: [{ rounds: 1 }] })).to.contain('no run is left');
    expect(complaint({ seeds: [] })).to.contain('the list of seeds is empty');
  });

  it('is one that says a thing twice', () => {
    expect(complaint({ matrix: { rounds: [1, 1] } })).to.contain('the value 1 is there twice');
    expect(complaint({ seeds: [4, 4] })).to.contain('seed 4 is there twice');
    expect(complaint({ matrix: { seed: [1, 2] } })).to.contain('seeds have a list of their own');
    expect(complaint({ matrix: { rounds: [1, 2] }, set: { rounds: 3 } })).to.match(
      /^my\.yaml:\d+: rounds: this field varies/,
    );
    expect(complaint({ matrix: { rounds: [1, 2] } }, { set: { rounds: 3 } })).to.match(
      /^--set rounds: this field varies/,
    );
    expect(complaint({ matrix: { rounds: [1, 2] }, series: { a: { rounds: 3 } } })).to.contain(
      'the axis series sets this field already',
    );
  });

  it('is one that excludes, or keeps for its quick variant, what is not there', () => {
    expect(complaint({ matrix: { rounds: [1, 2] }, exclude: [{ round: 1 }] })).to.contain(
      "unknown axis 'round'; did you mean 'rounds'?",
    );
    expect(complaint({ matrix: { rounds: [1, 2] }, exclude: [{ rounds: 3 }] })).to.contain(
      "unknown value of rounds '3'",
    );
    expect(complaint({ seeds: [1] }, { quick: true })).to.contain('no quick variant');
    const series = { series: { one: {}, two: {} }, quick: { series: ['on'] } };
    expect(complaint(series, { quick: true })).to.contain("did you mean 'one'?");
    expect(complaint({ base: 'nowhere.yaml' })).to.match(
      /^my\.yaml:2: base: there is no recipe nowhere\.yaml/,
    );
  });

  const gossips = {
    base: { ...base, algorithm: 'fedavg', topology: 'ring' },
    series: {
      FedAvg: { algorithm: 'fedavg' },
      gossip: { algorithm: 'gossip' },
      alone: { algorithm: 'isolated' },
    },
  };
  const named = (runs: readonly ExpandedRun[]) =>
    runs.map(({ series, settings }) => [series, ...Object.values(settings)].join(' '));

  it('gives one run to a series that does not read an axis, whose fields it leaves out', () => {
    const runs = sweep({ ...gossips, matrix: { topology: ['ring', 'complete'], 'network.loss': [0, 0.5] } });
    expect(named(runs)).to.deep.equal([
      'FedAvg',
      'gossip ring 0',
      'gossip ring 0.5',
      'gossip complete 0',
      'gossip complete 0.5',
      'alone',
    ]);
    expect(runs[0].unread).to.have.members(['topology', 'network.loss']);
    expect(runs[0].hash).to.equal(
      recipeHash(parseRecipe(smallRecipe({ algorithm: 'fedavg' }), { name: 'test' })),
    );
    expect(runs[1].unread).to.deep.equal([]);
  });

  it('so too for the options of one algorithm, or of one topology', () => {
    const runs = sweep({
      series: { FedAvg: { algorithm: 'fedavg' }, FedProx: { algorithm: 'fedprox' } },
      matrix: { 'algorithm.mu': [0.1, 1] },
    });
    expect(named(runs)).to.deep.equal(['FedAvg', 'FedProx 0.1', 'FedProx 1']);
    const degrees = sweep({
      base: { ...base, algorithm: 'gossip' },
      matrix: { topology: ['ring', { kind: 'regular' }], 'topology.degree': [2, 4] },
    });
    expect(degrees.map(({ settings }) => Object.values(settings).join(' '))).to.deep.equal([
      'ring',
      'regular 2',
      'regular 4',
    ]);
  });

  it('complains of a field that none of its runs reads, where it is set', () => {
    const fields = { base: { ...base, network: { loss: 0.1 } }, matrix: { rounds: [1, 2] } };
    expect(complaint(fields)).to.include('network.loss: fedavg does not read it');
    const axis = { matrix: { 'algorithm.mew': [1, 2], rounds: [1, 2] } };
    expect(complaint(axis)).to.match(/^my\.yaml:\d+: algorithm\.mew: unknown field 'mew'/m);
    expect(
      complaint({ ...gossips, matrix: { 'clients.dropout': [0, 0.1], mixing: ['uniform', 'max-degree'] } }),
    ).to.include('mixing: ');
  });
});
