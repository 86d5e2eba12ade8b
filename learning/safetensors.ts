/**
 * Weights as a safetensors file: an 8-byte little-endian header length, a JSON header that names each tensor's
 * type, shape and bytes, then the tensors. Python's `safetensors` reads what is written here.
 */
import { z } from 'zod';
import { complaint, issuePath } from '../registry/index.js';
import { listed } from './listed.js';
import { layOut, type Manifest, type Weights } from './manifest.js';

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type Entry = readonly [name: string, z.output<typeof entrySchema>];

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
  const roles = rolesIn(metadata);
  const manifest = layOut(
    tensors.map(([name, { shape }]) => ({
      name,
      shape,
      role: roles.get(name) ?? (shape.length > 1 ? 'weight' : 'bias'),
    })),
  );
  checkOffsets(tensors, manifest);
  const found = file.length - 8 - headLength;
  if (found < 4 * manifest.length) {
    throw new Error(
      `truncated safetensors file: ${4 * manifest.length} bytes of tensors expected, ${found} found`,
    );
  }
  if (found > 4 * manifest.length) {
    throw new Error(`it has ${found - 4 * manifest.length} bytes after its last tensor`);
  }
  const values = new Float32Array(manifest.length);
  new Uint8Array(values.buffer).set(file.subarray(8 + headLength));
  return { values, manifest, metadata };
}

function parseHeader(text: string) {
  const { __metadata__: metadata = {}, ...tensors } = checked(
    z.record(z.string(), z.unknown()),
    parseJson(text, 'its header'),
  );
  const entries = Object.entries(checked(z.record(z.string(), entrySchema), tensors));
  const other = entries
    .filter(([, { dtype }]) => dtype !== 'F32')
    .map(([name, { dtype }]) => `${name} is ${dtype}`);
  if (other.length > 0)
    throw new Error(`only F32 tensors are read: ${listed(other)}; convert them to float32`);
  return {
    metadata: checked(z.partialRecord(z.string(), z.string()), metadata),
    tensors: entries.sort(
      ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
    ),
  };
}

/** Tensors follow each other without gaps or overlaps, as the format demands, and are as long as their shapes say. */
function checkOffsets(tensors: readonly Entry[], manifest: Manifest): void {
  for (const [index, [name, { data_offsets: offsets }]] of tensors.entries()) {
    const { offset, size } = manifest.tensors[index];
    const expected = [4 * offset, 4 * (offset + size)];
    if (String(offsets) === String(expected)) continue;
    throw new Error(
      `tensor ${name} lies at bytes ${offsets.join(' to ')}; after the tensors before it, its shape takes ${expected.join(' to ')}`,
    );
  }
}

const rolesIn = ({ roles = '{}' }: Partial<Record<string, string>>) =>
  new Map(Object.entries(checked(roleSchema, parseJson(roles, 'the roles in its metadata'))));

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`not a safetensors file: ${what} is not JSON`);
  }
}

/** @throws Error that names the tensor and its field where a part of the header is not as the format says */
function checked<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value, { error: complaint });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `its header is not as the format says: ${issuePath(issue).map(String).join(': ')}: ${issue.message}`,
  );
}
