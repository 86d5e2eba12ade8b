/** Copies a catalogued dataset from a user's folder into the data home, after checking every file. */
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { unknownName } from '../../registry/index.js';
import { catalogue, catalogueEntry, isCatalogued, LEAF_SETS, type CatalogueName } from '../catalogue.js';
import { verifiedSha256 } from '../dataset-files.js';
import { decodeIdx } from '../formats/idx.js';
import { readLeaf } from '../formats/leaf.js';
import { diskFile } from './disk-files.js';
import { completeSets, findFile, jsonFiles } from './locate.js';

/**
 * Copies a dataset's files from `folder` into the data home.
 * @returns the paths of the copies
 * @throws Error if there is no such dataset or folder, files are missing, or a file differs from the published one
 */
export function importDataset(name: string, folder: string, { home }: { home: string }): string[] {
  if (!isCatalogued(name)) throw new Error(unknownName('dataset', name, Object.keys(catalogue)));
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`there is no folder '${folder}'`);
  }
  const target = join(home, name);
  if (resolve(folder) === resolve(target)) {
    throw new Error(`'${folder}' is the dataset's folder in the data home; give another folder`);
  }
  const files =
    catalogueEntry(name).leaf === true ? leafFiles(name, folder) : filesOfCompleteSets(name, folder);
  // Checks all files before it copies the first.
  for (const file of files) check(file);
  return files.map(({ path, target: to }) => copy(path, join(target, to)));
}

interface ImportedFile {
  readonly path: string;
  /** The path in the dataset's folder of the data home. */
  readonly target: string;
  readonly sha256?: string;
  readonly bytes?: number;
}

function filesOfCompleteSets(name: CatalogueName, folder: string): ImportedFile[] {
  const { title, sets } = catalogueEntry(name);
  const complete = completeSets(sets, folder);
  if (complete.length === 0) {
    const expected = Object.values(sets).map((files) => files.map((file) => file.name).join(', '));
    throw new Error(
      `'${folder}' lacks files of ${title}; it needs ${expected.join('; or ')} (each as it is or with .gz)`,
    );
  }
  return complete.flatMap((set) =>
    sets[set].flatMap((file) => {
      const path = findFile(folder, file.name);
      return path === undefined ? [] : [{ ...file, path, target: basename(path) }];
    }),
  );
}

function leafFiles(name: CatalogueName, folder: string): ImportedFile[] {
  return LEAF_SETS.flatMap((set) => {
    const source = join(folder, set);
    const names = jsonFiles(source);
    if (names.length > 0) {
      return names.map((file) => ({ path: join(source, file), target: join(set, file) }));
    }
    throw new Error(`'${source}' has no .json files of ${catalogueEntry(name).title}`);
  });
}

/** @throws Error that names the file if it is damaged or differs from the published one */
function check({ path, target, sha256, bytes: publishedBytes }: ImportedFile): void {
  const file = diskFile(target, path, sha256);
  if (path.endsWith('.json')) {
    readLeaf(file);
    return;
  }
  const content = file.read();
  const { length } = content.bytes;
  if (publishedBytes !== undefined && length !== publishedBytes) {
    throw new Error(`'${path}' has ${length} bytes, the published file has ${publishedBytes}; get it again`);
  }
  if (basename(path, '.gz').endsWith('-ubyte')) decodeIdx(content.bytes, path);
  verifiedSha256(file, content);
}

/** Copies by way of a temporary file, so that a partial copy never has the final name. */
function copy(from: string, to: string): string {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.part`);
  renameSync(`${to}.part`, to);
  return to;
}
