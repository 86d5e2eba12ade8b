export {
  makeFolder,
  removeDurably,
  removeUnfinished,
  SECRET,
  syncFolder,
  writeAtomically,
} from './atomic-file.js';
export { eventSchemas, recordSchema } from './events.js';
export type {
  Arrival,
  ClientsEvent,
  Divergence,
  EvaluationEvent,
  RoundEvent,
  Happening,
  NodeTrace,
  PopulationEvent,
  Quality,
  RunEvent,
  RunRecord,
} from './events.js';
export { nodeFileSystem, type FileSystem } from './file-system.js';
export { describeHolder, describeWait, FolderLock, isHeld, LockedError } from './folder-lock.js';
export { createRun, resumeRun, RunInUseError, type OnWait, type OpenedRun } from './open-run.js';
export { roundIn, readTrace, traceOf, type Trace } from './trace.js';
export {
  readDivergence,
  readEvents,
  readRecord,
  readDependenciesOf,
  RunDirectory,
  RunDirectoryError,
} from './run-directory.js';
