/** Reads what comes over one WebSocket: frames as they are, and frames in chunks. */
import { ProtocolError } from './codes.js';
import { checkMagic, decodeFrame, readPreamble } from './decode.js';
import { at, inChunk, PREAMBLE, type FrameLimits } from './layout.js';
import { CHUNK_TAG, type MessageGoing, type Way } from './messages.js';
import { Pieces } from './pieces.js';

/**
 * Puts chunks together. One frame at a time comes in chunks, in their order; frames that are whole may come between
 * them, so that a heartbeat does not wait for a large model.
 */
export class FrameReader<To extends Way> {
  #frame: Uint8Array | undefined;
  #received = 0;

  /**
   * @param to which way the messages go
   * @param limits may be widened once it is known who the other side is
   */
  constructor(
    readonly to: To,
    public limits: FrameLimits,
  ) {}

  /** How many bytes are held for a frame that is not complete: at most `limits.frameBytes`. */
  get held(): number {
    return this.#frame?.length ?? 0;
  }

  /**
   * @param bytes one WebSocket message, in however many pieces. Their memory is the reader's from here: tensors may be
   * views of it.
   * @returns the message, once it is complete
   * @throws ProtocolError where it is not as the protocol says; the connection is then to be closed with its code
   */
  read(bytes: Uint8Array | readonly Uint8Array[]): MessageGoing[To] | undefined {
    const message = new Pieces(bytes);
    const view = checkMagic(message);
    if (view.getUint8(at.tag) !== CHUNK_TAG) return decodeFrame(bytes, this.to, this.limits);
    if (view.getUint16(at.tensors, true) !== 0)
      throw new ProtocolError('malformed', 'reserved bytes are not zero');
    const length = view.getUint32(inChunk.frame, true);
    const offset = view.getUint32(inChunk.offset, true);
    const end = offset + message.length - PREAMBLE;
    this.#frame ??= this.#begin(message, length);
    if (length !== this.#frame.length || offset !== this.#received) {
      throw new ProtocolError('malformed', 'a chunk is not the next one of the frame that is under way');
    }
    if (end === offset || end > length) {
      throw new ProtocolError('malformed', 'a chunk is empty or goes beyond the end of its frame');
    }
    message.copyTo(this.#frame, offset, PREAMBLE, message.length);
    this.#received = end;
    if (end < length) return undefined;
    const frame = this.#frame;
    this.#frame = undefined;
    this.#received = 0;
    return decodeFrame(frame, this.to, this.limits);
  }

  /** Memory for a frame whose preamble, in its first chunk, is allowed. */
  #begin(chunk: Pieces, length: number): Uint8Array {
    const first = new Pieces(chunk.range(PREAMBLE, Math.min(2 * PREAMBLE, chunk.length)));
    const { frameBytes } = readPreamble(first, this.to, this.limits);
    if (frameBytes !== length)
      throw new ProtocolError('malformed', 'a chunk and its frame differ in its length');
    return new Uint8Array(length);
  }
}
