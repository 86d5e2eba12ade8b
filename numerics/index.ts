export { canonicalJson, sha256, type Json } from './canonical.js';
export {
  drawInteger,
  permutation,
  range,
  sampleWithoutReplacement,
  shuffle,
  stream,
  twoIntegers,
  type Stream,
  type StreamName,
} from './streams.js';
export * as distributions from './distributions.js';
export { cosinePi, integerPower } from './elementary.js';
export { exponential, logarithm, power } from './exponential.js';
export {
  ExactScalarSum,
  ExactSum,
  FRACTION_BITS,
  SumOverflowError,
  type ScalarParts,
  type SumParts,
} from './exact-sum.js';
export { cumulativeSums, portion } from './portion.js';
export { largestSize, subtract } from './vectors.js';
export { deviation, gini, mean, quantile, variance } from './statistics.js';
export * as wasm from './wasm-assembler.js';
export { WasmModule, type Kernel } from './wasm-module.js';
export { expOfNonPositive, expVector, logOfPositive, sigmoidVector, tanhVector } from './wasm-math.js';
