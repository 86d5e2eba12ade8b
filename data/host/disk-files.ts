/** Dataset files on this machine's disk: the implementation of `DatasetFiles` by Node.js. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DataFile, DataFolder, DatasetFiles } from '../dataset-files.js';
import type { SharedBytes } from '../shared-arrays.js';
import { defaultDataHome } from './data-home.js';
import { locateDataset, packageFolder, resolvePath, type SearchPath } from './locate.js';
import { readShared, streamFile } from './read-file.js';

/** The files that recipes may read on this machine. */
export const diskFiles = ({
  home = defaultDataHome(),
  isRemote = false,
}: Partial<SearchPath> = {}): DatasetFiles => ({
  ofDataset: (dataset, set) =>
    locateDataset(dataset, home, set).map(({ name, path, sha256 }) => diskFile(name, path, sha256)),
  ofPackage(packageName, folder) {
    const root = packageFolder(packageName);
    return root === undefined ? undefined : diskFolder(join(root, folder));
  },
  open: (path) => diskPath(path, resolvePath(path, { home, isRemote })),
});

/**
 * A worker's own data: a file or a folder anywhere on this machine.
 * @throws Error that says what was expected if there is none
 */
export function openLocalData(path: string): DataFile | DataFolder {
  try {
    return diskPath(basename(path), path);
  } catch {
    throw new Error(
      `'${path}' does not exist: give a CSV file, a folder with one, or a folder with IDX files named …images… and …labels…`,
    );
  }
}

const diskPath = (name: string, path: string) =>
  statSync(path).isDirectory() ? diskFolder(path) : diskFile(name, path);

const diskFolder = (path: string): DataFolder => ({
  path,
  files: readdirSync(path)
    .sort()
    .map((name) => diskFile(name, join(path, name))),
});

export const diskFile = (name: string, path: string, expectedSha256?: string): DataFile => ({
  name,
  path,
  expectedSha256,
  read() {
    const bytes = readShared(path);
    return { bytes, sha256: () => cachedSha256(path, bytes) };
  },
  stream: (consume) => streamFile(path, consume),
});

/** Bytes of one update of a hash, below the 2 GiB that OpenSSL takes at most. */
const MAX_UPDATE = 2 ** 30;

/** Checksums by path, size and modification time: hashing MNIST takes longer than reading it. */
const checksums = new Map<string, string>();

function cachedSha256(path: string, content: SharedBytes): string {
  const { size, mtimeMs } = statSync(path);
  const key = `${path}\n${size}\n${mtimeMs}`;
  const known = checksums.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (let at = 0; at < content.length; at += MAX_UPDATE) hash.update(content.subarray(at, at + MAX_UPDATE));
  const sum = hash.digest('hex');
  checksums.set(key, sum);
  return sum;
}
