/** How secrets are compared. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares without telling by its time where the first difference is. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
