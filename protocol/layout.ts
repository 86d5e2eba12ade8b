/**
 * Where things lie in a frame, all little-endian:
 *
 *     0   4  magic, the letters MURM
 *     4   1  protocol version
 *     5   1  tag of the message; 0: this is a chunk of a larger frame
 *     6   2  number of tensors
 *     8   4  length of the header in bytes
 *    12   4  length of the whole frame in bytes
 *    16      for each tensor: 4 count of numbers, 4 length in bytes, 1 encoding, 1 length of its name, 2 zero,
 *            then the name in ASCII and zeros to the next multiple of 4
 *            the header, JSON in UTF-8, and zeros to the next multiple of 8
 *            each tensor's bytes, and zeros to the next multiple of 8
 *
 * In a chunk the place of the header's length is the length of the whole frame, that of the frame's length is where
 * in the frame the chunk's bytes belong, and the bytes follow at 16.
 */
import { ProtocolError } from './codes.js';
import { encodings, type Encoding } from './tensor.js';

export const MAGIC = 0x4d52554d;
export const PREAMBLE = 16;
/** A tensor's entry in the table, without its name. */
export const ENTRY = 12;

export const at = { magic: 0, version: 4, tag: 5, tensors: 6, header: 8, frame: 12 } as const;
export const inChunk = { frame: 8, offset: 12 } as const;

export const upTo4 = (length: number) => Math.ceil(length / 4) * 4;
export const upTo8 = (length: number) => Math.ceil(length / 8) * 8;

/** What each side allows, before it believes any byte. */
export interface FrameLimits {
  /** The largest frame, whole: also the most that a connection makes this side hold for an unfinished one. */
  readonly frameBytes: number;
  readonly headerBytes: number;
  readonly tensors: number;
}

/** Enough for a hello; for connections that have not yet said who they are. */
export const HANDSHAKE_LIMITS: FrameLimits = { frameBytes: 2 ** 17, headerBytes: 2 ** 16, tensors: 0 };

const names = new Map<number, Encoding>(
  (Object.keys(encodings) as Encoding[]).map((name) => [encodings[name], name]),
);

/** @throws ProtocolError where there is no such encoding */
export function encodingOf(code: number): Encoding {
  const found = names.get(code);
  if (found === undefined) throw new ProtocolError('malformed', `there is no encoding ${code} of tensors`);
  return found;
}
