/** The network of an address, which connection limits and rate limits count as one: an IPv4 address or an IPv6 /64. */

/** An IPv6 host usually owns a whole /64, so its addresses share one limit. */
export function networkOf(address: string): string {
  const [plain] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  if (!plain.includes(':')) return plain;
  // "::" stands for as many zeros as are missing.
  const [groups, after = []] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  return `${[...groups, ...zeros].slice(0, 4).join(':')}::/64`;
}
