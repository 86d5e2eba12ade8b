/** Tokenizes texts into tokens of one byte: characters, numbered by code point, or bytes. */
import { CHUNK, chunksOf, decodeChunks } from '../text-chunks.js';

/** The meaning of each token, by its number. */
export type Alphabet = readonly string[];

export const ALPHABETS = ['characters', 'bytes'] as const;

/** The number of tokens of one byte. */
const MAX_TOKENS = 256;
const CODE_POINTS = 0x110000;

export interface TextFile {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface Tokens {
  readonly texts: readonly Uint8Array[];
  readonly alphabet: Alphabet;
}

/**
 * Tokenizes texts in UTF-8, of any length, with one alphabet for all.
 * @throws Error if a text is not UTF-8, or there are more than 256 distinct characters
 */
export function tokenize(
  files: readonly TextFile[],
  kind: (typeof ALPHABETS)[number],
  chunkBytes = CHUNK,
): Tokens {
  if (kind === 'bytes') {
    const alphabet = Array.from(
      { length: MAX_TOKENS },
      (_, byte) => `0x${byte.toString(16).padStart(2, '0')}`,
    );
    return { texts: files.map(({ content }) => content), alphabet };
  }
  const pieces = ({ content, path }: TextFile) => decodeChunks(chunksOf(content, chunkBytes), path);
  const alphabet = alphabetOf(files.map(pieces));
  if (alphabet.length > MAX_TOKENS) {
    throw new Error(
      `the texts have ${alphabet.length} distinct characters, the limit is ${MAX_TOKENS}; use alphabet: bytes`,
    );
  }
  const encode = encoder(alphabet);
  const texts = files.map((file) => {
    // A character takes at least one byte in UTF-8.
    const tokens = new Uint8Array(file.content.length);
    let count = 0;
    for (const piece of pieces(file)) {
      const part = encode(piece);
      tokens.set(part, count);
      count += part.length;
    }
    return tokens.subarray(0, count);
  });
  return { texts, alphabet };
}

/**
 * The function that converts texts to tokens of a given alphabet. It throws a RangeError that names a character outside the
 * alphabet.
 */
export function encoder(alphabet: Alphabet): (text: string) => Uint8Array {
  const numbers = new Int16Array(CODE_POINTS).fill(-1);
  for (const [number, character] of alphabet.entries()) numbers[character.codePointAt(0) ?? 0] = number;
  return (text) => {
    const tokens = new Uint8Array(text.length);
    let count = 0;
    eachCodePoint(text, (code) => {
      if (numbers[code] < 0) {
        const character = JSON.stringify(String.fromCodePoint(code));
        throw new RangeError(`the character ${character} is not in the alphabet`);
      }
      tokens[count++] = numbers[code];
    });
    return tokens.subarray(0, count);
  };
}

function alphabetOf(texts: Iterable<Iterable<string>>): Alphabet {
  const present = new Uint8Array(CODE_POINTS);
  for (const pieces of texts) {
    for (const piece of pieces) {
      eachCodePoint(piece, (code) => {
        present[code] = 1;
      });
    }
  }
  return Array.from(present.keys())
    .filter((code) => present[code] === 1)
    .map((code) => String.fromCodePoint(code));
}

function eachCodePoint(text: string, visit: (code: number) => void): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    // A code point above 16 bits takes two code units.
    if (code > 0xffff) i++;
    visit(code);
  }
}
