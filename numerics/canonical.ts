/** Canonical JSON and SHA-256: what names of streams and hashes of recipes are made from. */
import { createHash } from 'node:crypto';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON with sorted keys and no white space, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Bytes that are hashed at once, less than the 2 GiB that OpenSSL takes. */
const AT_ONCE = 2 ** 30;

/** SHA-256 as 64 hexadecimal digits, of text (UTF-8) or of an array's bytes. */
export function sha256(content: string | NodeJS.ArrayBufferView): string {
  const hash = createHash('sha256');
  const parts = typeof content === 'string' ? [content] : inParts(content, AT_ONCE);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** An array's bytes, at most `length` at a time. */
export function* inParts(
  { buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView,
  length: number,
): Generator<Uint8Array, undefined> {
  for (let at = 0; at < byteLength; at += length) {
    yield new Uint8Array(buffer, byteOffset + at, Math.min(length, byteLength - at));
  }
}
