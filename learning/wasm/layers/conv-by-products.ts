/** The way back through a convolution by products with all derivatives by its output. */
import { windowsAlong, type Conv2dLayer } from '../../layers/conv2d.js';
import { imageOf } from '../../layers/shape.js';
import type { PlacedLayer } from '../../model.js';
import { adjointPlan, emitTurn } from '../kernels/conv-adjoint.js';
import { emitConvForward } from '../kernels/conv-forward.js';
import { emitBorder, emitClear } from '../kernels/conv-image.js';
import { outputBytes, pixelBytes, type ConvPlan } from '../kernels/conv-plan.js';
import { emitAddRows, emitProduct } from '../kernels/product.js';
import type { Site } from '../operator.js';
import { PANEL_ROW } from '../panels.js';
import { exampleBytes } from '../slots.js';
import type { ConvBackward } from './conv-backward.js';

export function convByProducts(
  plan: ConvPlan,
  placed: PlacedLayer<Conv2dLayer>,
  site: Site,
): Pick<ConvBackward, 'gradient'> & Partial<ConvBackward> {
  const { output, distance } = site;
  const { kernel, stride, step, line, panels, down, across } = plan;
  const outputExample = exampleBytes(output);
  const window = step * pixelBytes(plan);
  return {
    gradient(kernels, bring) {
      const [addRows, product] = kernels('gradient', () => [
        emitAddRows(down * across, panels.width, outputBytes(plan), panels.panelBytes),
        // Of one line of the kernel, whose numbers lie side by side in the image.
        emitProduct({
          ...{ rows: kernel * stride, depth: across, columns: panels.width, start: 'result' },
          left: { row: 4, column: window },
          pieces: { count: down, leftSkip: step * line - across * window },
          right: { row: outputBytes(plan), panel: PANEL_ROW },
          result: { row: PANEL_ROW, panel: panels.panelBytes },
        }),
      ]);
      const bias = panels.panels + distance.gradient;
      return (rows) => {
        for (let i = 0; i < rows; i++) {
          const image = bring(i);
          const deltas = output.deltas + i * outputExample;
          addRows(deltas, bias);
          for (let row = 0; row < kernel; row++) {
            product(image + row * line, deltas, bias + PANEL_ROW * (1 + row * kernel * stride));
          }
        }
      };
    },
    // Where windows are further apart than a pixel, most terms would be zeros.
    ...(step === 1 && site.input.deltas !== undefined && { inputDelta: byAdjoint(plan, placed, site) }),
  };
}

function byAdjoint(
  plan: ConvPlan,
  { layer, input: shape }: PlacedLayer<Conv2dLayer>,
  { input, output, reserve }: Site,
): ConvBackward['inputDelta'] {
  const { kernel, stride, panels } = plan;
  const { height, width } = imageOf(shape);
  const inside = {
    ...{ height, width },
    before: { down: windowsAlong(height, layer).before, across: windowsAlong(width, layer).before },
  };
  const filters = reserve((kernel ** 2 * panels.width + 1) * 4 * stride);
  const adjoint = adjointPlan(plan, inside, filters);
  const bordered = reserve(adjoint.image.bytes + 64);
  const [inputExample, outputExample] = [exampleBytes(input), exampleBytes(output)];
  return (kernels, deltas) => {
    const { values, relu } = input;
    const [turn, clear, border, convolve] = kernels('input delta', () => [
      emitTurn(plan, adjoint),
      emitClear(adjoint, bordered),
      emitBorder(adjoint, bordered),
      emitConvForward(adjoint, relu ? values - deltas : undefined),
    ]);
    const { hasBorder } = adjoint.image;
    return (rows) => {
      turn();
      if (hasBorder) clear();
      for (let i = 0; i < rows; i++) {
        const own = output.deltas + i * outputExample;
        if (hasBorder) border(own);
        convolve(hasBorder ? bordered : own, deltas + i * inputExample);
      }
    };
  };
}
