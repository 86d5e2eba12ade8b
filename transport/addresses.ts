/** Parts of a WebSocket or HTTP address, as sockets and messages need them. */

/** Without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (/^(https|wss):$/.test(protocol) ? 443 : 80) : Number(port);

/** For messages and logs: user and password stay out of them. */
export function withoutSecrets(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = '';
  return url.pathname === '/' && url.search === '' ? `${shown.protocol}//${shown.host}` : shown.href;
}

/** The same address over TLS, or without. */
export function withTls(url: URL, isSecure: boolean): string {
  const other = new URL(url);
  const family = url.protocol.startsWith('ws') ? 'ws' : 'http';
  other.protocol = `${family}${isSecure ? 's' : ''}:`;
  return withoutSecrets(other);
}

/** Whom limits count as one: an IPv4 address, or the /64 network that one IPv6 machine has to itself. */
export function networkOf(address: string): string {
  const [plain] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  if (!plain.includes(':')) return plain;
  // "::" stands for as many zeros as are missing.
  const [groups, after = []] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  return `${[...groups, ...zeros].slice(0, 4).join(':')}::/64`;
}
