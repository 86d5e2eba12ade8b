/** The public API of the queue: `loadQueue` loads it, since its packages are optional. */
export { queueSweep, type QueueOptions, type QueueResult } from './enqueue.js';
export { workQueue, type WorkEvent, type WorkOptions } from './work.js';
