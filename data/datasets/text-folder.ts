/** Folders of text files in UTF-8, and one checksum for all files of a folder. */
import { sha256 } from '../../numerics/index.js';
import type { DataFolder } from '../dataset-files.js';
import type { TextFile } from '../formats/tokens.js';

export interface NamedText extends TextFile {
  readonly name: string;
  readonly sha256: string;
}

/** Reads all .txt files of a folder, sorted by name. @throws Error if it has none */
export function readTexts({ path, files }: DataFolder): NamedText[] {
  const texts = files.filter(({ name }) => name.endsWith('.txt'));
  if (texts.length === 0) throw new Error(`there are no .txt files in '${path}'`);
  return texts.map((file) => {
    const content = file.read();
    return { name: file.name, path: file.path, content: content.bytes, sha256: content.sha256() };
  });
}

/** One checksum for many files, recorded under `label`: the SHA-256 of the lines that `sha256sum` prints for them. */
export const checksumOfTexts = (label: string, texts: readonly NamedText[]): Record<string, string> => ({
  [`${label} (${texts.length} files)`]: sha256(
    texts.map((text) => `${text.sha256}  ${text.name}\n`).join(''),
  ),
});
