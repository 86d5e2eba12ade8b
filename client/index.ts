export { joinFederation, type JoinOptions } from './join.js';
export { WorkerStore } from './store.js';
export type { Identity, StoredState, WorkerEffect, WorkerEvent, WorkerTimer } from './events.js';
export { Worker, type WorkerSettings, type WorkerStart } from './worker.js';
