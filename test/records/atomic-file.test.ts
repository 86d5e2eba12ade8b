import { statSync } from 'node:fs';
import { expect } from 'chai';
import { SECRET, writeAtomically } from '../../records/host/index.js';
import { temporaryFolder } from '../support/folder.js';

describe('writeAtomically', () => {
  const folder = temporaryFolder();

  it('lets only the owner read a secret, also where a readable file was there', function () {
    if (process.platform === 'win32') this.skip();
    const file = folder.path('secret.json');
    writeAtomically(file, '{}');
    writeAtomically(file, '{}', SECRET);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
  });
});
