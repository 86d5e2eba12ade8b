export type { Hashes, Identity, StoredState, WorkerEffect, WorkerEvent, WorkerTimer } from './events.js';
export { checkOrder, type GossipOrder } from './gossip/check-orders.js';
export type { Arrived, NodesEffect, NodesEvent, Posted } from './gossip/events.js';
export type { GossipChecks } from './gossip/gossip-session.js';
export type { PeerEffect, PeerEvent } from './gossip/peers.js';
export { RoundLog } from './round-log.js';
export { checkOwn } from './standing.js';
export { taskValidator, type TaskValidator } from './task-validator.js';
export { Worker, type WorkerSettings, type WorkerStart } from './worker.js';
