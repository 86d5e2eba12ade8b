/** The refusal of a partition that cannot be made, and the checks that several kinds share. */

/** A partition that cannot be made as asked: a sentence that says what would work. */
export class PartitionError extends Error {
  override readonly name = 'PartitionError';
}

/** @throws PartitionError where some client would be left with fewer than `minimum` examples */
export function checkEnough(clients: number, examples: number, minimum = 1): void {
  if (clients * minimum <= examples) return;
  const most = Math.floor(examples / minimum);
  throw new PartitionError(
    `${clients} clients with at least ${minimum} ${minimum === 1 ? 'example' : 'examples'} each need ` +
      `${clients * minimum} examples; there are ${examples}: ask for ${most} clients or fewer` +
      (minimum > 1 ? ', or for a lower minimum' : ''),
  );
}
