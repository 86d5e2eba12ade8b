/** Connections that say nothing take a coordinator's descriptors, but never those that its files need. */
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { readEvents } from '../../records/host/index.js';
import { temporaryFolder } from '../support/folder.js';
import { mainFile, startProgram } from '../support/murmur.js';
import { afterRounds, freePort, startWorker, tinyRecipe } from '../support/network.js';

const MUTE = 400;

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n');

describe('a coordinator with few open files (ulimit -n 256)', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  for (const [name, says] of [
    ['connections that send nothing', ''],
    ['WebSockets without a hello', UPGRADE],
  ] as const) {
    it(`goes on writing under ${MUTE} ${name}, lets go of them, and logs that it refuses some`, async () => {
      const id = says === '' ? 'silent' : 'mute';
      const fields = { checkpoint: { seconds: 0 }, rounds: 100_000, evaluate: { every: 1000 } };
      const recipe = folder.write(`${id}.yaml`, tinyRecipe(fields));
      const out = folder.path(id);
      const port = await freePort();
      const coordinator = startProgram('sh', [
        ...['-c', 'ulimit -n 256 && exec "$0" "$@"', process.execPath, mainFile],
        ...['serve', recipe, '--out', out, '--port', `${port}`],
      ]);
      const worker = startWorker(port, folder.path(`${id}-worker`));
      await afterRounds(out, 2, coordinator, worker);
      const sockets: Socket[] = [];
      let open = 0;
      for (let i = 0; i < MUTE; i++) {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        open++;
        // Reads, and so notices the end, but never answers.
        socket.resume().on('close', () => open--);
        if (says !== '') socket.write(says);
        sockets.push(socket);
      }
      while (open > MUTE / 2) await setTimeout(20);
      const { length } = readEvents(out);
      await afterRounds(out, length + 20, coordinator, worker);
      worker.child.kill();
      coordinator.child.kill();
      const { code, stderr } = await coordinator.finished;
      for (const socket of sockets) socket.destroy();
      expect(code, stderr).to.equal(exitCode.interrupted);
      expect(stderr).to.include('turned away: too many connections');
      expect((await worker.finished).code).to.equal(exitCode.interrupted);
    });
  }
});
