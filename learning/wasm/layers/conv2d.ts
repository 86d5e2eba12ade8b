/** Convolutions in WebAssembly, one example after another. */
import { windowsAlong, type Conv2dLayer } from '../../layers/conv2d.js';
import { imageOf } from '../../layers/shape.js';
import type { PlacedLayer } from '../../model.js';
import {
  emitConvGradient,
  emitConvInputDelta,
  emitToFilters,
  emitToPanels,
} from '../kernels/conv-backward.js';
import { emitConvForward } from '../kernels/conv-forward.js';
import { emitBorder, emitClear, emitInside, emitZero } from '../kernels/conv-image.js';
import { emitFilterLists, emitWindowLists } from '../kernels/conv-lists.js';
import { filterBytes, type ConvPlan } from '../kernels/conv-plan.js';
import { emitSweep } from '../kernels/sweep.js';
import type { Kernels, Operator, Planner, Site, Step } from '../operator.js';
import { endOf, padded } from '../panels.js';
import { exampleBytes, layout, type Layout } from '../slots.js';
import { curveAfter } from './activation.js';

export const planConv2d: Planner<Conv2dLayer> = (placed, input, tensor) => {
  const { layer, output } = placed;
  const { height, width } = imageOf(output);
  const made = layout(height * width, layer.filters, layer.activation === 'relu');
  return [
    {
      weights: [
        {
          biasOffset: tensor('bias').offset,
          kernelOffset: tensor('kernel').offset,
          units: layer.filters,
          ...{ runs: layer.kernel ** 2, run: input.channels, paddedRun: input.stride },
        },
      ],
      output: made,
      place: (site) => conv2d(placed, site),
    },
    ...curveAfter(layer.activation, made),
  ];
};

function convPlan({ layer, input: shape }: PlacedLayer<Conv2dLayer>, site: Site): ConvPlan {
  const { kernel, stride: step } = layer;
  const { height, width } = imageOf(shape);
  const { channels, stride }: Layout = site.input;
  const [down, across] = [windowsAlong(height, layer), windowsAlong(width, layer)];
  const lines = Math.max(down.before + height, (down.count - 1) * step + kernel);
  const pixels = Math.max(across.before + width, (across.count - 1) * step + kernel);
  const line = 4 * stride * pixels;
  return {
    panels: site.panels[0],
    ...{ channels, stride, kernel, step, line },
    ...{ down: down.count, across: across.count },
    relu: site.output.relu,
    image: {
      height,
      lineBytes: 4 * stride * width,
      first: down.before * line + 4 * stride * across.before,
      bytes: lines * line,
      hasBorder: lines > height || pixels > width,
    },
  };
}

function conv2d(placed: PlacedLayer<Conv2dLayer>, site: Site): Operator {
  const { input, output, distance, reserve } = site;
  const plan = convPlan(placed, site);
  const { panels, down, across, image } = plan;
  const windows = down * across;
  const inputExample = exampleBytes(input);
  const outputExample = exampleBytes(output);
  // Vectors at the end of a line may reach beyond it.
  const bordered = reserve(image.bytes + 64);
  const borderedDelta = reserve(image.bytes + 64);
  const lists = {
    byFilter: reserve(8 * (windows + 1) * panels.width),
    filterListBytes: 8 * (windows + 1),
    filterEnds: reserve(4 * panels.width),
    byWindow: reserve(8 * (windows * panels.width + 1)),
    windowEnds: reserve(4 * windows),
  };
  const filters = reserve(filterBytes(plan) * padded(panels.units));
  const gradients = reserve(filterBytes(plan) * padded(panels.units));

  /** With a border the image of an example, copied inside it; else the example itself. */
  const imageOfExample = (kernels: Kernels) => {
    const [border] = kernels('border', () => [emitBorder(plan, bordered)]);
    return (example: number): number => {
      const at = input.values + example * inputExample;
      if (!image.hasBorder) return at;
      border(at);
      return bordered;
    };
  };
  const clearBorder = (kernels: Kernels, at: number) =>
    kernels(`clear ${at}`, () => [emitClear(plan, at)])[0];

  const forward = (kernels: Kernels): Step => {
    const [convolve] = kernels('forward', () => [emitConvForward(plan)]);
    const clear = clearBorder(kernels, bordered);
    const bring = imageOfExample(kernels);
    return (rows) => {
      if (image.hasBorder) clear();
      for (let i = 0; i < rows; i++) convolve(bring(i), output.values + i * outputExample);
    };
  };

  const backward: Operator['backward'] = (kernels, sink, below) => {
    const bring = imageOfExample(kernels);
    const [filterLists, gradient] = kernels('gradient', () => [
      emitFilterLists(plan, lists, distance),
      emitConvGradient(plan, lists, gradients),
    ]);
    const [toFilters, toPanels, weightsToFilters, zero] = kernels('transfer', () => [
      emitToFilters(plan, gradients, distance.gradient),
      emitToPanels(plan, gradients, distance.gradient),
      emitToFilters(plan, filters, 0),
      emitZero(),
    ]);
    const [sweep] =
      sink === 'accumulate'
        ? []
        : kernels(`sweep ${JSON.stringify(sink)}`, () => [emitSweep(distance, sink)]);
    const [from, to] = [panels.panels, endOf(panels)];
    const inputDelta = below && input.deltas !== undefined ? inputDeltas(kernels, input.deltas) : undefined;
    return (rows, feed) => {
      if (sink === 'accumulate') toFilters();
      else {
        zero(from + distance.gradient, to - from);
        zero(gradients, filterBytes(plan) * panels.units);
      }
      if (inputDelta) weightsToFilters();
      for (let i = 0; i < rows; i++) {
        filterLists(output.deltas + i * outputExample);
        gradient(bring(i));
      }
      inputDelta?.(rows, feed);
      toPanels();
      if (sink !== 'accumulate') sweep(from, to);
    };
  };

  const inputDeltas = (kernels: Kernels, deltas: number): Step => {
    const { values, relu } = input;
    const [windowLists, add, inside] = kernels('input delta', () => [
      emitWindowLists(plan, lists),
      emitConvInputDelta(plan, lists, filters, borderedDelta),
      emitInside(plan, borderedDelta, relu),
    ]);
    const clear = clearBorder(kernels, borderedDelta);
    return (rows) => {
      for (let i = 0; i < rows; i++) {
        clear();
        windowLists(output.deltas + i * outputExample);
        add();
        inside(values + i * inputExample, deltas + i * inputExample);
      }
    };
  };

  return { forward, backward };
}
