/** An optimizer in an engine's memory: its settings, and what it remembers from step to step. */
import { integerPower } from '../../numerics/index.js';
import {
  momentNames,
  type AdamSettings,
  type OptimizerSettings,
  type OptimizerState,
  type TrainRequest,
} from '../engine.js';
import type { UpdateRule } from './kernels/update.js';
import type { Network } from './network.js';

/** Which terms an optimizer's steps have. */
export function optimizerTerms(optimizer: OptimizerSettings): Pick<UpdateRule, 'moments' | 'weightDecay'> {
  const weightDecay =
    optimizer.weightDecay === 0 ? 'none' : optimizer.kind === 'adamw' ? 'decoupled' : 'coupled';
  if (optimizer.kind !== 'sgd') return { moments: 'adam', weightDecay };
  const moments = optimizer.momentum === 0 ? 'none' : optimizer.nesterov ? 'nesterov' : 'heavy';
  return { moments, weightDecay };
}

export interface OptimizerInMemory {
  /** Tells the kernels what depends on the step, counted from 0 in this call, and on its rate. */
  readonly prepare: (rate: number, step: number) => void;
  /** What is to be remembered after so many steps of this call. */
  readonly state: (steps: number) => { readonly optimizerState?: OptimizerState };
}

/** Brings settings and state into memory. */
export function optimizerInMemory(net: Network, request: TrainRequest): OptimizerInMemory {
  const { optimizer, optimizerState: before } = request;
  const { firstMoment, secondMoment } = net.plan.distance;
  const names = momentNames(optimizer);
  const places = names.map((name, i) => ({ name, distance: [firstMoment, secondMoment][i] }));
  const { bytes } = net.memory.views;
  const { panelsStart, panelsEnd } = net.plan;
  for (const { name, distance } of places) {
    if (before) net.load(before.moments[name], distance);
    else bytes.fill(0, panelsStart + distance, panelsEnd + distance);
  }
  const earlier = before?.steps ?? 0;
  return {
    prepare: optimizer.kind === 'sgd' ? prepareSgd(net, optimizer) : prepareAdam(net, optimizer, earlier),
    state: (steps) =>
      names.length === 0
        ? {}
        : {
            optimizerState: {
              steps: earlier + steps,
              moments: Object.fromEntries(
                places.map(({ name, distance }) => [name, net.take(distance).values]),
              ),
            },
          },
  };
}

function prepareSgd(
  { set }: Network,
  { momentum, weightDecay }: OptimizerSettings & { kind: 'sgd' },
): OptimizerInMemory['prepare'] {
  set('momentum', momentum);
  set('weightDecay', weightDecay);
  return (rate) => {
    set('rate', rate);
  };
}

/**
 * Adam's bias correction (Kingma & Ba 2015, algorithm 1), t = 1 at the first step: η m̂ / (√v̂ + ε) with
 * m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) is (η/(1 − β₁ᵗ)) · m / (√v · 1/√(1 − β₂ᵗ) + ε). Worked out in float64.
 */
function prepareAdam(
  { set }: Network,
  { kind, beta1, beta2, epsilon, weightDecay }: AdamSettings,
  earlier: number,
): OptimizerInMemory['prepare'] {
  set('momentum', beta1);
  set('oneMinusBeta1', 1 - beta1);
  set('beta2', beta2);
  set('oneMinusBeta2', 1 - beta2);
  set('epsilon', epsilon);
  set('weightDecay', weightDecay);
  return (rate, step) => {
    const t = earlier + step + 1;
    set('rate', rate / (1 - integerPower(beta1, t)));
    set('secondScale', 1 / Math.sqrt(1 - integerPower(beta2, t)));
    if (kind === 'adamw') set('weightDecay', rate * weightDecay);
  };
}
