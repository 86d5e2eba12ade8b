/** Sends hostile frames into a reader and watches that nothing but a ProtocolError comes out of it. */
import {
  decodeFrame,
  encodeFrame,
  FrameReader,
  ProtocolError,
  type FrameLimits,
  type Message,
  type Way,
} from '../../protocol/index.js';
import { attackMaker, type Attack } from './hostile-frames.js';

/** Small, so that what is allowed can be told from what is not. */
export const fuzzLimits: FrameLimits = { frameBytes: 65536, headerBytes: 16384, tensors: 8 };

export interface Reader {
  read(bytes: Uint8Array | readonly Uint8Array[]): Message | undefined;
  readonly held: number;
}

export interface FuzzResult {
  readonly frames: number;
  readonly messages: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** The most memory that was taken beyond that at the start, as sampled; MiB. */
  readonly memory: number;
  readonly slowestMs: number;
}

const newReader = (way: Way): Reader => new FrameReader(way, fuzzLimits);

/**
 * @param from the number of the first attack: one that failed is repeated with its number and `frames` 1
 * @throws Error that names the attack, where a reader broke its promise
 */
export function fuzzCodec(
  { frames, seed = 1, from = 0 }: { frames: number; seed?: number; from?: number },
  create: (way: Way) => Reader = newReader,
  progress: (done: number) => void = () => undefined,
): FuzzResult {
  const attackOf = attackMaker(seed);
  const refusals: Record<string, number> = {};
  const before = memory();
  let [sent, read, most, slowestMs, index] = [0, 0, 0, 0, from];
  for (; sent < frames; index++) {
    const attack = attackOf(index);
    const start = performance.now();
    try {
      read += endure(attack, create(attack.way), index % 2 === 1);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw broken(attack, index, seed, error);
      refusals[error.reason] = (refusals[error.reason] ?? 0) + 1;
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
    sent += attack.pieces.length;
    if (index % 256 === 0) most = Math.max(most, memory() - before);
    if (index % 10_000 === 0) progress(sent);
  }
  return { frames: sent, messages: read, refusals, memory: most / 2 ** 20, slowestMs };
}

/**
 * @param inFragments whether its WebSocket messages come in fragments
 * @returns how many messages came through; each must survive being sent again
 */
function endure({ pieces, way }: Attack, reader: Reader, inFragments: boolean): number {
  let read = 0;
  for (const piece of pieces) {
    const message = reader.read(inFragments ? fragmentsOf(piece) : piece);
    if (reader.held > fuzzLimits.frameBytes) throw new Error(`${reader.held} bytes are held`);
    if (message === undefined) continue;
    read++;
    const frame = encodeFrame(message);
    const again = encodeFrame(decodeFrame(frame, way, fuzzLimits));
    if (Buffer.compare(again, frame) !== 0) throw new Error('a message does not survive being sent again');
  }
  return read;
}

/** Cut in two places that move through the frame with its length, on no boundary in particular. */
function fragmentsOf(bytes: Uint8Array): Uint8Array[] {
  const [one, other] = [7, 11].map((factor) => ((factor * bytes.length) % 61) % (bytes.length + 1));
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  return [bytes.subarray(0, first), bytes.subarray(first, last), bytes.subarray(last)];
}

function broken(attack: Attack, index: number, seed: number, cause: unknown): Error {
  const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new Error(
    `attack ${index} (${attack.how}): ${what}. Repeat it: npm run fuzz:codec -- --seed ${seed} --from ${index} --frames 1`,
    { cause },
  );
}

function memory(): number {
  // `external` has array buffers among it.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
