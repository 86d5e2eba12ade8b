export type { GossipCheckpoint } from './checkpoint.js';
export { consensusRateOf } from './consensus-rate.js';
export { nodeEvaluations } from './evaluations.js';
export { GossipHost } from './host.js';
export { NOTHING } from './inbox.js';
export { initialise } from './initialise.js';
export { latestTimes } from './latest-times.js';
export type { Content, Delivery } from './links.js';
export { measure } from './measure.js';
export { gossipMemory, refuseTooMuchMemory } from './memory.js';
export { MessageOrder } from './message-order.js';
export { MessageValidator, type NodeMessage } from './message-validator.js';
export { NodeRuntime, type Outgoing } from './node-runtime.js';
export { prepareFor, startNodes } from './nodes.js';
export {
  figuresOf,
  meanWeights,
  measureNodes,
  sumWeights,
  surveyOf,
  testNodes,
  type Measured,
  type NodeTest,
  type PlacedModel,
  type Survey,
  type Tested,
} from './population.js';
export { program } from './program.js';
export { StoppedError, type RealTimeClock, type RemoteNodes } from './remote-nodes.js';
export { placesOf, Slabs, type Vector, type Vectors } from './slabs.js';
export { isSnapshot, takesSnapshots } from './snapshots.js';
export { RoundTotals, type TotalsParts } from './totals.js';
export { viewer } from './views.js';
