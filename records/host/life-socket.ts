/**
 * A listening socket in a folder, as a sign of life: the system closes it when its process ends, however that ends. Processes of
 * one machine can reach it whatever their process and network namespaces are, so containers that share a folder can.
 */
import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A socket's address has at most 104 bytes on macOS, 108 on Linux. */
const LONGEST_ADDRESS = 100;

export interface LifeSocket {
  close(): void;
}

const fileOf = (folder: string, id: string) => join(folder, `${id}.socket`);

/** @returns undefined if the folder's file system has no sockets */
export async function listenIn(folder: string, id: string): Promise<LifeSocket | undefined> {
  const server = createServer((connection) => {
    connection.destroy();
  });
  const isListening = await atAddress(folder, id, (address) => {
    return new Promise<boolean>((done) => {
      server.once('error', () => {
        done(false);
      });
      server.listen(address, () => {
        done(true);
      });
    });
  });
  if (isListening !== true) return undefined;
  server.unref();
  return {
    close() {
      server.close();
      rmSync(fileOf(folder, id), { force: true });
    },
  };
}

/** @returns whether a process listens; undefined if that cannot be told, for want of a permission for example */
export function isListening(folder: string, id: string): Promise<boolean | undefined> {
  return atAddress(folder, id, (address) => {
    return new Promise<boolean | undefined>((done) => {
      const connection = connect(address);
      connection.once('connect', () => {
        connection.destroy();
        done(true);
      });
      connection.once('error', (error: NodeJS.ErrnoException) => {
        done(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? false : undefined);
      });
    });
  });
}

/** Calls `use` with an address that is short enough: that of the file itself, or by a symbolic link to its folder. */
async function atAddress<T>(
  folder: string,
  id: string,
  use: (address: string) => Promise<T>,
): Promise<T | undefined> {
  // Named pipes of Windows are in a place of their own.
  if (process.platform === 'win32') return use(`\\\\?\\pipe\\murmur-${id}`);
  const direct = fileOf(folder, id);
  if (Buffer.byteLength(direct) <= LONGEST_ADDRESS) return use(direct);
  let beside: string;
  try {
    beside = mkdtempSync(join(tmpdir(), 'murmur-'));
  } catch {
    return undefined;
  }
  try {
    symlinkSync(resolve(folder), join(beside, 'at'));
    return await use(fileOf(join(beside, 'at'), id));
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** The file system that a folder is on, as this machine numbers it. */
export const deviceOf = (folder: string): number => lstatSync(folder).dev;
