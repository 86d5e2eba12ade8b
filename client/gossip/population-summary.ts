/** A worker's part of a population survey: an exact partial sum of its nodes' weights, and test results, measures and digests per node. */
import { measureNodes, sumWeights, testNodes, type PlacedModel } from '../../gossip/index.js';
import { vectorSharer, type Executor } from '../../execution/index.js';
import { SumOverflowError, sha256, type ExactSum } from '../../numerics/index.js';
import { finiteOrNull, numbersOf, tensorOf, type MessageOf, type Tensor } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';

export async function summaryOf(
  federation: Federation,
  executor: Executor,
  all: readonly PlacedModel[],
  { epoch, id, sum, tests, measure, digests, tensors }: MessageOf<'summarize'>,
): Promise<MessageOf<'summary'>> {
  const within = (ranges: readonly (readonly [number, number])[] = []) =>
    all.filter(({ node }) => ranges.some(([first, last]) => first <= node && node <= last));
  // Starts before the sum, which would otherwise leave the other threads idle.
  const testing = testNodes(federation, executor, all, tests);
  const partial = sum && partialSum(within(sum), federation.model.manifest.length);
  const tested = await testing;
  const measured =
    measure === undefined
      ? []
      : await measureNodes(executor, within(measure), vectorSharer()(numbersOf(tensors, 'mean', 'float32')));
  return {
    kind: 'summary',
    epoch,
    id,
    ...(partial && { sum: partial.sum }),
    ...(sum && !partial && { diverged: true as const }),
    tested: tested.map((one) => ({ ...one, lossSum: finiteOrNull(one.lossSum) })),
    measured: measured.map(({ variances, ...figures }) => ({ ...figures, variances: [...variances] })),
    digests: within(digests).map(({ node, weights }) => ({ node, sha256: sha256(weights) })),
    tensors: new Map<string, Tensor>(partial ? [['sum', partial.tensor]] : []),
  };
}

/** @returns undefined if a model is not finite */
function partialSum(models: readonly PlacedModel[], length: number) {
  let made: ExactSum;
  try {
    made = sumWeights(models, length);
  } catch (error) {
    if (error instanceof SumOverflowError) return undefined;
    throw error;
  }
  const { sums, terms, largest, weights } = made.parts;
  const tensor = tensorOf(sums.slice());
  made.release();
  const sum = { terms, largest, weights: { sum: `${weights.sum}`, weight: `${weights.weight}` } };
  return { sum, tensor };
}
