/** Downloads a catalogued dataset into the data home; only `murmur data get` calls it. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unknownName } from '../../registry/index.js';
import { catalogue, catalogueEntry, isCatalogued, type CatalogueEntry } from '../catalogue.js';
import { downloadFile, type DownloadOptions } from './download.js';
import { completeSets, findFile } from './locate.js';

export interface DownloadDatasetOptions extends DownloadOptions {
  /** The data home, see `defaultDataHome`. */
  readonly home: string;
  /** A mirror: the URL of a folder with the files under their published names. */
  readonly baseUrl?: string | undefined;
}

/**
 * Downloads the missing files of a dataset.
 * @returns the folder with the files
 * @throws Error if there is no such dataset, it cannot be downloaded, the server does not send it, or its checksum is wrong
 */
export async function downloadDataset(name: string, options: DownloadDatasetOptions): Promise<string> {
  if (!isCatalogued(name)) throw new Error(unknownName('dataset', name, Object.keys(catalogue)));
  const folder = join(options.home, name);
  await downloadEntry(catalogueEntry(name), folder, options);
  return folder;
}

/** Downloads the missing files of a catalogue entry into `folder`. */
export async function downloadEntry(
  { title, downloads, howTo, sets }: CatalogueEntry,
  folder: string,
  { baseUrl, ...options }: Omit<DownloadDatasetOptions, 'home'>,
): Promise<void> {
  if (downloads === undefined)
    throw new Error(`${title} cannot be downloaded in this format; ${howTo ?? ''}`);
  const names = Object.values(sets).flatMap((files) => files.map(({ name }) => name));
  const exists = (name: string) => findFile(folder, name) !== undefined;
  mkdirSync(folder, { recursive: true });
  for (const { url, md5 } of downloads) {
    const file = basename(url);
    if (isArchive(file) ? names.every(exists) : exists(basename(file, '.gz'))) continue;
    const target = join(folder, file);
    const from = baseUrl === undefined ? url : new URL(file, baseUrl.replace(/\/?$/, '/')).href;
    // A command that was stopped while it unpacked leaves a whole archive.
    if (!existsSync(target)) await downloadFile({ url: from, md5 }, target, options);
    if (!isArchive(file)) continue;
    // Only a download needs the archive libraries, which cost each start of the program time.
    const { unpackArchive } = await import('./unpack-archive.js');
    await unpackArchive(target, names, folder);
    rmSync(target);
  }
  if (completeSets(sets, folder).length > 0) return;
  throw new Error(`${title}: what was downloaded lacks ${names.filter((name) => !exists(name)).join(', ')}`);
}

const isArchive = (name: string) => name.endsWith('.tar.gz') || name.endsWith('.zip');
