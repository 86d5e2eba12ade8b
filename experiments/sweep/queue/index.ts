/** The door to the queue, apart from the sweeps', since its parts take a while to load. */
export { queueSweep, type QueueOptions, type QueueResult } from './enqueue.js';
export { workQueue, type WorkEvent, type WorkOptions } from './work.js';
