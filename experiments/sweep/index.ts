/** The door to sweeps. It is apart from the one to reports, whose charts take a second to load. */
export type { Label } from './axes.js';
export { countRuns, expandSweep, type SweepRun } from './expand.js';
export { isSweepDirectory, readSweepRecord, type SweepRecord } from './layout.js';
export { parseSweep, readSweep, type ReadSweepOptions, type Sweep } from './read.js';
