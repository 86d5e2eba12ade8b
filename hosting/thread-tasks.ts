/** Every kind of work that a thread can be given. */
import { evaluatePart } from './evaluate-part.js';
import { initialise } from './gossip/initialise.js';
import { measure } from './gossip/measure.js';
import { program } from './gossip/program.js';
import { update } from './update.js';
import type { ThreadTask } from './thread-task.js';

export const threadTasks: readonly ThreadTask<never, unknown>[] = [
  evaluatePart,
  initialise,
  measure,
  program,
  update,
];
