/** Every kind of work that a thread can be given. */
import { evaluatePart } from '../index.js';
import { initialise } from '../../gossip/index.js';
import { measure } from '../../gossip/index.js';
import { program } from '../../gossip/index.js';
import { update } from '../index.js';
import type { ThreadTask } from '../index.js';

export const threadTasks: readonly ThreadTask<never, unknown>[] = [
  evaluatePart,
  initialise,
  measure,
  program,
  update,
];
