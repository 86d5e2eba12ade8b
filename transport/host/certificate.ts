/** A certificate of one's own with its key: whether others can accept it is checked before anything is listened at. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface CertificateFiles {
  /** PEM files. */
  readonly cert: string;
  readonly key: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @throws Error, a sentence, if the two are not valid now, or not of each other */
export function readCertificate({ cert, key }: CertificateFiles): {
  readonly cert: string;
  readonly key: string;
} {
  const text = { cert: readText(cert, 'certificate'), key: readText(key, 'key') };
  const [leaf, ...chain] = certificatesIn(text.cert, cert);
  refuseOutOfDate(leaf, `the certificate ${cert}`);
  for (const other of chain) {
    refuseOutOfDate(other, `the certificate of ${nameOf(other)}, which is in ${cert} too,`);
  }
  const privateKey = privateKeyIn(text.key, key);
  if (!leaf.checkPrivateKey(privateKey)) {
    const isBehind = chain.some((other) => other.checkPrivateKey(privateKey));
    throw new Error(
      isBehind
        ? `the certificate ${cert} begins with the one of ${nameOf(leaf)}: the server's own must come first, then those of its authorities`
        : `the key ${key} is not of the certificate ${cert}: give the key that the certificate was made for`,
    );
  }
  return text;
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the TLS ${what} ${file} cannot be read (${reason})`, { cause: error });
  }
}

function certificatesIn(text: string, file: string): X509Certificate[] {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0) {
    const hint = /PRIVATE KEY/.test(text) ? 'it holds a key' : 'it must have -----BEGIN CERTIFICATE-----';
    throw new Error(
      `${file} is no certificate in PEM: ${hint}. --tls-cert is the certificate, --tls-key its key`,
    );
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new Error(`${file} holds a certificate that cannot be read: it must be PEM, and whole`, {
        cause: error,
      });
    }
  });
}

function privateKeyIn(text: string, file: string): KeyObject {
  if (/ENCRYPTED/.test(text)) {
    throw new Error(
      `the key ${file} is encrypted: decrypt it with openssl pkey -in ${file} -out FILE, and give FILE`,
    );
  }
  if (!/PRIVATE KEY/.test(text)) {
    throw new Error(`${file} is no key in PEM: it must have -----BEGIN PRIVATE KEY----- or the like`);
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new Error(`${file} holds a key that cannot be read: it must be PEM, and whole`, { cause: error });
  }
}

function refuseOutOfDate({ validFrom, validTo }: X509Certificate, which: string): void {
  const now = Date.now();
  const here = `it is ${new Date(now).toISOString()} here`;
  if (Date.parse(validTo) < now) {
    throw new Error(`${which} expired on ${validTo} (${here}): renew it, since no worker accepts it`);
  }
  if (Date.parse(validFrom) > now) {
    throw new Error(`${which} is valid from ${validFrom} only (${here}): no worker accepts it before`);
  }
}

const nameOf = ({ subject }: X509Certificate) => subject.split('\n').join(', ');
