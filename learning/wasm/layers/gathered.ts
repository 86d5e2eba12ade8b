/** The gradients of layers that add to them bit by bit: where they begin, and what becomes of them. */
import { emitZero } from '../kernels/conv-image.js';
import type { Sink } from '../kernels/gradient.js';
import { emitSweep } from '../kernels/sweep.js';
import type { Kernels, Site } from '../operator.js';
import { endOf } from '../panels.js';

/** `begin` and `end` of a pass backward, for all panels of a site. */
export function gathered(kernels: Kernels, { panels, distance }: Site, sink: Sink) {
  if (sink === 'accumulate') return { begin: () => undefined, end: () => undefined };
  const [zero, sweep] = kernels(`gathered ${JSON.stringify(sink)}`, () => [
    emitZero(),
    emitSweep(distance, sink),
  ]);
  const [from, to] = [panels[0].panels, endOf(panels[panels.length - 1])];
  return {
    begin: () => zero(from + distance.gradient, to - from),
    end: () => sweep(from, to),
  };
}
