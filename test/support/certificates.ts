/** Certificates of an authority of the tests' own, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  /** PEM files. */
  readonly cert: string;
  readonly key: string;
}

interface Wish {
  readonly host?: string;
  /** YYMMDDHHMMSSZ. */
  readonly from?: string;
  readonly to?: string;
}

const CONFIG = `
[ca]
default_ca = tests
[tests]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
default_days = 2
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

export class Authority {
  readonly cert: string;
  readonly #key: string;

  constructor(
    readonly folder: string,
    name = 'Tests',
  ) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'ca.cnf'), CONFIG);
    writeFileSync(join(folder, 'index.txt'), '');
    writeFileSync(join(folder, 'serial'), '1000');
    [this.cert, this.#key] = [join(folder, 'authority.pem'), join(folder, 'authority.key')];
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      this.#key,
      '-out',
      this.cert,
    );
  }

  get pem(): string[] {
    return [readFileSync(this.cert, 'utf8')];
  }

  issue(name: string, { host = 'localhost', from, to }: Wish = {}): Issued {
    const [cert, key, csr] = [`${name}.pem`, `${name}.key`, `${name}.csr`].map((file) =>
      join(this.folder, file),
    );
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    this.#openssl('req', '-new', ...NEW_KEY, ...subject, '-keyout', key, '-out', csr);
    const dates = [
      ...(from === undefined ? [] : ['-startdate', from]),
      ...(to === undefined ? [] : ['-enddate', to]),
    ];
    const authority = ['-config', 'ca.cnf', '-cert', this.cert, '-keyfile', this.#key];
    this.#openssl('ca', '-batch', '-notext', ...authority, ...dates, '-in', csr, '-out', cert);
    return { cert, key };
  }

  /** The same key, for whoever knows a passphrase. */
  encrypted({ key }: Issued): string {
    const file = `${key}.encrypted`;
    this.#openssl('pkey', '-in', key, '-aes256', '-passout', 'pass:secret', '-out', file);
    return file;
  }

  #openssl(...args: string[]): void {
    openssl(this.folder, args);
  }
}

/** A certificate for localhost that is its own authority, as NAME.pem and NAME.key in a folder. */
export function selfSigned(folder: string, name = 'cert'): Issued {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
  openssl(folder, ['req', '-x509', ...NEW_KEY, '-days', '2', ...subject, '-keyout', key, '-out', cert]);
  return { cert, key };
}

function openssl(folder: string, args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
export const EXPIRED: Wish = { from: '200101000000Z', to: '210101000000Z' };
export const NOT_YET_VALID: Wish = { from: '400101000000Z', to: '410101000000Z' };
