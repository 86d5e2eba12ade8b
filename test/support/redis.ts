/** A Redis of a test's own, on a free port; it ends with the tests of the describe block. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { hasProgram, need } from './requirements.js';

export interface RedisServer {
  readonly address: string;
}

/** Starts redis-server before the tests of the describe block; without the program they are skipped. */
export function redisServer(): RedisServer {
  const server = { address: '' };
  before(async function () {
    need(this, 'redis-server', hasProgram('redis-server'));
    const port = await freePort();
    const child = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    after(async () => {
      process.off('exit', kill);
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    });
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (part: Buffer) => {
        if (part.toString().includes('Ready to accept connections')) resolve();
      });
    });
    server.address = `redis://127.0.0.1:${port}`;
  });
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
