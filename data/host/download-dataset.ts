/** Downloads a named dataset into the data home, when a user asks for it and at no other time. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { catalogue, catalogueEntry, type CatalogueEntry } from '../catalogue.js';
import { downloadFile, type DownloadOptions } from './download.js';
import { findFile } from './read-file.js';
import { completeSets, isCatalogued } from './locate.js';
import { unknownName } from '../../registry/index.js';
import { isArchive, unpack } from './unpack-archive.js';

export interface DownloadDatasetOptions extends DownloadOptions {
  /** The data home, see `defaultDataHome`. */
  readonly home: string;
  /** A mirror: the address of a folder that has the files under their published names. */
  readonly baseUrl?: string | undefined;
}

/**
 * Downloads what is missing of a dataset.
 * @returns the folder that has the files
 * @throws Error where there is no such dataset or it cannot be downloaded, the server does not answer with it, or
 * its checksum is wrong
 */
export async function downloadDataset(name: string, options: DownloadDatasetOptions): Promise<string> {
  if (!isCatalogued(name)) throw new Error(unknownName('dataset', name, Object.keys(catalogue)));
  const folder = join(options.home, name);
  await downloadEntry(catalogueEntry(name), folder, options);
  return folder;
}

/** Downloads what is missing of a catalogued dataset into `folder`. */
export async function downloadEntry(
  { title, downloads, howTo, sets }: CatalogueEntry,
  folder: string,
  { baseUrl, ...options }: Omit<DownloadDatasetOptions, 'home'>,
): Promise<void> {
  if (downloads === undefined) throw new Error(`${title} cannot be downloaded as it is used; ${howTo ?? ''}`);
  const names = Object.values(sets).flatMap((files) => files.map(({ name }) => name));
  const isThere = (name: string) => findFile(folder, name) !== undefined;
  mkdirSync(folder, { recursive: true });
  for (const { url, md5 } of downloads) {
    const file = basename(url);
    if (isArchive(file) ? names.every(isThere) : isThere(basename(file, '.gz'))) continue;
    const target = join(folder, file);
    const from = baseUrl === undefined ? url : new URL(file, baseUrl.replace(/\/?$/, '/')).href;
    // An archive that is whole may still lie there from a run that was stopped while it unpacked.
    if (!existsSync(target)) await downloadFile({ url: from, md5 }, target, options);
    if (!isArchive(file)) continue;
    unpack(target, names, folder);
    rmSync(target);
  }
  if (completeSets(sets, folder).length > 0) return;
  throw new Error(`${title}: what was downloaded lacks ${names.filter((name) => !isThere(name)).join(', ')}`);
}
