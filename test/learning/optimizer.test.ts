/** Learning-rate schedules by hand. */
import { expect } from 'chai';
import { learningRate, optimizerSchema, sgdSchema } from '../../learning/index.js';

/** The rates of the first periods, counted in rounds or in steps. */
function rates(schedule: object | undefined, count: number, full = 1): number[] {
  const optimizer = optimizerSchema.parse({ learningRate: full, schedule });
  const inSteps = optimizer.schedule?.per === 'step';
  return Array.from({ length: count }, (_, t) =>
    learningRate(optimizer, inSteps ? { round: 7, step: t } : { round: t, step: 7 }),
  );
}

describe('learning rate', () => {
  it('stays where there is no schedule', () => {
    expect(rates(undefined, 3, 0.3)).to.deep.equal([0.3, 0.3, 0.3]);
    expect(rates({ kind: 'constant' }, 2)).to.deep.equal([1, 1]);
  });

  it('decays exponentially, by rounds or by steps', () => {
    expect(rates({ kind: 'exponential', decay: 0.5 }, 4, 8)).to.deep.equal([8, 4, 2, 1]);
    expect(rates({ kind: 'exponential', decay: 0.5, per: 'step' }, 4, 8)).to.deep.equal([8, 4, 2, 1]);
  });

  it('falls in steps', () => {
    expect(rates({ kind: 'step', every: 2, factor: 0.5 }, 5)).to.deep.equal([1, 1, 0.5, 0.5, 0.25]);
  });

  it('falls linearly to its floor and stays there', () => {
    expect(rates({ kind: 'linear', over: 4 }, 6)).to.deep.equal([1, 0.75, 0.5, 0.25, 0, 0]);
    expect(rates({ kind: 'linear', over: 2, floor: 0.5 }, 4)).to.deep.equal([1, 0.75, 0.5, 0.5]);
  });

  it('follows half a cosine to its floor and stays there', () => {
    // ½ (1 + cos(π t / 3)) = 1, ¾, ¼, 0.
    for (const [t, rate] of rates({ kind: 'cosine', over: 3 }, 5).entries()) {
      expect(rate).to.be.closeTo([1, 0.75, 0.25, 0, 0][t], 1e-15);
    }
    expect(rates({ kind: 'cosine', over: 2, floor: 0.5 }, 4)).to.deep.equal([1, 0.75, 0.5, 0.5]);
  });

  it('warms up in equal parts and then starts the schedule', () => {
    const schedule = { kind: 'exponential', decay: 0.5, warmup: 3 };
    expect(rates(schedule, 6)).to.deep.equal([0.25, 0.5, 0.75, 1, 0.5, 0.25]);
  });

  it('is of the optimizer that is named, SGD where none is', () => {
    expect(optimizerSchema.parse({ learningRate: 0.1 })).to.include({ kind: 'sgd', momentum: 0 });
    const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(optimizerSchema.parse('adam')).to.deep.equal({ kind: 'adam', ...adam, weightDecay: 0 });
    expect(optimizerSchema.parse('adamw')).to.deep.equal({ kind: 'adamw', ...adam, weightDecay: 0.01 });
    expect(() => optimizerSchema.parse({ kind: 'adan' })).to.throw(
      "unknown optimizer 'adan'; did you mean 'adam'?",
    );
    expect(() => optimizerSchema.parse(3)).to.throw('one of sgd, adam, adamw');
    expect(() => optimizerSchema.parse({ kind: 'adam', momentum: 0.9 })).to.throw("unknown field 'momentum'");
    expect(() => sgdSchema.parse('adam')).to.throw("cannot use 'adam'; use kind: sgd");
  });

  it('says which field is wrong', () => {
    expect(() => optimizerSchema.parse({ learningRate: 0.1, momentun: 0.9 })).to.throw(
      "did you mean 'momentum'",
    );
    expect(() => optimizerSchema.parse({ learningRate: 0.1, momentum: 1 })).to.throw('momentum');
    expect(() => optimizerSchema.parse({ learningRate: 0.1, schedule: { kind: 'cosine' } })).to.throw('over');
  });
});
