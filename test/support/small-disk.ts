/** A disk of a few KiB that only processes of one mount namespace see: it vanishes with them, whatever a test ends in. */
import { closeSync, mkdirSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../errors/index.js';
import { mainFile, run, said, startProgram, type Running } from './murmur.js';
import { hasProgram, need } from './requirements.js';

export interface SmallDisk {
  /** Starts a command that sees the disk at its path. */
  start(args: readonly string[]): Running;
  /** Where this process, which does not see the disk, finds a file on it. */
  outside(path: string): string;
  /** Leaves so many KiB free. */
  fill(free: number): void;
  resize(kib: number): Promise<void>;
  remove(): void;
}

/** @param path a folder to be made, for the disk to be mounted on */
export async function smallDisk(test: Mocha.Context, path: string, kib: number): Promise<SmallDisk> {
  mkdirSync(path);
  const programs = ['unshare', 'nsenter'].every(hasProgram);
  need(test, 'unshare and nsenter, of util-linux', programs);
  const script = `mount -t tmpfs -o size=${kib}k none "$0" && echo mounted && exec sleep 600`;
  const holder = startProgram('unshare', ['--map-root-user', '--mount', 'sh', '-c', script, path]);
  await said(holder, 'mounted');
  need(test, 'a Linux where this user may mount a tmpfs', holder.child.exitCode === null);
  const pid = `${holder.child.pid ?? 0}`;
  const inside = ['--target', pid, '--user', '--preserve-credentials', '--mount'];
  const outside = (file: string) => `/proc/${pid}/root${file}`;
  return {
    start: (args) => startProgram('nsenter', [...inside, process.execPath, mainFile, ...args]),
    outside,
    fill(free) {
      const { bavail, bsize } = statfsSync(outside(path));
      const bytes = Buffer.alloc(Math.max(0, bavail * bsize - 1024 * free));
      const file = openSync(outside(join(path, 'filler')), 'a');
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      } catch (error) {
        // Others write there too.
        if (!isSystemError(error) || error.code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    async resize(size) {
      const { code, stderr } = await run('nsenter', [
        ...inside,
        'mount',
        '-o',
        `remount,size=${size}k`,
        path,
      ]);
      if (code !== 0) throw new Error(`the disk cannot be resized: ${stderr}`);
    },
    remove() {
      holder.child.kill('SIGKILL');
    },
  };
}
