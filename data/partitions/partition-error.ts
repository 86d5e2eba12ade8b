/** The error for impossible partitions, and the check of the number of examples that several kinds share. */

/** The recipe's partition is impossible; the message says what works. */
export class PartitionError extends Error {
  override readonly name = 'PartitionError';
}

/** @throws PartitionError if there are not `minimum` examples for every client */
export function checkEnough(clients: number, examples: number, minimum = 1): void {
  if (clients * minimum <= examples) return;
  const most = Math.floor(examples / minimum);
  throw new PartitionError(
    `${clients} clients with at least ${minimum} ${minimum === 1 ? 'example' : 'examples'} each need ` +
      `${clients * minimum} examples; there are ${examples}: use ${most} clients or fewer` +
      (minimum > 1 ? ', or a lower minimum' : ''),
  );
}
