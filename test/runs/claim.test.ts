import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { Claims, holds } from '../../runs/index.js';
import { temporaryFolder } from '../support/folder.js';
import { startProgram } from '../support/murmur.js';

const claimsModule = new URL('../../runs/index.js', import.meta.url).href;

describe('a claim', () => {
  const folder = temporaryFolder();

  it('is held by one at a time', () => {
    const directory = folder.path('one');
    const claim = new Claims().take(directory);
    if (!claim) expect.fail('nobody holds it');
    expect(holds(claim)).to.equal(true);
    expect(new Claims().take(directory)).to.equal(undefined);
    claim.release();
    expect(holds(claim)).to.equal(false);
    const next = new Claims().take(directory);
    expect(next).not.to.equal(undefined);
    next?.release();
  });

  it('is taken over from a process that was killed, and not from one that lives', async () => {
    const directory = folder.path('killed');
    const program = `import { Claims } from '${claimsModule}';
      console.log(new Claims().take('${directory}').token); setInterval(() => {}, 1000);`;
    const { child, finished } = startProgram(process.execPath, ['--input-type=module', '--eval', program]);
    const token = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (said: Buffer) => {
        resolve(said.toString().trim());
      });
    });
    const claims = new Claims();
    expect(claims.take(directory)).to.equal(undefined);
    child.kill('SIGKILL');
    await finished;
    const taken = claims.take(directory);
    expect(taken).not.to.equal(undefined);
    expect(holds({ file: `${directory}.claim`, token })).to.equal(false);
    taken?.release();
  });

  it('of another host stands as long as it has not been seen untouched for long, even if it is just being written', () => {
    const directory = folder.path('other');
    for (const content of [JSON.stringify({ token: 't', host: 'elsewhere', pid: 1 }), '']) {
      writeFileSync(`${directory}.claim`, content);
      expect(new Claims().take(directory)).to.equal(undefined);
      expect(readFileSync(`${directory}.claim`, 'utf8')).to.equal(content);
    }
  });
});
