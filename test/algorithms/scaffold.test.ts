/** SCAFFOLD by hand. */
import { expect } from 'chai';
import { runRounds } from './host.js';
import { create, only, twoPoints } from './two-points.js';

describe('SCAFFOLD', () => {
  it('corrects the steps of whoever is there by what the others wanted', () => {
    // One step at η = ½. Round 1: Δy = (2, 0) and (0, 4), each counts the same: w = (1, 2);
    // c₀ = (0 − 2)/½ = (−4, 0), c₁ = (0, −8), c = (−2, −4).
    // Round 2, client 0 alone: gradient (−3, 2) − c₀ + c = (−1, −2), y = (1, 2) + ½ (1, 2);
    // c₀⁺ = c₀ − c + (w − y)/½ = (−2, 4) + (−1, −2), so c ← c + ½ ((−3, 2) − (−4, 0)).
    const setting = {
      ...twoPoints,
      answers: (client: number, round: number) => round === 0 || client === 0,
    };
    const { trace } = runRounds(create('scaffold'), setting, 2);
    expect(trace[0].state).to.deep.include({
      weights: Float32Array.of(1, 2),
      control: Float32Array.of(-2, -4),
    });
    expect(trace[1].state).to.deep.include({
      weights: Float32Array.of(1.5, 3),
      control: Float32Array.of(-1.5, -3),
    });
  });

  it('takes the gradient at w (option I) or the mean gradient of the steps (option II)', () => {
    // Client 0, two steps from 0 by 2 to 3: gradients −4 and −2. Of two clients one takes part: c = ½ c₀.
    const control = (option: string) =>
      runRounds(create('scaffold', { amount: { epochs: 2 }, option }), only(0), 1).state;
    expect(control('I')).to.deep.include({ control: Float32Array.of(-2, 0) });
    expect(control('II')).to.deep.include({ control: Float32Array.of(-1.5, 0) });
  });

  it('divides by the sum of the rates where these change from step to step', () => {
    // Rates ½ and ¼: 0 → 2 → 2 + ¼·2. Option II weighs −4 and −2 by the rates: −2.5/¾.
    const schedule = { kind: 'exponential', decay: 0.5, per: 'step' };
    const algorithm = create('scaffold', {
      amount: { epochs: 2 },
      optimizer: { learningRate: 0.5, schedule },
    });
    expect(runRounds(algorithm, only(0), 1).state).to.deep.include({
      weights: Float32Array.of(2.5, 0),
      control: Float32Array.of(-2.5 / 0.75 / 2, 0),
    });
  });

  it('keeps the control variate of a round whose rate has come to 0', () => {
    const schedule = { kind: 'cosine', over: 1 };
    const algorithm = create('scaffold', { optimizer: { learningRate: 0.5, schedule } });
    const after = (rounds: number) => runRounds(algorithm, twoPoints, rounds).state;
    expect(after(2)).to.deep.equal(Object.assign({}, after(1), { round: 2 }));
  });

  it('counts weight decay as part of the objective in both options', () => {
    // From w = (2, 0), one step at weight decay ½: the gradient is (2 − 4) + ½·2 = −1 in either.
    const optimizer = { learningRate: 0.5, weightDecay: 0.5 };
    for (const option of ['I', 'II']) {
      const setting = { ...only(0), weights: Float32Array.of(2, 0) };
      const { state } = runRounds(create('scaffold', { option, optimizer }), setting, 1);
      expect(state).to.deep.include({ control: Float32Array.of(-0.5, 0) });
    }
  });

  it('scales by the rate of the server', () => {
    const algorithm = create('scaffold', { serverLearningRate: 2 });
    expect(runRounds(algorithm, twoPoints, 1).state).to.deep.include({ weights: Float32Array.of(2, 4) });
  });

  it('takes the mean gradient also of steps with momentum', () => {
    // Client 0, momentum ½ at η = ½, from 0 to 3: gradients −4 and −2, velocities −4 and −4: y = 4. Under a constant
    // gradient of one the steps would go ½ (1 + 1½) = 1¼: c₀ = −4/1¼, and of two clients one takes part.
    const algorithm = create('scaffold', {
      amount: { epochs: 2 },
      optimizer: { learningRate: 0.5, momentum: 0.5 },
    });
    const { trace } = runRounds(algorithm, only(0), 2);
    expect(trace[0].state).to.deep.include({
      weights: Float32Array.of(4, 0),
      control: Float32Array.of(-1.6, 0),
    });
    // Round 2: c − c₀ = 1.6 is added to the gradients 0 and, at y = 3.2, −0.8: velocities 1.6 and 1.6, y = 2.4.
    expect(algorithm.model(trace[1].state)?.weights[0]).to.be.closeTo(2.4, 1e-6);
  });
});
