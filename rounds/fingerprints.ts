/** Digests by which a coordinator and a worker see that they go by the same things. */
import type { Partition } from '../data/index.js';
import type { Manifest } from '../learning/index.js';
import { canonicalJson, sha256 } from '../numerics/index.js';

/** Of where each tensor lies. */
export const layoutHash = ({ tensors }: Manifest) =>
  sha256(canonicalJson(tensors.map(({ name, shape, offset }) => ({ name, shape: [...shape], offset }))));

/** Of which training examples these clients have: of the digests of their lists, in this order. */
export const partitionHash = (partition: Partition, clients: readonly number[]) =>
  sha256(clients.map((client) => sha256(partition.indices(client))).join(''));
