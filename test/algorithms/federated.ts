/** Federated algorithms from the registry, for tests that drive them. */
import { algorithms, type FederatedAlgorithm } from '../../algorithms/index.js';
import type { Choice } from '../../registry/index.js';

/** @throws TypeError where the choice is of another family */
export function federated(choice: Choice): FederatedAlgorithm {
  const algorithm = algorithms.create(choice, { synchronous: true });
  if (algorithm.family !== 'federated') throw new TypeError(`'${choice.kind}' is not a federated algorithm`);
  return algorithm;
}
