/**
 * Steps on a single example under a batch norm, which has no variance to take then: the last batch of an epoch has one
 * where the batch size leaves a remainder of one. Known before a run wherever the clients' sizes are.
 */
import type { Partition } from '../data/index.js';
import { normOfSingleValues, type Model } from '../learning/index.js';
import { range } from '../numerics/index.js';
import type { Recipe } from './recipe.js';

/** Whether an epoch of so many examples has a batch of one. */
const leavesOne = (size: number, batchSize: number) =>
  size > 0 && (size === 1 || batchSize === 1 || size % batchSize === 1);

/** Why the model cannot be trained in such batches, as a sentence. */
export function refuseSingleExamples(
  { algorithm }: Recipe,
  partition: Partition,
  model: Model,
): string | undefined {
  const norm = normOfSingleValues(model);
  if (norm === undefined) return undefined;
  const { batchSize = 'all' } = algorithm;
  const size = typeof batchSize === 'number' ? batchSize : Infinity;
  const clients = Array.from(range(partition.clients));
  const singles = clients.filter((client) => leavesOne(partition.size(client), size));
  if (singles.length === 0) return undefined;
  const [first] = singles;
  const many =
    singles.length === 1 ? `client ${first}` : `${singles.length} clients, such as client ${first},`;
  return (
    `algorithm.batchSize ${String(batchSize)} leaves ${many} a batch of one example ` +
    `(of ${partition.size(first)}), and the batch norm ${norm} takes the variance over a batch; ${remedy(clients, partition, size)}`
  );
}

/** A batch size near the wanted one that leaves nobody a single example. */
function remedy(clients: readonly number[], partition: Partition, wanted: number): string {
  const sizes = clients.map((client) => partition.size(client));
  if (sizes.includes(1)) return 'give every client at least two examples, or use group or layer norms';
  const fits = (batchSize: number) => batchSize > 1 && sizes.every((size) => !leavesOne(size, batchSize));
  for (let distance = 1; distance <= Math.max(wanted, 10); distance++) {
    const near = [wanted + distance, wanted - distance].find(fits);
    if (near !== undefined) return `use batchSize ${near}, say, or batchSize: all`;
  }
  return 'use batchSize: all, or group or layer norms';
}
