import { expect } from 'chai';
import { axesOf, axisLabel, leaves, valueLabel, type Axis } from '../../../experiments/analysis/axes.js';
import { chooseSettings, hasValidation, isTuned } from '../../../experiments/analysis/choice.js';
import { curveOf } from '../../../experiments/analysis/curve.js';
import { differencesAlong } from '../../../experiments/analysis/differences.js';
import { groupRuns } from '../../../experiments/analysis/groups.js';
import { accuracy } from '../../../experiments/analysis/metrics.js';
import { progressOf } from '../../../experiments/analysis/progress.js';
import type { AnalysedRun, Settings } from '../../../experiments/analysis/run.js';
import type { RunEvent } from '../../../records/index.js';
import { federated } from '../made-up-runs.js';

function made(settings: Settings, seed: number, test: number, validation?: number): AnalysedRun {
  const events: RunEvent[] =
    validation === undefined
      ? []
      : [{ type: 'evaluation', on: 'validation', round: 9, accuracy: validation, loss: 1 }];
  events.push({ type: 'evaluation', on: 'test', round: 9, accuracy: test, loss: 1 });
  const progress = progressOf(events);
  const record = { ...federated.record, seed, accuracy: test };
  return { directory: 'made', settings, seed, record, progress, curve: curveOf(progress) };
}

const algorithm: Axis = { name: 'algorithm.kind', values: ['fedavg', 'scaffold'] };
const rate: Axis = { name: 'algorithm.optimizer.learningRate', values: [0.01, 0.1] };

describe('axes found from recipes', () => {
  it('are the fields that differ, but for the seed and what follows from another', () => {
    const recipes = [
      { topology: { kind: 'ring' }, data: { alpha: 1 }, seed: 1 },
      { topology: { kind: 'regular', degree: 4 }, data: { alpha: 0.1 }, seed: 2 },
      { topology: { kind: 'regular', degree: 4 }, data: { alpha: 1 }, seed: 1 },
    ].map((recipe) => leaves(recipe));
    expect(axesOf(recipes)).to.deep.equal([
      { name: 'topology.kind', values: ['ring', 'regular'] },
      { name: 'data.alpha', values: [0.1, 1] },
    ]);
  });

  it('keep a field that another does not tell', () => {
    const recipes = [
      { topology: { kind: 'ring' } },
      { topology: { kind: 'regular', degree: 8 } },
      { topology: { kind: 'regular', degree: 4 } },
    ].map((recipe) => leaves(recipe));
    expect(axesOf(recipes).map(({ name, values }) => [name, values])).to.deep.equal(
      [
        ['topology.degree', [4, 8]],
        ['topology.kind', ['ring', 'regular']],
      ].reverse(),
    );
  });
});

describe('names of axes and values', () => {
  it('are as short as they can be', () => {
    const partition: Axis = { name: 'data.partition.alpha', values: [] };
    const synthetic: Axis = { name: 'data.dataset.alpha', values: [] };
    expect(axisLabel(algorithm.name, [algorithm, partition])).to.equal('algorithm');
    expect(axisLabel(partition.name, [algorithm, partition])).to.equal('alpha');
    expect(axisLabel(partition.name, [synthetic, partition])).to.equal('partition.alpha');
    expect(axisLabel('series', [])).to.equal('series');
  });

  it('are a dash where the axis does not concern the run', () => {
    expect(['ring', 0.1, [1, 2], undefined].map(valueLabel)).to.deep.equal(['ring', '0.1', '[1,2]', '–']);
  });
});

describe('groups over seeds', () => {
  const runs = [
    made({ [algorithm.name]: 'scaffold' }, 2, 0.8),
    made({ [algorithm.name]: 'fedavg' }, 2, 0.7),
    made({ [algorithm.name]: 'scaffold' }, 1, 0.9),
    made({ [algorithm.name]: 'fedavg' }, 1, 0.5),
    made({ [algorithm.name]: 'scaffold' }, 3, 0.9),
  ];
  const groups = groupRuns(runs, [algorithm]);

  it('stand in the order of the axes, their runs by seed', () => {
    expect(
      groups.map(({ labels, runs: members }) => [labels, members.map(({ seed }) => seed)]),
    ).to.deep.equal([
      [['fedavg'], [1, 2]],
      [['scaffold'], [1, 2, 3]],
    ]);
  });

  it('differ by the seeds that both have', () => {
    const [only, ...more] = differencesAlong(algorithm, groups, [algorithm], accuracy.of);
    expect(more).to.deep.equal([]);
    expect(only).to.include({ value: 'scaffold', baseline: 'fedavg', count: 2, pSignFlip: 0.5 });
    // 0.4 and 0.1
    expect(only.mean).to.be.closeTo(0.25, 1e-15);
  });
});

describe('settings chosen on the validation part', () => {
  const axes = [algorithm, rate];
  const cell = (kind: string, learningRate: number, validation: number, test: number) =>
    [1, 2].map((seed) =>
      made({ [algorithm.name]: kind, [rate.name]: learningRate }, seed, test, validation + 0.01 * seed),
    );

  it('are the best there, whatever the test set says', () => {
    const groups = groupRuns(
      [
        ...cell('fedavg', 0.01, 0.6, 0.9),
        ...cell('fedavg', 0.1, 0.7, 0.5),
        ...cell('scaffold', 0.01, 0.8, 0.6),
        ...cell('scaffold', 0.1, 0.2, 0.95),
      ],
      axes,
    );
    const choices = chooseSettings(groups, axes, axes.filter(isTuned));
    expect(choices.map(({ chosen }) => chosen.labels)).to.deep.equal([
      ['fedavg', '0.1'],
      ['scaffold', '0.01'],
    ]);
    expect(choices[0].candidates.map(({ validation }) => validation.toFixed(3))).to.deep.equal([
      '0.615',
      '0.715',
    ]);
  });

  it('cannot be chosen without it', () => {
    const groups = groupRuns([made({ [rate.name]: 0.1 }, 1, 0.9)], [rate]);
    expect(hasValidation(groups)).to.equal(false);
    expect(() => chooseSettings(groups, [rate], [rate])).to.throw(
      'made was not evaluated on a validation part',
    );
  });

  it('are those of optimizers, unless others are named', () => {
    const tuned = [
      'algorithm.optimizer.momentum',
      'algorithm.serverLearningRate',
      'algorithm.serverOptimizer.beta1',
    ];
    const not = ['algorithm.kind', 'data.partition.alpha', 'algorithm.optimizer'];
    for (const name of tuned) expect(isTuned({ name, values: [] }), name).to.equal(true);
    for (const name of not) expect(isTuned({ name, values: [] }), name).to.equal(false);
  });
});
