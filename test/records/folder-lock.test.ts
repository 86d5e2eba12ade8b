import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { FolderLock, LockedError } from '../../records/host/index.js';
import { IN_CONTAINER, needContainers } from '../support/containers.js';
import { temporaryFolder } from '../support/folder.js';
import { said, startProgram, type Running } from '../support/murmur.js';

const runsModule = new URL('../../records/host/index.js', import.meta.url).href;

/** Takes the lock, says what came of it, and holds the lock until it is killed. */
const program = (folder: string) => `
  import { FolderLock } from ${JSON.stringify(runsModule)};
  try {
    await FolderLock.acquire(${JSON.stringify(folder)});
    console.log('process', process.pid, 'has it');
    setInterval(() => {}, 1000);
  } catch (error) {
    console.log(error.message);
  }`;

const start = (folder: string, ...before: readonly string[]): Running => {
  const [first, ...rest] = [...before, process.execPath, '--input-type=module', '--eval', program(folder)];
  return startProgram(first, rest);
};

async function refusal(folder: string): Promise<LockedError> {
  try {
    (await FolderLock.acquire(folder)).release();
  } catch (error) {
    if (error instanceof LockedError) return error;
    throw error;
  }
  return expect.fail('nobody has the lock');
}

describe('the lock of a folder', () => {
  const folder = temporaryFolder();

  it('has one holder at a time, and leaves nothing behind', async () => {
    const path = folder.path('one');
    const lock = await FolderLock.acquire(path);
    expect(lock.isHeld).to.equal(true);
    expect((await refusal(path)).holder).to.include({ pid: process.pid });
    expect(await FolderLock.tryAcquire(path)).to.equal(undefined);
    lock.release();
    expect(lock.isHeld).to.equal(false);
    expect(existsSync(path)).to.equal(false);
    (await FolderLock.acquire(path)).release();
  });

  it('goes to exactly one of twenty that come at once', async () => {
    const path = folder.path('many');
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => FolderLock.acquire(path)));
    const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    const refused = attempts.filter(
      (attempt) => attempt.status === 'rejected' && attempt.reason instanceof LockedError,
    );
    expect([locks.length, refused.length]).to.deep.equal([1, 19]);
    locks[0].release();
  });

  it('works however long the path of the folder is', async () => {
    const path = folder.path('x'.repeat(200), 'y'.repeat(200));
    const lock = await FolderLock.acquire(path);
    expect(readdirSync(path).filter((name) => name.endsWith('.socket'))).to.have.length(1);
    await refusal(path);
    lock.release();
    expect(existsSync(path)).to.equal(false);
  });

  it('is free at once when its process was killed, and not while it lives', async () => {
    const path = folder.path('killed');
    const { child, finished } = await holding(start(path));
    expect((await refusal(path)).message).to.include(`process ${child.pid} on`);
    child.kill('SIGSTOP');
    await refusal(path);
    child.kill('SIGKILL');
    await finished;
    const lock = await FolderLock.tryAcquire(path);
    expect(lock?.isHeld).to.equal(true);
    lock?.release();
    expect(existsSync(path)).to.equal(false);
  });

  it('excludes a process of another container with the same process id, and is free at once when its container was killed', async function () {
    needContainers(this);
    const path = folder.path('containers');
    const first = start(path, ...IN_CONTAINER);
    let heard = '';
    first.child.stdout?.on('data', (part: Buffer) => (heard += part.toString()));
    await said(first, 'has it');
    expect(heard).to.equal('process 1 has it\n');
    const second = await start(path, ...IN_CONTAINER).finished;
    expect(second.stdout).to.match(/^in use by process 1 on /);
    first.child.kill('SIGKILL');
    await first.finished;
    const third = await holding(start(path, ...IN_CONTAINER));
    third.child.kill('SIGKILL');
    await third.finished;
  });

  it('of another machine is refused as soon as it is seen touched', async () => {
    const path = folder.path('elsewhere');
    const entry = writeForeign(path);
    const waits: unknown[] = [];
    const touching = setInterval(() => {
      utimesSync(entry, new Date(), new Date());
    }, 1500);
    try {
      const error: unknown = await FolderLock.acquire(path, (holder) => waits.push(holder)).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(LockedError);
      expect(String(error)).to.include('process 7 on elsewhere');
    } finally {
      clearInterval(touching);
    }
    expect(existsSync(entry)).to.equal(true);
  });

  it('of another machine, also one that is just being written, is not taken before it was untouched for long', async () => {
    for (const [name, content] of [
      ['quiet', undefined],
      ['half', ''],
    ] as const) {
      const entry = writeForeign(folder.path(name), content);
      for (let look = 0; look < 3; look++) {
        expect(await FolderLock.tryAcquire(folder.path(name))).to.equal(undefined);
        await setTimeout(10);
      }
      expect(existsSync(entry)).to.equal(true);
    }
  });
});

async function holding(running: Running): Promise<Running> {
  await said(running, 'has it');
  return running;
}

/** An entry as a process on another machine makes it, which has the lock. */
function writeForeign(
  path: string,
  content = JSON.stringify({ host: 'elsewhere', pid: 7, machine: 'other', device: 1 }),
): string {
  mkdirSync(path);
  writeFileSync(join(path, '00000000000000aa.holds'), '');
  writeFileSync(join(path, '00000000000000aa.process'), content);
  return join(path, '00000000000000aa.process');
}
