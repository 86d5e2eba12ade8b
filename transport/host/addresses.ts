/** Parts of a WebSocket or HTTP URL. */

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
