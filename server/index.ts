export { Coordinator, type CoordinatorStart } from './coordinator.js';
export { GossipCoordinator, type GossipStart } from './gossip/coordinator.js';
export { Epilogue } from './epilogue.js';
export type {
  GossipProgress,
  CoordinatorCheckpoint,
  CoordinatorEffect,
  CoordinatorEvent,
  TimerName,
} from './events.js';
export { newMembers, type Member, type MembersRecord } from './members.js';
export { readMembers, writeMembers } from './members-file.js';
export { parseKeys, type ClientKey } from './keys.js';
export type { Address, ListenOptions } from '../hosting/index.js';
export { serve, type ServeOptions, type ServeResult } from './serve.js';
export { defaultSettings, type CoordinatorSettings } from './settings.js';
