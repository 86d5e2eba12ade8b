/** LEAF's Shakespeare and FEMNIST (Caldas et al. 2018): an owner is a role of a play, or a writer. */
import { encoder } from '../formats/tokens.js';
import { defineDataset } from './entry.js';
import { imageDataset, imageOptions } from './images.js';
import { readLeafParts } from './leaf-parts.js';
import { tokenFormat } from './windows.js';

/** The alphabet of LEAF's models, in its order. */
const letters = Array.from(
  '\n !"&\'(),-.0123456789:;>?ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstuvwxyz}',
);
const WINDOW = 80;

export const shakespeare = defineDataset({
  kind: 'shakespeare',
  summary: "LEAF's Shakespeare: windows of 80 characters of a role's lines; the label is the next character.",
  options: {},
  create(_, { files }) {
    const encode = encoder(letters);
    const text = (value: unknown, length: number) => {
      const tokens = typeof value === 'string' ? encode(value) : undefined;
      if (tokens?.length === length) return tokens;
      throw new RangeError(`${JSON.stringify(value)} is not a text of ${length} characters`);
    };
    const { train, test, owners, checksums } = readLeafParts(files, 'shakespeare', {
      bytes: WINDOW,
      input: (x) => text(x, WINDOW),
      label: (y) => text(y, 1)[0],
    });
    const input = tokenFormat(WINDOW);
    return {
      name: 'shakespeare',
      classes: letters.length,
      classNames: letters,
      train: { ...train, count: train.labels.length, input },
      test: { ...test, count: test.labels.length, input },
      owners,
      checksums,
    };
  },
});

const SIDE = 28;
const CLASSES = 62;

export const femnist = defineDataset({
  kind: 'femnist',
  summary:
    "LEAF's FEMNIST: digits and letters by writer, 28 × 28, 62 classes; the background is white (255).",
  options: imageOptions,
  create({ normalize }, { files }) {
    const { train, test, owners, checksums } = readLeafParts(files, 'femnist', {
      bytes: SIDE * SIDE,
      input: greyBytes,
      label(y) {
        if (typeof y === 'number' && Number.isInteger(y) && y >= 0 && y < CLASSES) return y;
        throw new RangeError(`${JSON.stringify(y)} is not a label from 0 to ${CLASSES - 1}`);
      },
    });
    const shape = [SIDE, SIDE, 1];
    const images = ({ inputs, ...rest }: typeof train) => ({ shape, pixels: inputs, ...rest });
    const metadata = { name: 'femnist', classes: CLASSES, owners, checksums };
    return imageDataset(metadata, images(train), images(test), normalize);
  },
});

/** LEAF divides grey values by 255; as bytes they take a quarter of the memory of floats. */
function greyBytes(x: unknown): Uint8Array {
  if (!Array.isArray(x) || x.length !== SIDE * SIDE) {
    throw new RangeError(`an input is not a list of ${SIDE * SIDE} numbers`);
  }
  return Uint8Array.from(x, (value: unknown) => {
    const byte = typeof value === 'number' ? Math.round(255 * value) : NaN;
    if (byte >= 0 && byte <= 255 && Math.abs(byte - 255 * Number(value)) < 0.01) return byte;
    throw new RangeError(`${JSON.stringify(value)} is not a grey value divided by 255`);
  });
}
