/** Takes a dataset's files out of the archive they are published in. */
import { renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzip } from './read-file.js';
import { readTar, type ArchiveFile } from '../formats/tar.js';
import { readZip } from '../formats/zip.js';

export const isArchive = (name: string) => name.endsWith('.tar.gz') || name.endsWith('.zip');

/**
 * Writes the archive's files with the given names, packed by gzip or not, into `folder`. Only the last part of a
 * name in the archive counts, so that nothing can be written elsewhere.
 */
export function unpack(archive: string, names: readonly string[], folder: string): void {
  const wanted = (path: string) => names.includes(basename(path, '.gz'));
  for (const { name, content } of contents(archive, wanted)) {
    if (wanted(name)) writeWhole(join(folder, basename(name)), content);
  }
}

function contents(archive: string, wanted: (name: string) => boolean): Iterable<ArchiveFile> {
  if (archive.endsWith('.zip')) return readZip(archive, wanted);
  return readTar(gunzip(archive), archive);
}

/** Writes a file so that it is never there by halves. */
export function writeWhole(path: string, content: Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
