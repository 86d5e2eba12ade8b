export {
  makeFolder,
  removeDurably,
  removeUnfinished,
  SECRET,
  syncFolder,
  writeAtomically,
} from './atomic-file.js';
export { describeRun } from './describe-run.js';
export { nodeFileSystem, type FileSystem } from './file-system.js';
export { describeHolder, describeWait, FolderLock, isHeld, LockedError } from './folder-lock.js';
export { createRun, resumeRun, RunInUseError, type OnWait, type OpenedRun } from './open-run.js';
export { readTrace } from './read-trace.js';
export { readDependenciesOf, readDivergence, readEvents, readRecord, RunDirectory } from './run-directory.js';
export { version } from './version.js';
