export { refuseOutsidePaths, refuseUnserved } from './check-recipe.js';
export type { WorkerStatus } from './connection-manager.js';
export { Coordinator, type CoordinatorStart } from './coordinator.js';
export { createCoordinator, type AnyCoordinator } from './create-coordinator.js';
export type {
  CoordinatorCheckpoint,
  CoordinatorContent,
  CoordinatorEffect,
  CoordinatorEvent,
  GossipProgress,
  TimerName,
} from './events.js';
export { GossipCoordinator, type GossipStart } from './gossip/coordinator.js';
export { parseKeys, type ClientKey } from './keys.js';
export { largestFrame } from './largest-frame.js';
export { orderly } from './orderly.js';
export { PeerDirectory } from './peer-directory.js';
export { defaultSettings, type CoordinatorSettings } from './settings.js';
export { ShutdownNotifier } from './shutdown-notifier.js';
export { newWorkerRecords, type RegisteredWorker, type WorkerRecords } from './worker-registry.js';
export { TaskTimes } from './task-times.js';
