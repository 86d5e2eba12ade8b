export { joinFederation, type JoinOptions, type JoinResult } from './join.js';
export { WorkerStore } from './store.js';
export type { Identity, StoredState, WorkerEffect, WorkerEvent, WorkerTimer } from './events.js';
export { taskValidator, type TaskValidator } from './task-validator.js';
export { Worker, type WorkerSettings, type WorkerStart } from './worker.js';
export type { GossipChecks } from './gossip/gossip-session.js';
export { GossipNodes, type PreparedRun, type NodesStore } from './gossip/nodes.js';
export type { NodesEffect, NodesEvent } from './gossip/events.js';
export type { PeerEffect, PeerEvent } from './gossip/peers.js';
