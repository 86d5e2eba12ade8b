/**
 * What a result depends on besides its recipe: the content of the data, of the files that the recipe names and of plugins, and
 * the version of the bits. Results go together, and a run goes on, only where all of it is the same.
 */
import { datasets } from '../data/index.js';
import { diskFiles } from '../data/host/index.js';
import { canonicalJson, sha256 } from '../numerics/index.js';
import { bitsOf } from './bits.js';
import { differingBits, differingFile } from './differences.js';
import type { Federation } from './federation.js';
import { fileChecksums } from './files.js';
import { pluginChecksums } from './plugin-checksums.js';
import { decisiveFields } from './read.js';
import type { Recipe } from './recipe.js';

export interface Dependencies {
  /** SHA-256: of the data by the file's name, of other files by the field that names them, of plugins by theirs. */
  readonly checksums: Readonly<Record<string, string>>;
  /** The version of the recipe's bits. */
  readonly bits: readonly string[];
}

/** Of what a federation was built of. */
export const dependenciesOf = (
  { recipe, checksums }: Federation,
  plugins: readonly string[] = [],
): Dependencies => ({
  checksums: { ...checksums, ...pluginChecksums(plugins) },
  bits: bitsOf(recipe),
});

/** Of what lies on this machine now. @throws Error where the data are not there */
export function readDependencies(recipe: Recipe, plugins: readonly string[] = []): Dependencies {
  const { dataset } = recipe.data;
  const { checksums } = datasets.create(dataset, { seed: recipe.seed, files: diskFiles() });
  return {
    checksums: { ...checksums, ...fileChecksums(recipe), ...pluginChecksums(plugins) },
    bits: bitsOf(recipe),
  };
}

/** Names a result: equal where the recipe's decisive fields and all that it depends on are. */
export const resultKey = (recipe: Recipe, { checksums, bits }: Dependencies): string =>
  sha256(canonicalJson({ recipe: decisiveFields(recipe), checksums, bits }));

/** What has changed, in a sentence; undefined where nothing has. */
export function changedSince(before: Dependencies, now: Dependencies): string | undefined {
  return (
    differingFile({ at: 'then', checksums: before.checksums }, { at: 'now', checksums: now.checksums }) ??
    differingBits({ at: 'then', bits: before.bits }, { at: 'now', bits: now.bits })
  );
}
