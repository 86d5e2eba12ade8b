/** What a recorded cell depends on besides its recipe: the data and the version of the bits. */
import { catalogueEntry, datasets, isCatalogued } from '../../data/index.js';
import { diskFiles } from '../../data/host/index.js';
import { canonicalJson } from '../../numerics/index.js';
import { bitsOf, fileChecksums, type Dependencies, type Recipe } from '../../recipe/index.js';

type Checksums = Dependencies['checksums'];

export const cellDependencies = (recipe: Recipe): Dependencies => ({
  checksums: { ...dataChecksums(recipe), ...fileChecksums(recipe) },
  bits: bitsOf(recipe),
});

const known = new Map<string, Checksums>();

function dataChecksums({ data: { dataset }, seed }: Recipe): Checksums {
  const published = publishedChecksums(dataset.kind);
  if (published) return published;
  const { limit, ...choice } = dataset;
  const key = canonicalJson(choice);
  const checksums = known.get(key) ?? readChecksums(choice, seed);
  known.set(key, checksums);
  return checksums;
}

/** Of datasets whose files are refused where they are not the published ones: they need not be here. */
function publishedChecksums(kind: string): Checksums | undefined {
  const files = isCatalogued(kind) ? (catalogueEntry(kind).sets['all'] ?? []) : [];
  const sums = files.flatMap(({ name, sha256 }) => (sha256 === undefined ? [] : [[name, sha256] as const]));
  return files.length > 0 && sums.length === files.length ? Object.fromEntries(sums) : undefined;
}

/** Nothing where the data are not on this machine: no cell of them was recorded here either. */
function readChecksums(choice: Recipe['data']['dataset'], seed: number): Checksums {
  try {
    return datasets.create(choice, { seed, files: diskFiles() }).checksums;
  } catch {
    return {};
  }
}
