/** How many multiplications and additions a model's step has: those of its products of matrices. */
import type { Model } from '../learning/index.js';
import type { PlacedLayer } from '../learning/model.js';

/**
 * Of a step on one example, each counted. Forward a product of the inputs and the weights; backward as many for the
 * gradient, and as many for the derivatives by the inputs, which the first layer does not need. Terms that are left out
 * since they are zero count too.
 */
export function operationsOf({ layers, manifest }: Model): number {
  const products = (placed: readonly PlacedLayer[]): number[] =>
    placed.flatMap(({ layer, name, input, output, branches }) => {
      if (branches) return [...products(branches.inside), ...products(branches.around)];
      if (layer.kind === 'embedding' || layer.kind === 'positional') return [0];
      const weights = manifest.tensors
        .filter(({ name: tensor, shape }) => tensor.startsWith(`${name}/`) && shape.length > 1)
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
      if (weights === 0) return [];
      // The weights meet every position: of the sequence that comes in, or of the image that goes out.
      const positions =
        input.kind === 'sequence'
          ? input.length
          : output.kind === 'array' && output.extents.length === 3
            ? output.extents[0] * output.extents[1]
            : 1;
      // Queries meet keys, and shares meet values.
      const attention =
        layer.kind === 'attention' && input.kind === 'sequence' ? 2 * input.length ** 2 * input.width : 0;
      return [positions * weights + attention];
    });
  const [first = 0, ...rest] = products(layers);
  return 2 * (2 * first + 3 * rest.reduce((a, b) => a + b, 0));
}
