export { RunDirectoryError } from './errors.js';
export {
  divergenceSchema,
  eventSchema,
  eventSchemas,
  recordSchema,
  type Arrival,
  type ClientsEvent,
  type Divergence,
  type EvaluationEvent,
  type Happening,
  type NodeTrace,
  type PopulationEvent,
  type Quality,
  type RoundEvent,
  type RunEvent,
  type RunRecord,
} from './events.js';
export { roundIn, traceOf, type Trace } from './trace.js';
