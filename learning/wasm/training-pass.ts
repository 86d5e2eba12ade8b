/** Passes forward and backward, and a teacher's beside them where the loss asks for one. */
import { crossEntropy, lossOf } from '../objective.js';
import type { Sink } from './kernels/gradient.js';
import { emitLoss } from './kernels/loss.js';
import { forwardPass, forwardStep, kernelsOf, network, targets, type Network, type Pass } from './network.js';

/**
 * Forward and backward passes; each layer's gradient goes to `sink`, those of the first `frozen` to nowhere.
 * @param random whether values are dropped by chance
 */
export function trainingPass(own: Network, sink: Sink, frozen: number, random: boolean): Pass {
  const { kernels, plan, feed } = own;
  const forward = forwardPass(own, (layer) => ({ sink, frozen: layer < frozen, random }));
  const teach = teaching(own);
  const labels = targets(own);
  const minimized = lossOf(own.objective);
  const [, , loss] = kernels(`loss ${JSON.stringify(minimized)}`, () => emitLoss(plan, 'delta', minimized));
  const firstTrained = plan.operators.findIndex(({ layer }) => layer >= frozen);
  const steps = plan.operators
    .map(({ operator, layer }, index) =>
      layer < frozen ? undefined : operator.backward(kernelsOf(kernels, index), sink, index > firstTrained),
    )
    .filter((step) => step !== undefined)
    .reverse();
  return (from, to) => {
    const rows = to - from;
    forward(from, to);
    teach(rows);
    loss(rows * plan.logits.positions, labels(rows));
    for (const step of steps) step(rows, feed);
  };
}

/** Brings the teacher's logits for the last pass's examples to where the loss reads them. */
function teaching({ memory, plan, feed, objective }: Network): (rows: number) => void {
  if (objective.kind !== 'distillation' || plan.distilled === undefined) return () => undefined;
  const { teacher } = objective;
  const { teacher: at } = plan.distilled;
  const its = network(
    { memory: memory.beside, objective: crossEntropy, sparse: true },
    teacher.model,
    teacher.weights,
    feed.examples,
  );
  const step = forwardStep(its);
  const { bytes } = plan.stored;
  const most = its.plan.rows;
  const perExample = plan.logits.positions * plan.logits.stride;
  const [from, to] = [its.plan.logits.values / 4, at / 4];
  const brought = { offset: 0, stored: its.plan.stored.at, labels: its.plan.stored.labels };
  return (rows) => {
    const sparse = feed.sparse && its.feed.mayBeSparse;
    for (let first = 0; first < rows; first += most) {
      const count = Math.min(most, rows - first);
      const start = feed.stored + first * bytes;
      its.memory.views.bytes.set(
        memory.views.bytes.subarray(start, start + count * bytes),
        its.plan.stored.at,
      );
      step(count, { ...brought, sparse });
      const logits = its.memory.views.floats.subarray(from, from + count * perExample);
      memory.views.floats.set(logits, to + first * perExample);
    }
  };
}
