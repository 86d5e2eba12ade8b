/** The authorities whose certificates are trusted besides the usual ones: those of a file, for `join --ca`. */
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/**
 * All authorities to trust, as TLS sockets take them: a list replaces the usual ones, so these are in it.
 * @param file certificates, PEM
 */
export function authoritiesWith(file: string): string[] {
  const own = certificatesIn(readFileSync(file, 'utf8'));
  if (own.length === 0) {
    throw new Error(
      `${file} holds no certificate: --ca takes a PEM file, with lines such as -----BEGIN CERTIFICATE-----`,
    );
  }
  return [...usualAuthorities(), ...own];
}

/** Those that Node.js trusts by itself: its own, the system's if it was told so, and those of NODE_EXTRA_CA_CERTS. */
function usualAuthorities(): readonly string[] {
  if (hasStores(tls)) return tls.getCACertificates('default');
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  return [...tls.rootCertificates, ...(extra ? readExtra(extra) : [])];
}

/** Since Node.js 22.15. */
interface Stores {
  getCACertificates(store: 'default'): string[];
}

const hasStores = (module: object): module is Stores => 'getCACertificates' in module;

/** Node.js warns of a file that it cannot read, and goes on without. */
function readExtra(file: string): string[] {
  try {
    return certificatesIn(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

const certificatesIn = (pem: string): string[] =>
  pem.match(/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^]*?-----END \1CERTIFICATE-----/g) ?? [];
