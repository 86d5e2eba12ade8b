import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { temporaryFolder } from '../support/folder.js';
import { run } from '../support/murmur.js';
import { hasProgram, need } from '../support/requirements.js';
import { deployed, unit } from './files.js';

describe('the systemd units', () => {
  const folder = temporaryFolder();

  before(function () {
    need(this, 'systemd-analyze', hasProgram('systemd-analyze'));
  });

  for (const name of ['murmur-coordinator', 'murmur-worker']) {
    const file = `${name}.service`;

    it(`${name}: passes systemd-analyze verify without a word`, async () => {
      // It asks whether the program is there: the command need not be installed here, Node.js is.
      const copy = folder.write(
        file,
        deployed(`systemd/${file}`).replace('/usr/local/bin/murmur', process.execPath),
      );
      const { code, stdout, stderr } = await run('systemd-analyze', ['verify', copy]);
      expect([code, stdout + stderr]).to.deep.equal([0, '']);
    });

    it(`${name}: would not pass with a misspelt setting`, async () => {
      const misspelt = folder.path(`misspelt-${file}`);
      copyFileSync(`deploy/systemd/${file}`, misspelt);
      writeFileSync(misspelt, '\n[Service]\nRestrt=on-failure\n', { flag: 'a' });
      const { stderr } = await run('systemd-analyze', ['verify', misspelt]);
      expect(stderr).to.include('Restrt');
    });

    it(`${name}: has an exposure below 3 by systemd-analyze security`, async () => {
      const security = ['security', '--offline=true', '--threshold=30', '--no-pager'];
      const { code, stdout, stderr } = await run('systemd-analyze', [
        ...security,
        join('deploy/systemd', file),
      ]);
      expect(code, stdout + stderr).to.equal(0);
    });

    it(`${name}: is started again after every failure that may pass, without a limit`, () => {
      const settings = unit(name);
      const codes = (setting: string) => settings.get(setting)?.at(-1)?.split(' ').map(Number);
      expect(settings.get('Restart')).to.deep.equal(['on-failure']);
      expect(settings.get('StartLimitIntervalSec')).to.deep.equal(['0']);
      expect(codes('SuccessExitStatus')).to.deep.equal([exitCode.interrupted]);
      expect(codes('RestartPreventExitStatus')).to.deep.equal([exitCode.badInput, exitCode.diverged]);
    });
  }
});
