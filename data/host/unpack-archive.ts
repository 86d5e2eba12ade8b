/** Extracts a dataset's files from the .tar.gz or .zip archive that its publisher offers, in streams of bounded memory. */
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar/fs';
import { openPromise } from 'yauzl';

/**
 * Writes the archive's files with the given names, plain or gzipped, into `folder`. Ignores the folders of names in the
 * archive, so that no file is written elsewhere.
 * @throws Error that names the archive if it is damaged
 */
export async function unpackArchive(
  archive: string,
  names: readonly string[],
  folder: string,
): Promise<void> {
  const isWanted = (path: string) => names.includes(basename(path, '.gz'));
  // Files move to their folder when they are whole.
  const temporary = mkdtempSync(join(folder, 'unpacked-'));
  try {
    await (archive.endsWith('.zip') ? unzip : untar)(archive, isWanted, temporary);
    for (const name of readdirSync(temporary)) renameSync(join(temporary, name), join(folder, name));
  } catch (error) {
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    throw new Error(`'${archive}' is not a whole archive (${error.message}); delete it and get it again`, {
      cause: error,
    });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

type Extract = (archive: string, isWanted: (name: string) => boolean, folder: string) => Promise<void>;

const untar: Extract = (archive, isWanted, folder) =>
  pipeline(
    createReadStream(archive),
    createGunzip(),
    unpackTar(folder, {
      strict: true,
      filter: ({ type, name }) => type === 'file' && isWanted(name),
      map: (header) => ({ ...header, name: basename(header.name) }),
    }),
  );

const unzip: Extract = async (archive, isWanted, folder) => {
  // yauzl refuses archives with `..` in decoded names, which is needless: folders of names are ignored.
  const zip = await openPromise(archive, { decodeStrings: false });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileNameRaw.toString();
      if (!isWanted(name)) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(folder, basename(name))));
    }
  } finally {
    zip.close();
  }
};
