/** Takes a named dataset from a user's folder into the data home, after a check. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { unknownName } from '../../registry/index.js';
import { catalogue, catalogueEntry, type CatalogueName } from '../catalogue.js';
import { findFile, readShared, verified } from './read-file.js';
import { decodeIdx } from '../formats/idx.js';
import { readLeaf } from '../formats/leaf.js';
import { completeSets, isCatalogued, type LocatedFile } from './locate.js';

/**
 * Copies a dataset's files from `folder` into the data home.
 * @returns the paths of the copies
 * @throws Error where there is no such dataset or folder, files are missing, or one is not what it should be
 */
export function importDataset(name: string, folder: string, { home }: { home: string }): string[] {
  if (!isCatalogued(name)) throw new Error(unknownName('dataset', name, Object.keys(catalogue)));
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Error(`there is no folder '${folder}'`);
  const target = join(home, name);
  if (resolve(folder) === resolve(target))
    throw new Error(`'${folder}' is where the data would be copied to`);
  const files = catalogueEntry(name).leaf === true ? leafFiles(name, folder) : setFiles(name, folder);
  // All are checked before one is copied.
  for (const file of files) check(file);
  return files.map(({ path, to }) => copy(path, join(target, to)));
}

interface Import extends LocatedFile {
  /** Its path below the dataset's folder in the data home. */
  readonly to: string;
  readonly bytes?: number;
}

/** The files of all sets that the folder has whole. */
function setFiles(name: CatalogueName, folder: string): Import[] {
  const { title, sets } = catalogueEntry(name);
  const complete = completeSets(sets, folder);
  if (complete.length === 0) {
    const lacking = Object.values(sets).map((files) => files.map((file) => file.name).join(', '));
    throw new Error(
      `'${folder}' has not the files of ${title}: ${lacking.join('; or ')} (each as it is or with .gz)`,
    );
  }
  return complete.flatMap((set) =>
    sets[set].flatMap((file) => {
      const path = findFile(folder, file.name);
      return path === undefined ? [] : [{ ...file, path, to: basename(path) }];
    }),
  );
}

function leafFiles(name: CatalogueName, folder: string): Import[] {
  return ['train', 'test'].flatMap((part) => {
    const path = join(folder, part);
    const names = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.json')) : [];
    if (names.length > 0)
      return names.map((name) => ({ name, path: join(path, name), to: join(part, name) }));
    throw new Error(`'${path}' has no .json files of ${catalogueEntry(name).title}`);
  });
}

/** @throws Error that names the file where it is not what it should be */
function check({ path, sha256, bytes }: Import): void {
  if (path.endsWith('.json')) {
    readLeaf(path);
    return;
  }
  const content = readShared(path);
  if (bytes !== undefined && content.length !== bytes) {
    throw new Error(`'${path}' has ${content.length} bytes, the published file has ${bytes}`);
  }
  if (basename(path, '.gz').endsWith('-ubyte')) decodeIdx(content, path);
  verified(path, content, sha256);
}

/** Copies so that the file is never there by halves. */
function copy(from: string, to: string): string {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.part`);
  renameSync(`${to}.part`, to);
  return to;
}
