/** From bytes to a message. Nothing in the bytes is believed before it is checked against the limits. */
import type { z } from 'zod';
import { ProtocolError } from './codes.js';
import { decodeJson } from './json.js';
import { at, encodingOf, ENTRY, MAGIC, PREAMBLE, upTo4, upTo8, type FrameLimits } from './layout.js';
import { messages, PROTOCOL_VERSION, type MessageGoing, type MessageKind, type Way } from './messages.js';
import { Pieces } from './pieces.js';
import { checkTensorBytes, type Tensor, type Tensors } from './tensor.js';

const malformed = (sentence: string) => new ProtocolError('malformed', sentence);

const receivers = { toCoordinator: 'the coordinator', toWorker: 'a worker', toPeer: 'another worker' };

const unexpected = (kind: MessageKind, to: Way) =>
  new ProtocolError('unexpected', `a message '${kind}' must not be sent to ${receivers[to]}`);

const byTag = new Map(
  (Object.keys(messages) as MessageKind[]).map((kind) => [messages[kind].tag as number, kind]),
);

/** What a preamble says, checked against what is allowed. */
export interface Preamble {
  readonly kind: MessageKind;
  readonly tensors: number;
  readonly headerBytes: number;
  readonly frameBytes: number;
}

/** @throws ProtocolError where these bytes cannot begin a frame of ours */
export function checkMagic(frame: Pieces): DataView {
  if (frame.length < PREAMBLE)
    throw malformed(`a frame of ${frame.length} bytes is shorter than its preamble`);
  const view = viewOf(frame.range(0, PREAMBLE));
  if (view.getUint32(at.magic, true) !== MAGIC)
    throw malformed('a frame does not begin with the letters MURM');
  const version = view.getUint8(at.version);
  if (version !== PROTOCOL_VERSION) {
    throw new ProtocolError(
      'version',
      `version ${version} of the protocol is not spoken here; ${PROTOCOL_VERSION} is`,
    );
  }
  return view;
}

/** Reads the preamble of a frame that goes the way `to`. @throws ProtocolError where it is not allowed */
export function readPreamble(frame: Pieces, to: Way, limits: FrameLimits): Preamble {
  const view = checkMagic(frame);
  const tag = view.getUint8(at.tag);
  const kind = byTag.get(tag);
  if (kind === undefined) throw malformed(`there is no message with the tag ${tag}`);
  if (!mayGo({ kind }, to)) throw unexpected(kind, to);
  const preamble = {
    kind,
    tensors: view.getUint16(at.tensors, true),
    headerBytes: view.getUint32(at.header, true),
    frameBytes: view.getUint32(at.frame, true),
  };
  if (preamble.tensors > 0 && !messages[kind].tensors) throw malformed(`a message '${kind}' has no tensors`);
  allow('tensors', preamble.tensors, limits.tensors);
  allow('bytes of header', preamble.headerBytes, limits.headerBytes);
  allow('bytes', preamble.frameBytes, limits.frameBytes);
  return preamble;
}

function allow(what: string, announced: number, most: number): void {
  if (announced > most) {
    throw new ProtocolError('tooLarge', `a frame of ${announced} ${what} was announced; ${most} are allowed`);
  }
}

/**
 * Reads a whole frame. Tensors are views of what came, where one piece holds them at a multiple of 8; else copies.
 * @throws ProtocolError where anything is not as the protocol says
 */
export function decodeFrame<To extends Way>(
  bytes: Uint8Array | readonly Uint8Array[],
  to: To,
  limits: FrameLimits,
): MessageGoing[To] {
  const frame = new Pieces(bytes);
  const { kind, tensors: count, headerBytes, frameBytes } = readPreamble(frame, to, limits);
  if (frame.length !== frameBytes) {
    throw malformed(`a frame of ${frameBytes} bytes was announced; it has ${frame.length}`);
  }
  const { entries, end } = readTable(frame, count);
  const headerEnd = end + headerBytes;
  if (headerEnd > frame.length) throw malformed('the header goes beyond the end of its frame');
  const header = checkHeader(kind, decodeJson(frame.range(end, headerEnd)));
  const tensors = readTensors(frame, entries, headerEnd);
  const message = { kind, ...header, ...(messages[kind].tensors && { tensors }) };
  if (!mayGo(message, to)) throw unexpected(kind, to);
  return message;
}

/** Whether messages of this kind may go this way. The schema of the kind has checked the header. */
function mayGo<To extends Way>(message: { readonly kind: MessageKind }, to: To): message is MessageGoing[To] {
  const ways: readonly Way[] = messages[message.kind].ways;
  return ways.includes(to);
}

interface TableEntry extends Omit<Tensor, 'bytes'> {
  readonly name: string;
  readonly byteLength: number;
}

function readTable(frame: Pieces, count: number): { entries: TableEntry[]; end: number } {
  const entries: TableEntry[] = [];
  let offset = PREAMBLE;
  for (let i = 0; i < count; i++) {
    const named = offset + ENTRY;
    if (named > frame.length) throw malformed('the table of tensors goes beyond the end of its frame');
    const view = viewOf(frame.range(offset, named));
    const nameEnd = named + view.getUint8(9);
    const next = named + upTo4(view.getUint8(9));
    if (next > frame.length) throw malformed('the table of tensors goes beyond the end of its frame');
    if (view.getUint16(10, true) !== 0) throw malformed('reserved bytes are not zero');
    checkZeros(frame, nameEnd, next);
    const entry = {
      name: String.fromCharCode(...frame.range(named, nameEnd)),
      encoding: encodingOf(view.getUint8(8)),
      length: view.getUint32(0, true),
      byteLength: view.getUint32(4, true),
    };
    if (!/^[\w./:-]{1,200}$/.test(entry.name)) throw malformed('a tensor has a name that is not allowed');
    entries.push(entry);
    offset = next;
  }
  return { entries, end: offset };
}

function readTensors(frame: Pieces, entries: readonly TableEntry[], headerEnd: number): Tensors {
  const tensors = new Map<string, Tensor>();
  let offset = upTo8(headerEnd);
  checkZeros(frame, headerEnd, offset);
  for (const { name, byteLength, encoding, length } of entries) {
    const end = offset + byteLength;
    if (upTo8(end) > frame.length) throw malformed(`the tensor '${name}' goes beyond the end of its frame`);
    checkZeros(frame, end, upTo8(end));
    if (tensors.has(name)) throw malformed(`there are two tensors '${name}'`);
    const tensor = { encoding, length, bytes: frame.alignedRange(offset, end) };
    checkTensorBytes(name, tensor);
    tensors.set(name, tensor);
    offset = upTo8(end);
  }
  if (offset !== frame.length) throw malformed('a frame has bytes that belong to nothing');
  return tensors;
}

function checkZeros(frame: Pieces, from: number, to: number): void {
  if (to > frame.length) throw malformed('a frame ends before it is padded to a multiple of 8 bytes');
  if (frame.range(from, to).some((byte) => byte !== 0)) throw malformed('padding is not zero');
}

const viewOf = ({ buffer, byteOffset, length }: Uint8Array) => new DataView(buffer, byteOffset, length);

function checkHeader(kind: MessageKind, value: unknown): object {
  const schema: z.ZodObject = messages[kind].header;
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const { path, message } = checked.error.issues[0];
  const where = path.length > 0 ? `${path.map(String).join('.')}: ` : '';
  throw malformed(`the header of a message '${kind}' is not right: ${where}${message}`.slice(0, 500));
}
