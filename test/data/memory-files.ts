/** Dataset files in memory, as a host without a disk has them. */
import { catalogueEntry, type DataFile, type DataFolder, type DatasetFiles } from '../../data/index.js';
import { sharedBytes } from '../../data/shared-arrays.js';
import { chunksOf } from '../../data/text-chunks.js';
import { sha256 } from '../../numerics/index.js';

/** @param contents each file's content by its path; `DATASET/NAME` for catalogued datasets, `PACKAGE/FOLDER/NAME` for packages */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>): DatasetFiles {
  const file = (name: string, path: string): DataFile => {
    const content = contents[path];
    const encoded = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return {
      name,
      path,
      read() {
        const bytes = sharedBytes(encoded.length);
        bytes.set(encoded);
        return { bytes, sha256: () => sha256(encoded) };
      },
      stream: (consume) => ({ result: consume(chunksOf(encoded, 5)), sha256: sha256(encoded) }),
    };
  };
  const folder = (path: string): DataFolder | undefined => {
    const prefix = `${path}/`;
    const names = Object.keys(contents).filter((key) => key.startsWith(prefix));
    const files = names.sort().map((key) => file(key.slice(prefix.length), key));
    return files.length > 0 ? { path, files } : undefined;
  };
  return {
    ofDataset: (dataset, set = 'all') =>
      catalogueEntry(dataset).leaf === true
        ? (folder(`${dataset}/${set}`)?.files ?? []).map(({ name, path }) => file(`${set}/${name}`, path))
        : catalogueEntry(dataset).sets[set].map(({ name }) => file(name, `${dataset}/${name}`)),
    ofPackage: (packageName, path) => folder(`${packageName}/${path}`),
    open(path) {
      const found = path in contents ? file(path, path) : folder(path);
      if (found === undefined) throw new Error(`there is no '${path}'`);
      return found;
    },
  };
}
