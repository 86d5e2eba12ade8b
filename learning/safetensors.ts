/**
 * Weights as a safetensors file: an 8-byte little-endian header length, a JSON header that names each tensor's
 * type, shape and bytes, then the tensors. Python's `safetensors` reads what is written here.
 */
import { z } from 'zod';
import { layOut, type Weights } from './manifest.js';

const entrySchema = z.object({
  dtype: z.literal('F32', 'only F32 tensors are read'),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int(), z.int()]),
});
const roleSchema = z.record(
  z.string(),
  z.enum(['weight', 'bias', 'norm.scale', 'norm.shift', 'norm.mean', 'norm.var', 'embedding', 'recurrent']),
);

/** The bytes of the file; `metadata` is a table of texts kept beside the tensors. */
export function encodeSafetensors(
  { values, manifest }: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const roles = Object.fromEntries(manifest.tensors.map(({ name, role }) => [name, role]));
  const header: Record<string, unknown> = { __metadata__: { ...metadata, roles: JSON.stringify(roles) } };
  for (const { name, shape, offset, size } of manifest.tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [4 * offset, 4 * (offset + size)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces pad the header so that the tensors start at a multiple of 8 bytes.
  const head = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  head.set(text);
  const file = new Uint8Array(8 + head.length + 4 * manifest.length);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8 + head.length);
  return file;
}

/** The format's own limit. */
const LONGEST_HEADER = 100_000_000;

/**
 * Reads what `encodeSafetensors` or another program wrote: float32 tensors, laid out in the order of their
 * offsets. Roles are taken from the metadata where it has them, else `bias` for one axis and `weight` for more.
 * @throws Error that says what is wrong with the file
 */
export function decodeSafetensors(file: Uint8Array): Weights & { metadata: Partial<Record<string, string>> } {
  if (file.length < 8) throw new Error('not a safetensors file: shorter than its 8-byte header length');
  const headLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (headLength > LONGEST_HEADER) throw new Error('not a safetensors file: it begins with no header length');
  if (headLength > file.length - 8) {
    throw new Error(`truncated safetensors file: its header should have ${headLength} bytes`);
  }
  const { metadata, tensors } = parseHeader(new TextDecoder().decode(file.subarray(8, 8 + headLength)));
  const roles = new Map(Object.entries(roleSchema.parse(JSON.parse(metadata.roles ?? '{}'))));
  const manifest = layOut(
    tensors.map(([name, { shape }]) => ({
      name,
      shape,
      role: roles.get(name) ?? (shape.length > 1 ? 'weight' : 'bias'),
    })),
  );
  const found = file.length - 8 - headLength;
  if (found !== 4 * manifest.length) {
    throw new Error(
      `truncated safetensors file: ${4 * manifest.length} bytes of tensors expected, ${found} found`,
    );
  }
  const values = new Float32Array(manifest.length);
  new Uint8Array(values.buffer).set(file.subarray(8 + headLength));
  return { values, manifest, metadata };
}

function parseHeader(text: string) {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new Error('not a safetensors file: its header is not JSON');
  }
  const { __metadata__: metadata = {}, ...tensors } = z.record(z.string(), z.unknown()).parse(header);
  const entries = Object.entries(z.record(z.string(), entrySchema).parse(tensors));
  return {
    metadata: z.partialRecord(z.string(), z.string()).parse(metadata),
    tensors: entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]),
  };
}
