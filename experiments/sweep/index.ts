/** The public API of sweeps, apart from that of reports, whose charts take a second to load. */
export type { Label } from './axes.js';
export type { Failure, SweepEvent } from './events.js';
export { countRuns, expandSweep, type ExpandedRun } from './expand.js';
export { identifyRuns } from './identify.js';
export { loadQueue } from './load-queue.js';
export type { SweepRun } from './sweep-run.js';
export { describeRun } from './failures.js';
export { describeInvalid } from './valid-runs.js';
export { describeUnread } from './read-fields.js';
export { isSweepDirectory, readSweepRecord, type SweepRecord } from './layout.js';
export { defaultDirectory, openSweep, type OpenSweep } from './open.js';
export { invalidRuns, measureCosts, type Cost } from './probe.js';
export { parseSweep, readSweep, type ReadSweepOptions, type Sweep } from './read.js';
export {
  defaultMemoryMiB,
  inShard,
  runSweep,
  type Shard,
  type SweepOptions,
  type SweepResult,
} from './run-sweep.js';
export { sweepTable } from './table.js';
export { TimeLeft } from './time-left.js';
