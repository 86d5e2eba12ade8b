export { assign, type Assignment, type ScoreMatrix } from './assignment.js';
export { matchUnits, type Matching } from './bbp-map.js';
export { completeMatchingOptions, matchingOptions, type MatchingOptions } from './options.js';
export { applyPermutations, gatherUnits, reconstruct, spreadUnits, type Network } from './permute.js';
export { signatures, writeSignatures, type Signatures } from './signatures.js';
export { unitGroups, widthsOf, withWidth, type UnitAxis, type UnitGroup } from './unit-axes.js';
