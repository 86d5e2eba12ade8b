/** FedMA's reproduction: what is measured of merged networks in small, what is chosen, and what the page says. */
import { expect } from 'chai';
import { measureBeside } from '../../../experiments/reproductions/fedma/beside-reference.js';
import { ensembles } from '../../../experiments/reproductions/fedma/ensembles.js';
import { fedma } from '../../../experiments/reproductions/fedma/index.js';
import {
  measureOneShot,
  oneShotCell,
  type OneShot,
} from '../../../experiments/reproductions/fedma/one-shot.js';
import { page } from '../../../experiments/reproductions/fedma/page.js';
import {
  accuracyAfter,
  accuracyWithin,
  chosen,
  outcome,
  type Recorded,
} from '../../../experiments/reproductions/fedma/recorded.js';
import { measureRounds, roundsCell, type Rounds } from '../../../experiments/reproductions/fedma/rounds.js';
import {
  oneShotSettings,
  priors,
  roundsSettings,
  type RoundsSetting,
} from '../../../experiments/reproductions/fedma/settings.js';
import { recipeSchema } from '../../../recipe/index.js';

/** A cell's recipe on four clients of made-up data. */
const small = (written: Readonly<Record<string, unknown>>, changes: object = {}) =>
  recipeSchema.parse({
    ...written,
    data: {
      dataset: { kind: 'synthetic', clients: 4, samplesPerClient: 100 },
      partition: 'natural',
      validation: { fraction: 0.1, from: 'train' },
    },
    model: { kind: 'mlp', hidden: [6, 5] },
    algorithm: { ...(written.algorithm as object), optimizer: { learningRate: 0.005 } },
    ...changes,
  });

describe('networks merged at once, as the reproduction measures them', () => {
  const grid = { pfnm: priors.pfnm.slice(0, 1), spahm: priors.spahm.slice(0, 1) };

  it('have an accuracy for each method, and grow only where units are matched', () => {
    const { recipe } = oneShotCell(oneShotSettings[0], 1);
    const measured = measureOneShot(small(recipe), grid);
    const { average, rebasin, otFusion, otFusion3, pfnm, spahm, local, ensemble } = measured;
    for (const { test } of [
      average,
      rebasin,
      otFusion,
      otFusion3,
      ...pfnm,
      ...spahm,
      local,
      ensemble.softmax,
    ]) {
      expect(test).to.be.within(0, 1);
    }
    expect(average.widths).to.deep.equal([6, 5]);
    expect(rebasin.widths).to.deep.equal([6, 5]);
    expect(pfnm[0].widths[0]).to.be.within(6, 24);
  });

  it('differ where clients start from weights of their own', () => {
    const [own, common] = (['own', 'common'] as const).map((start) =>
      measureBeside(small(oneShotCell({ ...oneShotSettings[0], start }, 1).recipe), start),
    );
    expect(own.local).not.to.deep.equal(common.local);
    expect(own.pfnm).to.have.length(4);
  });
});

describe('ensembles', () => {
  it('sum logits, softmax outputs, or logits by shares of a class', () => {
    // Two networks, two classes, one example of class 1: the logits' sum says 0, both other ways say 1.
    const logits = [Float32Array.of(30, 0), Float32Array.of(0, 25)];
    const of = (shares: number[][], label: number) => ensembles(logits, shares, () => label);
    expect(
      of(
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        0,
      ),
    ).to.deep.include({ logits: 1, local: 0.5, classWeighted: 1 });
    expect(
      of(
        [
          [0.1, 0.5],
          [0.9, 0.5],
        ],
        1,
      ),
    ).to.deep.include({ logits: 0, local: 0.5, classWeighted: 1 });
    // Softmax gives both networks all but one vote each; the surer one wins by a hair.
    const unsure = [Float32Array.of(4, 0), Float32Array.of(0, 1), Float32Array.of(0, 1.5)];
    const thirds = [0, 1, 2].map(() => [1, 1]);
    expect(ensembles(unsure, thirds, () => 1)).to.deep.include({ logits: 0, softmax: 1 });
  });
});

describe('FedMA by rounds, as the reproduction measures it', () => {
  it('has a model after each pass, with its widths and what was sent', async () => {
    const setting = roundsSettings.find(({ method }) => method === 'fedma') as RoundsSetting;
    const rounds = await measureRounds(small(roundsCell(setting, 1).recipe, { rounds: 6 }), { threads: 1 });
    expect(rounds.rounds).to.deep.equal([3, 6]);
    expect(rounds.test).to.have.length(2);
    expect(rounds.validation).to.have.length(2);
    expect(rounds.bytes[1]).to.be.greaterThan(rounds.bytes[0]);
    expect(rounds.widths[1]).to.have.length(2);
  });

  it('is compared at equal rounds and at equal bytes', () => {
    const run: Rounds = {
      rounds: [3, 6],
      bytes: [100, 200],
      validation: [0.4, 0.5],
      test: [0.5, 0.6],
      widths: [[1], [1]],
      kernelHash: '',
    };
    expect([2, 3, 5, 6].map((rounds) => accuracyAfter(rounds, run))).to.deep.equal([
      undefined,
      0.5,
      0.5,
      0.6,
    ]);
    expect(accuracyWithin(199, run)).to.equal(0.5);
  });
});

describe("the reproduction of FedMA's results", () => {
  it('has a recipe of its own for every cell, and each can be read', () => {
    for (const { recipe, name } of fedma.cells) {
      expect(recipeSchema.safeParse(recipe).success, name).to.equal(true);
    }
    expect(new Set(fedma.cells.map(({ recipe }) => JSON.stringify(recipe))).size).to.equal(
      fedma.cells.length,
    );
  });

  /** A run whose second PFNM is better on the validation part and worse on the test set. */
  const madeUp = (test: number): OneShot => {
    const score = { validation: 0.5, test };
    const merged = { ...score, widths: [100], seconds: 1 };
    const matched = { ...merged, sigma: 1, sigma0: 1, gamma: 1, estimate: 'map' as const };
    return {
      local: score,
      ensemble: { logits: score, softmax: score, classWeighted: score },
      average: { ...merged, test: 0.1 },
      rebasin: merged,
      otFusion: merged,
      otFusion3: merged,
      pfnm: [matched, { ...matched, validation: 0.6, test: test - 0.1, gamma: 50 }],
      spahm: [matched],
      kernelHash: '',
    };
  };

  it('chooses on the validation part, not on the test set', () => {
    const found = chosen([madeUp(0.8), madeUp(0.9)], 'pfnm');
    expect(found.map(({ gamma }) => gamma)).to.deep.equal([50, 50]);
    expect(outcome(found)?.test).to.be.closeTo(0.75, 1e-12);
    expect(outcome(found)?.deviation).to.be.closeTo(0.05, 1e-12);
  });

  it('says what holds from what is recorded alone', () => {
    const nothing: Recorded = { oneShot: () => [], beside: () => [], rounds: () => [], kinds: () => [] };
    expect(page(nothing, []))
      .to.contain('Not judged yet')
      .and.not.to.match(/NaN|undefined|Infinity/);
    const some = page(
      { ...nothing, oneShot: (setting) => (setting === oneShotSettings[0] ? [madeUp(0.8)] : []) },
      [],
    );
    expect(some).to.contain('| Fashion-MNIST | Dirichlet 0.5 | 100 | own | 80.0 | 10.0 | 70.0: 100 |');
    expect(some).to.contain('Holds in the one case run.');
  });

  it('has LeNet and LSTMs in passes beside the others', () => {
    const run = (test: number, widths: number[]): Rounds => ({
      rounds: [4, 8],
      bytes: [100, 200],
      validation: [0.4, 0.5],
      test: [test - 0.1, test],
      widths: [widths, widths],
      kernelHash: '',
    });
    const text = page(
      {
        ...{ oneShot: () => [], beside: () => [], rounds: () => [] },
        kinds: ({ kind, method, prior }) => {
          if (kind !== 'LeNet' || method === 'fedprox' || prior?.gamma === 50) return [];
          return [method === 'fedma' ? run(0.9, [21, 52, 700]) : run(0.8, [20, 50, 500])];
        },
      },
      [],
    );
    expect(text).to.contain(
      '| LeNet | MNIST | 1 | FedMA | η 0.01, (1, 1, 7); of 1 | 80.0 | 90.0 | 0.0 | 90.0 | 21 × 52 × 700 | 1 |',
    );
    expect(text).to.contain('LeNet: FedMA 80.0, FedAvg 70.0.');
    expect(text).to.contain('LeNet: 21 × 52 × 700 from 20 × 50 × 500.');
  });
});
