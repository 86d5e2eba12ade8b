/** The loop over epochs and batches that every engine's training goes through. */
import { checkOrder } from './checks.js';
import type { Cursor, TrainRequest } from './engine.js';

export interface Taken {
  readonly cursor: Cursor;
  readonly steps: number;
  /** How many examples these were. */
  readonly seen: number;
}

/**
 * Takes a request's batches one after another.
 * @param follow is told of each epoch's order, and before which position it will end
 * @param step takes the batch at positions from … to − 1 of that order; steps count from 0
 */
export function takeBatches(
  { examples: { count }, batchSize: wanted, amount, order: orderOf, cursor }: BatchesOf,
  follow: (order: Uint32Array, end: number) => void,
  step: (from: number, to: number, steps: number) => void,
): Taken {
  let { epoch, position } = cursor ?? { epoch: 0, position: 0 };
  const batchSize = wanted === 'all' ? count : Math.min(wanted, count);
  const lastEpoch = 'epochs' in amount ? epoch + amount.epochs : Infinity;
  const lastStep = 'steps' in amount ? amount.steps : Infinity;
  let steps = 0;
  let seen = 0;
  for (;;) {
    if (position === count) {
      epoch += 1;
      position = 0;
    }
    if (epoch >= lastEpoch || steps >= lastStep) return { cursor: { epoch, position }, steps, seen };
    const order = orderOf(epoch);
    checkOrder(order, count, epoch);
    const end = Math.min(count, position + (lastStep - steps) * batchSize);
    follow(order, end);
    while (position < end) {
      const next = Math.min(position + batchSize, count);
      step(position, next, steps);
      seen += next - position;
      position = next;
      steps += 1;
    }
  }
}

type BatchesOf = Pick<TrainRequest, 'examples' | 'batchSize' | 'amount' | 'order' | 'cursor'>;
