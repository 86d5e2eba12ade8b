/** Steps of optimizers, worked out by hand. */
import { expect } from 'chai';
import { momentNames, takeStep, type OptimizerSettings } from '../../learning/index.js';

/** The weight after each of some gradients, starting from 1. */
function path(
  optimizer: OptimizerSettings,
  gradients: readonly number[],
  more: { clip?: number } = {},
): number[] {
  const weights = Float32Array.of(1);
  const moments = Object.fromEntries(momentNames(optimizer).map((name) => [name, new Float32Array(1)]));
  return gradients.map((gradient, steps) => {
    takeStep({ weights, gradient: [gradient], optimizer, rate: 0.1, steps, moments, ...more });
    return weights[0];
  });
}

function near(values: readonly number[], expected: readonly number[]): void {
  expect(values).to.have.length(expected.length);
  expected.forEach((value, i) => expect(values[i]).to.be.closeTo(value, 1e-6));
}

const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;
const sgd = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;

describe('a step of an optimizer', () => {
  it('of Adam has the rate’s length at first; then moments are corrected for their start at zero', () => {
    // m₂ = .9 · .05 + .1 · .1 = .055, m̂₂ = .055 / .19; v₂ = .999 · .00025 + .001 · .01 = .00025975, v̂₂ = v₂ / .001999.
    near(path(adam, [0.5, 0.1]), [0.9, 0.9 - (0.1 * (0.055 / 0.19)) / Math.sqrt(0.00025975 / 0.001999)]);
    near(path(adam, [-7]), [1.1]);
  });

  it('of Adam adds ε to √v̂ itself', () => {
    near(path({ ...adam, epsilon: 0.5 }, [0.5]), [1 - (0.1 * 0.5) / (0.5 + 0.5)]);
  });

  it('of Adam has decay in its gradient, of AdamW beside it', () => {
    // The gradient −.5 with 2 · w is 1.5: a step of .1 downwards.
    near(path({ ...adam, weightDecay: 2 }, [-0.5]), [0.9]);
    near(path({ ...adam, kind: 'adamw', weightDecay: 2 }, [-0.5]), [1 + 0.1 - 0.1 * 2]);
  });

  it('of SGD has momentum, Nesterov’s or not, and decay', () => {
    near(path(sgd, [0.5, 0.5]), [0.95, 0.9]);
    near(path({ ...sgd, momentum: 0.5 }, [1, 1]), [0.9, 0.9 - 0.1 * 1.5]);
    near(path({ ...sgd, momentum: 0.5, nesterov: true }, [1]), [1 - 0.1 * 1.5]);
    near(path({ ...sgd, weightDecay: 0.5 }, [1]), [1 - 0.1 * 1.5]);
  });

  it('clips the gradient before decay is added', () => {
    near(path({ ...sgd, weightDecay: 0.5 }, [-8], { clip: 2 }), [1 - 0.1 * (-2 + 0.5)]);
    near(path(sgd, [1], { clip: 2 }), [0.9]);
  });
});
