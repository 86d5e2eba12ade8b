/** Next-character prediction: windows of texts, each labelled with the next token. */
import { z } from 'zod';
import { portion } from '../../numerics/index.js';
import type { InputFormat } from '../../learning/index.js';
import type { Dataset, StoredExamples } from '../dataset.js';
import { ALPHABETS, tokenize, type TextFile } from '../formats/tokens.js';
import { sharedBytes, sharedInt32, sharedUint32, type SharedBytes } from '../shared-arrays.js';

export const windowOptions = {
  window: z.int().positive().default(80).describe('tokens in an input; the label is the token after them'),
  stride: z
    .int()
    .positive()
    .optional()
    .describe(
      'distance between the starts of windows; by default the length of a window, so that windows do not overlap',
    ),
  alphabet: z
    .enum(ALPHABETS)
    .default('characters')
    .describe("the tokens: the texts' characters (at most 256 distinct ones), or the bytes of their UTF-8"),
  testFraction: z
    .number()
    .positive()
    .max(0.9)
    .default(0.2)
    .describe('the fraction of the text that is the test set'),
};

export interface WindowOptions {
  readonly window: number;
  readonly stride?: number | undefined;
  readonly alphabet: (typeof ALPHABETS)[number];
  readonly testFraction: number;
}

/** A text, its owner and its test part. */
export interface Document extends TextFile {
  readonly owner: string;
  /** The test part: the last `testFraction` of the text, all of it, or nothing. */
  readonly test: 'end' | 'all' | 'none';
}

/**
 * The dataset of the documents' windows, which share one copy of the text. No window crosses the border of a document or of its
 * test part. Owners without a training window are dropped.
 * @param vocabulary the texts whose characters are the alphabet, by default the documents
 * @throws Error if no text is long enough for a window
 */
export function windowDataset(
  name: string,
  documents: readonly Document[],
  options: WindowOptions,
  vocabulary: readonly TextFile[] = documents,
): Omit<Dataset, 'checksums'> {
  const { window, stride = window, testFraction } = options;
  const all = tokenize(vocabulary, options.alphabet);
  const tokens = new Map(vocabulary.map(({ path }, i) => [path, all.texts[i]]));
  const texts = documents.map(({ path }) => tokens.get(path) ?? new Uint8Array(0));
  const text = join(texts, name);

  const parts: { train: Span[]; test: Span[] } = { train: [], test: [] };
  let start = 0;
  for (const [i, { owner, test }] of documents.entries()) {
    const end = start + texts[i].length;
    const fraction = { end: testFraction, all: 1, none: 0 }[test];
    const border = end - Math.ceil(portion(fraction, texts[i].length));
    const windows = (from: number, to: number) => Math.max(0, Math.ceil((to - window - from) / stride));
    parts.train.push({ owner, from: start, windows: windows(start, border) });
    parts.test.push({ owner, from: border, windows: windows(border, end) });
    start = end;
  }
  const owners = [...new Set(parts.train.filter(({ windows }) => windows > 0).map(({ owner }) => owner))];
  if (owners.length === 0) {
    throw new Error(
      `${name}: no text has ${window + 1} tokens in its training part, as one window needs; use a smaller window`,
    );
  }
  return {
    name,
    classes: all.alphabet.length,
    classNames: all.alphabet,
    train: examples(text, parts.train, owners, window, stride),
    test: examples(text, parts.test, owners, window, stride),
    owners,
  };
}

/** A part of the text: its owner, its start, and its number of windows. */
interface Span {
  readonly owner: string;
  readonly from: number;
  readonly windows: number;
}

/** The windows of the given owners' spans. */
function examples(
  text: SharedBytes,
  all: readonly Span[],
  owners: readonly string[],
  window: number,
  stride: number,
): StoredExamples {
  const numbers = new Map(owners.map((owner, number) => [owner, number]));
  const spans = all.filter(({ owner }) => numbers.has(owner));
  const count = spans.reduce((sum, { windows }) => sum + windows, 0);
  const starts = sharedUint32(count);
  const labels = sharedInt32(count);
  const owner = sharedInt32(count);
  let i = 0;
  for (const span of spans) {
    owner.fill(numbers.get(span.owner) ?? 0, i, i + span.windows);
    for (let w = 0; w < span.windows; w++, i++) {
      starts[i] = span.from + w * stride;
      labels[i] = text[starts[i] + window];
    }
  }
  return { count, input: tokenFormat(window), inputs: text, starts, labels, owner };
}

/** Inputs of `length` tokens, which are not scaled. */
export const tokenFormat = (length: number): InputFormat => ({
  shape: [length],
  type: 'uint8',
  scale: 1,
  shift: 0,
});

/** Windows have 32-bit offsets. */
const MAX_TOKENS = 2 ** 32;

function join(texts: readonly Uint8Array[], name: string): SharedBytes {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > MAX_TOKENS) {
    throw new Error(`${name}: the texts have ${length} tokens, the limit is ${MAX_TOKENS}; use fewer files`);
  }
  const text = sharedBytes(length);
  let at = 0;
  for (const part of texts) {
    text.set(part, at);
    at += part.length;
  }
  return text;
}
