/** The loop over epochs and batches that every engine's training goes through. */
import { checkBatchOf } from './batch-of-one.js';
import { changedExamples } from './changed.js';
import { checkOrder } from './checks.js';
import type { Amount, Cursor, Examples, TrainRequest } from './engine.js';

export interface Taken {
  readonly cursor: Cursor;
  readonly steps: number;
  /** How many examples these were. */
  readonly seen: number;
}

/**
 * Takes a request's batches one after another.
 * @param follow is told of each epoch's order, before which position it will end, and of its examples
 * @param step takes the batch at positions from … to − 1 of that order; steps count from 0
 */
export function takeBatches(
  { model, examples, batchSize: wanted, amount, order: orderOf, cursor, augment }: BatchesOf,
  follow: (order: Uint32Array, end: number, examples: Examples) => void,
  step: (from: number, to: number, steps: number) => void,
): Taken {
  const { count } = examples;
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
    follow(order, end, augment === undefined ? examples : changedExamples(examples, augment(epoch)));
    while (position < end) {
      const next = Math.min(position + batchSize, count);
      checkBatchOf(next - position, model);
      step(position, next, steps);
      seen += next - position;
      position = next;
      steps += 1;
    }
  }
}

/** The optimizer steps of an amount of training that begins where an epoch does. */
export function stepsOf(amount: Amount, batchSize: TrainRequest['batchSize'], examples: number): number {
  if ('steps' in amount) return amount.steps;
  return amount.epochs * (batchSize === 'all' ? 1 : Math.ceil(examples / batchSize));
}

type BatchesOf = Pick<
  TrainRequest,
  'model' | 'examples' | 'batchSize' | 'amount' | 'order' | 'cursor' | 'augment'
>;
