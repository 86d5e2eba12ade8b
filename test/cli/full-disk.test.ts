import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { temporaryFolder } from '../support/folder.js';
import { mainFile, murmur, run } from '../support/murmur.js';
import { outcome } from '../support/outcome.js';
import { hasProgram, need } from '../support/requirements.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('a full disk', () => {
  const folder = temporaryFolder();
  const recipe = folder.write('small.yaml', smallRecipe());
  const simulate = (...more: string[]) => ['simulate', recipe, '--threads', '1', ...more];

  /** Runs the command with a disk of so many KiB mounted at `disk`, which vanishes with the command. */
  async function withSmallDisk(test: Mocha.Context, kib: number, script: string) {
    const canMount = hasProgram('unshare') && (await inNamespace('mount -t tmpfs none "$0"')).code === 0;
    need(test, 'a Linux where this user may mount a tmpfs', canMount);
    return inNamespace(`mount -t tmpfs -o size=${kib}k none "$0" && ${script}`);
  }
  const inNamespace = (script: string) =>
    run('unshare', ['--map-root-user', '--mount', 'sh', '-c', script, folder.path('disk')]);
  const murmurCommand = `${process.execPath} ${mainFile} simulate ${recipe} --threads 1`;

  before(() => {
    mkdirSync(folder.path('disk'));
  });

  it('at the start: nothing is left behind', async function () {
    const { code, stderr, stdout } = await withSmallDisk(
      this,
      4,
      `head -c 4096 /dev/zero > "$0/filler"; ${murmurCommand} --out "$0/run"; code=$?; ls "$0"; exit $code`,
    );
    expect(code, stderr).to.equal(exitCode.inputOutput);
    expect(stderr).to.include('murmur: the disk is full');
    expect(stdout).to.equal('filler\n');
  });

  it('in the middle: what was written stays whole, and the run goes on once there is space', async function () {
    const { code, stderr, stdout } = await withSmallDisk(
      this,
      96,
      `${murmurCommand} --out "$0/run" --set rounds=30 --set checkpoint.seconds=0; code=$?
      ls -R "$0/run" >&2
      mount -o remount,size=4m "$0"
      ${murmurCommand} --out "$0/run" --set rounds=30 --set checkpoint.seconds=0 --resume || exit 99
      cp -r "$0/run" "$0/../after-full-disk"; exit $code`,
    );
    expect(code, stderr + stdout).to.equal(exitCode.inputOutput);
    expect(stderr).to.match(/murmur: the disk is full.*; go on with --resume --out .*run\n/);
    expect(stderr).not.to.include('.writing');
    const whole = await murmur(simulate('--out', 'roomy', '--set', 'rounds=30'), { cwd: folder.path() });
    expect(whole.code).to.equal(0);
    expect(outcome(folder.path('after-full-disk'))).to.deep.equal(outcome(folder.path('roomy')));
  });
});
