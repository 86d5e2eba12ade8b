/** Convolutions in WebAssembly, one example after another. */
import { windowsAlong, type Conv2dLayer } from '../../layers/conv2d.js';
import { imageOf, type Shape } from '../../layers/shape.js';
import type { PlacedLayer } from '../../model.js';
import { emitConvForward } from '../kernels/conv-forward.js';
import { emitBorder, emitClear, emitZero } from '../kernels/conv-image.js';
import { emitOthers } from '../kernels/conv-lists.js';
import type { ConvPlan } from '../kernels/conv-plan.js';
import { emitSweep } from '../kernels/sweep.js';
import type { Kernels, Operator, Planner, Site, Step } from '../operator.js';
import { endOf } from '../panels.js';
import { exampleBytes, layout, type Layout } from '../slots.js';
import { curveAfter } from './activation.js';
import type { Bring } from './conv-backward.js';
import { convByLists } from './conv-by-lists.js';
import { convByProducts } from './conv-by-products.js';

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

/** A model's inputs without padding: a convolution reads single values, so channels need none. */
export function unpaddedInput(input: Shape): Layout {
  const { height, width, channels } = imageOf(input);
  return { positions: height * width, channels, stride: channels, relu: false };
}

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

/**
 * Where fewer of an example's derivatives by the output are other than zero, lists of these are quicker than products
 * with all of them. The bits are the same.
 */
const MOST_LISTED = 0.5;

function conv2d(placed: PlacedLayer<Conv2dLayer>, site: Site): Operator {
  const { input, output, distance, reserve } = site;
  const plan = convPlan(placed, site);
  const { panels, down, across, image } = plan;
  const inputExample = exampleBytes(input);
  const outputExample = exampleBytes(output);
  // Vectors at the end of a line may reach beyond it.
  const bordered = reserve(image.bytes + 64);
  const byLists = convByLists(plan, site);
  const byProducts = convByProducts(plan, placed, site);

  /** With a border the image of an example, copied inside it; else the example itself. */
  const bringer = (kernels: Kernels): Bring => {
    const [border] = kernels('border', () => [emitBorder(plan, bordered)]);
    return (example) => {
      const at = input.values + example * inputExample;
      if (!image.hasBorder) return at;
      border(at);
      return bordered;
    };
  };

  const forward = (kernels: Kernels): Step => {
    const [convolve] = kernels('forward', () => [emitConvForward(plan)]);
    const [clear] = kernels('clear', () => [emitClear(plan, bordered)]);
    const bring = bringer(kernels);
    return (rows) => {
      if (image.hasBorder) clear();
      for (let i = 0; i < rows; i++) convolve(bring(i), output.values + i * outputExample);
    };
  };

  const backward: Operator['backward'] = (kernels, sink, below) => {
    const bring = bringer(kernels);
    const [others] = kernels('others', () => [emitOthers(outputExample / 4)]);
    const [zero] = kernels('zero', () => [emitZero()]);
    const [sweep] =
      sink === 'accumulate'
        ? []
        : kernels(`sweep ${JSON.stringify(sink)}`, () => [emitSweep(distance, sink)]);
    const [from, to] = [panels.panels, endOf(panels)];
    const fromZero = sink !== 'accumulate';
    const [listed, dense] = [byLists, { ...byLists, ...byProducts }].map((way) => ({
      gradient: way.gradient(kernels, bring, fromZero),
      inputDelta:
        below && input.deltas !== undefined ? way.inputDelta(kernels, input.deltas) : () => undefined,
    }));
    return (rows) => {
      const isDense = others(output.deltas) > MOST_LISTED * down * across * panels.units;
      const { gradient, inputDelta } = isDense ? dense : listed;
      if (fromZero) zero(from + distance.gradient, to - from);
      gradient(rows);
      inputDelta(rows);
      if (fromZero) sweep(from, to);
    };
  };

  return { forward, backward };
}
