/** Gradients of more examples than one pass takes. */
import type { Network, Pass } from './network.js';
import { trainedFrom } from './planner.js';

/** gather(from, to): the mean gradient over those positions in the gradient's panels, in several passes. */
export function gatherer({ memory, plan, set }: Network, pass: Pass, frozen: number): Pass {
  const { bytes } = memory.views;
  const start = trainedFrom(plan, frozen) + plan.distance.gradient;
  // Running statistics have no gradient.
  const end = plan.panelsEnd + plan.distance.gradient;
  return (from, to) => {
    bytes.fill(0, start, end);
    set('batchSize', (to - from) * plan.logits.positions);
    const passes = Math.ceil((to - from) / plan.rows);
    for (let i = 0; i < passes; i++) {
      const first = from + Math.floor(((to - from) * i) / passes);
      pass(first, from + Math.floor(((to - from) * (i + 1)) / passes));
    }
  };
}
