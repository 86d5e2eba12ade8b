/** The way back through a convolution over lists of the derivatives by its output that are not zero. */
import {
  emitConvGradient,
  emitConvInputDelta,
  emitToFilters,
  emitToPanels,
} from '../kernels/conv-backward.js';
import { emitClear, emitInside, emitZero } from '../kernels/conv-image.js';
import { emitFilterLists, emitWindowLists } from '../kernels/conv-lists.js';
import { filterBytes, type ConvPlan } from '../kernels/conv-plan.js';
import type { Site } from '../operator.js';
import { exampleBytes } from '../slots.js';
import type { ConvBackward } from './conv-backward.js';

export function convByLists(plan: ConvPlan, { input, output, distance, reserve }: Site): ConvBackward {
  const { panels, down, across, image } = plan;
  const windows = down * across;
  const inputExample = exampleBytes(input);
  const outputExample = exampleBytes(output);
  // Vectors at the end of a line may reach beyond it.
  const borderedDelta = reserve(image.bytes + 64);
  const lists = {
    byFilter: reserve(8 * (windows + 1) * panels.width),
    filterListBytes: 8 * (windows + 1),
    filterEnds: reserve(4 * panels.width),
    byWindow: reserve(8 * (windows * panels.width + 1)),
    windowEnds: reserve(4 * windows),
  };
  const filters = reserve(filterBytes(plan) * panels.width);
  const gradients = reserve(filterBytes(plan) * panels.width);
  return {
    gradient(kernels, bring, fromZero) {
      const [filterLists, gradient] = kernels('listed gradient', () => [
        emitFilterLists(plan, lists, distance),
        emitConvGradient(plan, lists, gradients),
      ]);
      const [toFilters, toPanels] = kernels('transfer', () => [
        emitToFilters(plan, gradients, distance.gradient),
        emitToPanels(plan, gradients, distance.gradient),
      ]);
      const [zero] = kernels('zero', () => [emitZero()]);
      return (rows) => {
        if (fromZero) zero(gradients, filterBytes(plan) * panels.width);
        else toFilters();
        for (let i = 0; i < rows; i++) {
          filterLists(output.deltas + i * outputExample);
          gradient(bring(i));
        }
        toPanels();
      };
    },
    inputDelta(kernels, deltas) {
      const { values, relu } = input;
      const [weightsToFilters, windowLists, add, inside, clear] = kernels('listed input delta', () => [
        emitToFilters(plan, filters, 0),
        emitWindowLists(plan, lists),
        emitConvInputDelta(plan, lists, filters, borderedDelta),
        emitInside(plan, borderedDelta, relu),
        emitClear(plan, borderedDelta),
      ]);
      return (rows) => {
        weightsToFilters();
        for (let i = 0; i < rows; i++) {
          clear();
          windowLists(output.deltas + i * outputExample);
          add();
          inside(values + i * inputExample, deltas + i * inputExample);
        }
      };
    },
  };
}
