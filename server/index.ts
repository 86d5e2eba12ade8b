export { Coordinator, type CoordinatorStart } from './coordinator.js';
export { GossipCoordinator, type GossipStart } from './gossip/coordinator.js';
export { ShutdownNotifier } from './shutdown-notifier.js';
export type {
  GossipProgress,
  CoordinatorCheckpoint,
  CoordinatorEffect,
  CoordinatorEvent,
  TimerName,
} from './events.js';
export { newWorkerRecords, type RegisteredWorker, type WorkerRecords } from './worker-registry.js';
export { readWorkerRecords, writeWorkerRecords } from './worker-records-file.js';
export { parseKeys, type ClientKey } from './keys.js';
export type { Address, ListenOptions } from '../hosting/index.js';
export { serve, type ServeOptions, type ServeResult } from './serve.js';
export { defaultSettings, type CoordinatorSettings } from './settings.js';
