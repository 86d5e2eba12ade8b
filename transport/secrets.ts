/** Comparison of secrets in constant time. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Compares digests without an early exit: the time reveals neither the length nor the first difference. */
export function sameSecret(given: string, expected: string): boolean {
  const a = sha256(utf8ToBytes(given));
  const b = sha256(utf8ToBytes(expected));
  let difference = 0;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}
