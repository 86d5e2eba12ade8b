/**
 * Mutated copies of a message, as the frames that a hostile sender puts on the wire: each field of the header and each
 * tensor, changed in every way that its type allows. Whether a frame decodes is for the codec to say, which is part of
 * the path.
 */
import { encodeFrame, type Message } from '../../protocol/index.js';
import { tensorsMutations } from './tensor-mutations.js';
import { valueMutations, type Changed } from './value-mutations.js';

export interface Mutation {
  /** The path of the field, e.g. `results.0.correct` or `tensors.v0`. */
  readonly field: string;
  /** What became of it, e.g. `huge: 1e+308`. */
  readonly change: string;
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** All mutations of a message; of the entries of a list those of the first two and of the last. */
export function* mutationsOf(message: Message): Generator<Mutation, void> {
  const { kind, ...fields } = message;
  const { tensors, ...header } = { tensors: undefined, ...fields };
  for (const { field, change, value, raw } of valueMutations(header)) {
    if (!isObject(value)) continue;
    const frame = frameOf({ kind, ...value, ...(tensors && { tensors }) });
    yield { field: field || 'the whole', change, frame: raw === undefined ? frame : withRaw(frame, raw) };
  }
  if (tensors === undefined) return;
  for (const { field, change, value } of tensorsMutations(tensors)) {
    yield { field, change, frame: frameOf({ kind, ...header, tensors: value }) };
  }
}

/** The frame of any fields: whether they are a message is for the reader to find out. */
const frameOf = (fields: object) => encodeFrame(fields as unknown as Message);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The frame with a JSON text in the place that `valueMutations` kept for it. */
function withRaw(frame: Uint8Array<ArrayBuffer>, { json, place }: NonNullable<Changed['raw']>) {
  const bytes = Buffer.from(frame.buffer);
  const quoted = JSON.stringify(place);
  bytes.write(json.padEnd(quoted.length), bytes.indexOf(quoted));
  return frame;
}
