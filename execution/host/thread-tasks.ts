/** Every kind of work that a thread can be given. */
import { evaluatePart, type ThreadTask, update } from '../index.js';
import { initialise, measure, program } from '../../gossip/index.js';

export const threadTasks: readonly ThreadTask<never, unknown>[] = [
  evaluatePart,
  initialise,
  measure,
  program,
  update,
];
