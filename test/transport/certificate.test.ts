/** A certificate of one's own that nobody could accept is refused, each for its reason. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readCertificate, type CertificateFiles } from '../../transport/host/index.js';
import { Authority, EXPIRED, NOT_YET_VALID, type Issued } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { hasProgram, need } from '../support/requirements.js';

describe('a certificate of one’s own', () => {
  const folder = temporaryFolder();
  let authority: Authority;
  let right: Issued;
  before(function () {
    need(this, 'openssl', hasProgram('openssl'));
    authority = new Authority(folder.path('authority'));
    right = authority.issue('right');
  });

  const joined = (name: string, ...files: string[]) =>
    folder.write(name, files.map((file) => readFileSync(file, 'utf8')).join(''));
  const wrong: Record<string, [files: () => CertificateFiles, sentence: RegExp]> = {
    'that has expired': [
      () => authority.issue('old', EXPIRED),
      /^the certificate .*old\.pem expired on Jan {2}1 .* 2021 GMT \(it is /,
    ],
    'that is not valid yet': [
      () => authority.issue('early', NOT_YET_VALID),
      /early\.pem is valid from Jan {2}1 .* 2040 GMT only/,
    ],
    'whose authority’s has expired': [
      () => ({
        ...right,
        cert: joined('chain.pem', right.cert, authority.issue('oldca', { ...EXPIRED, host: 'ca' }).cert),
      }),
      /^the certificate of CN=ca, which is in .*chain\.pem too, expired/,
    ],
    'behind its authority’s': [
      () => ({ ...right, cert: joined('reversed.pem', authority.cert, right.cert) }),
      /begins with the one of CN=Tests: the server's own must come first/,
    ],
    'with another’s key': [
      () => ({ ...right, key: authority.issue('another').key }),
      /^the key .*another\.key is not of the certificate .*right\.pem/,
    ],
    'with an encrypted key': [
      () => ({ ...right, key: authority.encrypted(right) }),
      /is encrypted: decrypt it with openssl pkey/,
    ],
    'that is none': [
      () => ({ ...right, cert: folder.write('no.pem', 'no') }),
      /no\.pem is no certificate in PEM/,
    ],
    'that is the key': [() => ({ ...right, cert: right.key }), /is no certificate in PEM: it holds a key/],
    'whose key is the certificate': [() => ({ ...right, key: right.cert }), /is no key in PEM/],
    'that is cut off': [
      () => ({
        ...right,
        cert: folder.write(
          'cut.pem',
          readFileSync(right.cert, 'utf8').replace(/\n[^\n]+\n[^\n]+\n(?=-----END)/, '\n'),
        ),
      }),
      /holds a certificate that cannot be read/,
    ],
    'whose key is cut off': [
      () => ({
        ...right,
        key: folder.write('cut.key', readFileSync(right.key, 'utf8').replace(/\n[^\n]+\n(?=-----END)/, '\n')),
      }),
      /holds a key that cannot be read/,
    ],
    'that is not there': [
      () => ({ ...right, cert: folder.path('nowhere') }),
      /^the TLS certificate .*nowhere cannot be read \(ENOENT/,
    ],
  };
  for (const [name, [files, sentence]] of Object.entries(wrong)) {
    it(`${name} is refused`, () => {
      expect(() => readCertificate(files())).to.throw(Error, sentence);
    });
  }

  it('with its key and its authority’s certificate behind it is taken', () => {
    const files = { ...right, cert: joined('whole.pem', right.cert, authority.cert) };
    expect(readCertificate(files).cert).to.equal(readFileSync(files.cert, 'utf8'));
  });
});
