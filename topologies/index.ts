export {
  degree,
  edgeCount,
  forEachEdge,
  graphFromEdges,
  hasEdge,
  isComplete,
  largestDegree,
  neighbours,
  type Adjacency,
  type Graph,
} from './graph.js';
export {
  childSeed,
  commonBlock,
  defineTopology,
  refusal,
  staticTopology,
  timeVaryingTopology,
  union,
  type Topology,
  type TopologyContext,
} from './topology.js';
export { EdgeList } from './edge-list.js';
export { topologies } from './registry.js';
export { components, disconnection, isConnected } from './connectivity.js';
export { partners, randomMaximalMatching, randomPairs, type Pair } from './matching.js';
export {
  mix,
  mixingColumn,
  mixingMatrix,
  mixingRow,
  mixTransposed,
  type MixingMatrix,
  type MixingRow,
} from './mixing/matrix.js';
export { mixing, usualMixing, type Stochastic } from './mixing/registry.js';
export { mixingRounds } from './mixing/rounds.js';
export { diagnose, type Diagnosis, type DiagnosisOptions } from './diagnostics/diagnose.js';
export { consensusRate, type ConsensusRate } from './diagnostics/consensus-rate.js';
export { spectrum, type Spectrum } from './diagnostics/spectrum.js';
export { measureConsensus, roundsToConsensus, type Measured } from './diagnostics/consensus.js';
export { refuseDisconnected } from './diagnostics/together.js';
export { byForces, layout } from './drawing/layout.js';
export { colour } from './drawing/colours.js';
export { drawTopology, type Drawing } from './drawing/draw.js';
export { describeTopology } from './describe.js';
