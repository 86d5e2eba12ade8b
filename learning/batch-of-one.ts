/**
 * Batches of one example through a batch norm: where it sees one value a channel of an example, as behind dense layers,
 * the value is its own mean, the variance 0 and the output the shift, whatever came in. Refused, as in PyTorch.
 */
import type { Model, PlacedLayer } from './model.js';

/** The first batch norm of a model that needs two examples a step, by its name. */
export function normOfSingleValues({
  layers,
}: {
  readonly layers: readonly PlacedLayer[];
}): string | undefined {
  for (const { input, name, traits, branches } of layers) {
    const values = input.kind === 'sequence' ? input.length : product(input.extents.slice(0, -1));
    if (traits.normalizesBatch && values === 1) return name;
    const inside =
      branches &&
      (normOfSingleValues({ layers: branches.inside }) ?? normOfSingleValues({ layers: branches.around }));
    if (inside !== undefined) return inside;
  }
  return undefined;
}

const product = (extents: readonly number[]) => extents.reduce((total, extent) => total * extent, 1);

/** @throws RangeError where a step on so many examples has one value a channel for a batch norm */
export function checkBatchOf(count: number, model: Model): void {
  const norm = count === 1 ? normOfSingleValues(model) : undefined;
  if (norm === undefined) return;
  throw new RangeError(
    `a step has a single example, and ${norm} takes the variance over a step's examples; use a batchSize that leaves no batch of one`,
  );
}
