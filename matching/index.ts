export { assign, type Assignment, type ScoreMatrix } from './assignment.js';
export { averageInner, averageLastLayer, plainAverage } from './averages.js';
export { matchUnits, type Matching } from './bbp-map.js';
export { checkContributions, classShares, type Contribution, type Merged } from './contributions.js';
export { layerLength, layerValues, writeLayerValues } from './layer-values.js';
export { matchedAverage, matchLayer, type MatchedNetwork } from './one-shot.js';
export { transport, type TransportPlan } from './optimal-transport.js';
export { completeMatchingOptions, matchingOptions, type MatchingOptions } from './options.js';
export { alignByTransport, fusedAverage, type OutgoingWeights } from './ot-fusion.js';
export { applyPermutations, gatherUnits, reconstruct, spreadUnits, type Network } from './permute.js';
export { matchWeights, rebasedAverage, type Rebased } from './re-basin.js';
export { signatures, type Signatures } from './signatures.js';
export {
  hiddenGroups,
  unitGroups,
  unmatchable,
  widthsOf,
  withWidths,
  type UnitAxis,
  type UnitGroup,
} from './unit-axes.js';
export { unitRows, writeUnitRows, type Side } from './unit-rows.js';
