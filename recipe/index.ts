export { behaviour, type Behaviour } from './behaviour.js';
export { bitChanges, bitsOf, hasKeptWeights, mayHaveLayer, type BitChange } from './bits.js';
export {
  changedSince,
  dependenciesOf,
  readDependencies,
  resultKey,
  type Dependencies,
} from './dependencies.js';
export { composeRecipe, tryRecipe, type Complaint, type Setting, type Written } from './compose.js';
export { differingBits, differingFile, type Side } from './differences.js';
export { outsidePath, type OutsidePath } from './outside-path.js';
export { hasField, isWithin } from './paths.js';
export { distributionSchema, drawFrom, meanOf, type Distribution } from './distribution.js';
export { RecipeError } from './errors.js';
export {
  buildFederation,
  buildOwnFederation,
  federationOn,
  loadDataset,
  openFederation,
  shareFederation,
  startingWeights,
} from './build-federation.js';
export type { Federation, SharedFederation } from './federation.js';
export { fieldsOf, type Field } from './fields.js';
export { fileChecksums, sharedBytes, type RecipeFiles } from './files.js';
export { namedFiles } from './named-files.js';
export { jsonSchema, recipeJsonSchema } from './json-schema.js';
export { pluginChecksums } from './plugin-checksums.js';
export { loadPlugins, refuseUnshared } from './plugins.js';
export {
  decisiveFields,
  parseOverride,
  parseRecipe,
  readRecipe,
  recipeHash,
  settingsOf,
  writeRecipe,
  type Overrides,
} from './read.js';
export { refuseEmptySet } from './refuse-empty.js';
export { registries } from './registries.js';
export type { Recipe } from './recipe.js';
export { recipeSchema } from './schema.js';
export { isRead, networkOnlyFieldsOf } from './unread-fields.js';
export { YamlSource, type Path } from './source.js';
export { warnOfBatch } from './whole-batches.js';
