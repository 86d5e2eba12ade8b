export { GossipNodes, type NodesStore, type PreparedRun } from './gossip-nodes.js';
export { joinFederation, type JoinOptions, type JoinResult } from './join.js';
export { WorkerStore } from './store.js';
