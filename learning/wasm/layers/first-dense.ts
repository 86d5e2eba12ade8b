/** A dense layer on the model's inputs: where most of these are zero, lists of the others stand for them. */
import type { DensePlan } from '../kernels/dense-plan.js';
import { emitConvert } from '../kernels/input.js';
import { emitColumnLists, emitRowLists, type ListPlan } from '../kernels/lists.js';
import { emitSparseForward, emitSparseGradient } from '../kernels/sparse.js';
import { isPlain } from '../kernels/update.js';
import type { Operator, Site } from '../operator.js';
import { PANEL } from '../panels.js';

export function firstDense(site: Site, layer: DensePlan, dense: Operator): Operator {
  const { distance, input, stored } = site;
  const plan = listPlan(site, layer);
  return {
    forward: (kernels, { sink, frozen }) => {
      const [convert] = kernels('convert', () => [emitConvert(input, stored)]);
      const [rowLists, sparseForward] = kernels('sparse forward', () => [
        emitRowLists(plan),
        emitSparseForward(plan),
      ]);
      const forward = dense.forward(kernels, { frozen });
      // The inputs themselves are needed too where the gradient is not the sparse one.
      const alsoDense = sink !== undefined && !isSparse(sink) && !frozen;
      return (rows, feed) => {
        if (feed.sparse) {
          rowLists(feed.stored, rows);
          sparseForward(rows);
          if (alsoDense) convert(feed.stored, rows);
        } else {
          convert(feed.stored, rows);
          forward(rows, feed);
        }
      };
    },
    backward: (kernels, sink) => {
      const backward = dense.backward(kernels, sink, false);
      if (!isSparse(sink)) return backward;
      const [columnLists, gradient] = kernels(`sparse gradient ${JSON.stringify(sink)}`, () => [
        emitColumnLists(plan),
        emitSparseGradient(plan, distance, sink),
      ]);
      return (rows, feed) => {
        if (feed.sparse) {
          columnLists(rows);
          gradient();
        } else backward(rows, feed);
      };
    },
  };
}

const isSparse = (sink: Parameters<Operator['backward']>[1]) => sink === 'accumulate' || isPlain(sink);

function listPlan({ rows, stored: { inputs }, reserve }: Site, layer: DensePlan): ListPlan {
  return {
    layer,
    inputs,
    rowLists: reserve(8 * inputs * rows),
    rowListBytes: 8 * inputs,
    rowEnds: reserve(4 * rows),
    columns: reserve(8 * (inputs + 2)),
    columnsEnd: reserve(4),
    columnLists: reserve(8 * (inputs + 1) * rows),
    cursors: reserve(4 * (layer.depth + PANEL)),
  };
}
