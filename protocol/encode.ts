/** From messages to what goes over a WebSocket: a frame, in chunks where it is large. Tensors are copied once, or not at all. */
import { encodeJson } from './json.js';
import { at, ENTRY, MAGIC, PREAMBLE, upTo4, upTo8 } from './layout.js';
import { CHUNK_TAG, messages, PROTOCOL_VERSION, type Message } from './messages.js';
import { encodings, type Tensors } from './tensor.js';

const NONE: Tensors = new Map();

/** One WebSocket message: its bytes are those of its parts, and zeros between them. */
interface Laid {
  readonly length: number;
  readonly parts: readonly Part[];
}

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The WebSocket messages of one message: the frame, or its chunks where it is above `chunkBytes`. Each is made when
 * it is asked for, so that a slow reader costs one chunk; until the last, the tensors must not change.
 */
export function* encode(message: Message, chunkBytes: number): Generator<Uint8Array<ArrayBuffer>, void> {
  for (const laid of layOutMessages(message, chunkBytes)) yield copied(laid, 0, laid.length);
}

/** What is shorter is copied together with what is beside it. */
const LARGE = 2 ** 14;

/**
 * The same WebSocket messages, each as the pieces that it is made of: large tensors are views, so that what goes to a
 * thousand workers is in memory once. The tensors must not change until all has been sent.
 */
export function* encodeInPieces(message: Message, chunkBytes: number): Generator<Uint8Array[], void> {
  for (const laid of layOutMessages(message, chunkBytes)) {
    const pieces: Uint8Array[] = [];
    let done = 0;
    for (const { offset, bytes } of laid.parts) {
      if (bytes.length < LARGE) continue;
      if (offset > done) pieces.push(copied(laid, done, offset));
      pieces.push(bytes);
      done = offset + bytes.length;
    }
    if (done < laid.length) pieces.push(copied(laid, done, laid.length));
    yield pieces;
  }
}

function* layOutMessages(message: Message, chunkBytes: number): Generator<Laid, void> {
  const { head, tensors, length } = layOut(message);
  const whole = partsOf(head, tensors);
  if (length <= chunkBytes) {
    yield { length, parts: whole };
    return;
  }
  const room = chunkBytes - PREAMBLE;
  for (let start = 0; start < length; start += room) {
    const end = Math.min(start + room, length);
    const preamble = new Uint8Array(PREAMBLE);
    writePreamble(preamble, CHUNK_TAG, 0, length, start);
    const parts: Part[] = [{ offset: 0, bytes: preamble }];
    for (const { offset, bytes } of whole) {
      if (offset >= end || offset + bytes.length <= start) continue;
      const from = Math.max(offset, start);
      const piece = bytes.subarray(from - offset, Math.min(bytes.length, end - offset));
      parts.push({ offset: PREAMBLE + from - start, bytes: piece });
    }
    yield { length: PREAMBLE + end - start, parts };
  }
}

/** The bytes from one place to another, which no part lies across. */
function copied({ parts }: Laid, from: number, to: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(to - from);
  for (const part of parts) {
    if (part.offset >= from && part.offset < to) bytes.set(part.bytes, part.offset - from);
  }
  return bytes;
}

/** The frame whole, whatever its size. */
export function encodeFrame(message: Message): Uint8Array<ArrayBuffer> {
  const [frame] = encode(message, Infinity);
  return frame;
}

/** The preamble, table and header of a message's frame, and how long the frame is. */
function layOut(message: Message): { head: Uint8Array; tensors: Tensors; length: number } {
  const { kind, ...fields } = message;
  const { tensors = NONE, ...header } = { tensors: undefined, ...fields };
  const json = encodeJson(header);
  const table = Array.from(tensors.keys()).reduce((sum, name) => sum + ENTRY + upTo4(name.length), 0);
  const head = new Uint8Array(upTo8(PREAMBLE + table + json.length));
  const view = new DataView(head.buffer);
  let offset = PREAMBLE;
  let length = head.length;
  for (const [name, tensor] of tensors) {
    view.setUint32(offset, tensor.length, true);
    view.setUint32(offset + 4, tensor.bytes.length, true);
    head[offset + 8] = encodings[tensor.encoding];
    head[offset + 9] = name.length;
    for (let i = 0; i < name.length; i++) head[offset + ENTRY + i] = name.charCodeAt(i);
    offset += ENTRY + upTo4(name.length);
    length += upTo8(tensor.bytes.length);
  }
  head.set(json, offset);
  writePreamble(head, messages[kind].tag, tensors.size, json.length, length);
  return { head, tensors, length };
}

/** Of a frame: the length of its header, and its own. Of a chunk: the length of its frame, and where it belongs. */
function writePreamble(
  { buffer }: Uint8Array,
  tag: number,
  tensors: number,
  at8: number,
  at12: number,
): void {
  const view = new DataView(buffer);
  view.setUint32(at.magic, MAGIC, true);
  view.setUint8(at.version, PROTOCOL_VERSION);
  view.setUint8(at.tag, tag);
  view.setUint16(at.tensors, tensors, true);
  view.setUint32(at.header, at8, true);
  view.setUint32(at.frame, at12, true);
}

/** What a frame is made of besides zeros, in order. */
function partsOf(head: Uint8Array, tensors: Tensors): Part[] {
  const found = [{ offset: 0, bytes: head }];
  let offset = head.length;
  for (const { bytes } of tensors.values()) {
    found.push({ offset, bytes });
    offset += upTo8(bytes.length);
  }
  return found;
}
