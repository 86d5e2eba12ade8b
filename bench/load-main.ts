/** The processes that the load bench starts: light workers of the real protocol, an echo and its clients. */
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';
import { dial, Wire } from '../transport/host/index.js';
import { tensorOf, type ToWorker } from '../protocol/index.js';
import { buildFederation, readRecipe } from '../recipe/index.js';
import { plainHello } from '../test/support/plain-hello.js';

/** @property subject for workers the recipe, for the echo how many bytes each sends */
const [, , role, port, count = '0', subject = ''] = process.argv;
const url = `ws://127.0.0.1:${port}`;
/** Handshakes under way at a time: a coordinator takes 512 pending connections from an address. */
const AT_ONCE = 200;

/** @param join begins one, and calls back when it is in */
async function joinAll(join: (done: () => void) => void): Promise<void> {
  let [begun, inside] = [0, 0];
  await new Promise<void>((resolve) => {
    const more = () => {
      while (begun < Number(count) && begun - inside < AT_ONCE) {
        begun++;
        join(() => {
          inside++;
          if (inside === Number(count)) resolve();
          else more();
        });
      }
    };
    more();
  });
}

async function workers(): Promise<void> {
  const { partition, model } = buildFederation(readRecipe(subject));
  const delta = tensorOf(new Float32Array(model.manifest.length).fill(1e-6));
  const hello = plainHello('load');
  const begin = (socket: WebSocket, done: () => void) => {
    const limits = { frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 26, tensors: 100 };
    const answer = (message: ToWorker) => {
      if (message.kind === 'welcome') {
        wire.chunkBytes = message.limits.chunkBytes;
        wire.send({ kind: 'ready', hashes: message.hashes });
      } else if (message.kind === 'committed') {
        if (message.round === 0) done();
      } else if (message.kind === 'ping') wire.send({ kind: 'pong', id: message.id });
      else if (message.kind === 'goodbye') wire.close('done', '');
      else if (message.kind === 'task') {
        for (const { client, attempt } of message.to) {
          wire.send({
            kind: 'update',
            round: message.round,
            client,
            attempt,
            samples: partition.size(client),
            steps: 1,
            scalars: { loss: 1 },
            vectors: { delta: 'v0' },
            tensors: new Map([['v0', delta]]),
          });
        }
      }
    };
    const wire: Wire<'toWorker'> = new Wire(
      socket,
      'toWorker',
      limits,
      {
        message: answer,
        heard: () => undefined,
        broken: (error) => {
          throw error;
        },
        closed: () => undefined,
      },
      2 ** 20,
    );
    wire.send(hello);
  };
  await joinAll((done) => {
    dial(
      url,
      { maxPayload: 2 ** 31 - 1, other: 'the coordinator' },
      {
        opened: (socket) => {
          begin(socket, done);
        },
        failed: ({ sentence }) => {
          throw new Error(sentence);
        },
      },
    );
  });
  console.log('all are in');
}

async function echo(): Promise<void> {
  const sockets: WebSocket[] = [];
  const bytes = new Uint8Array(Number(subject)).fill(1);
  let back = 0;
  await joinAll((done) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    sockets.push(socket);
    socket.on('open', done);
    socket.on('message', () => {
      back++;
      if (back % sockets.length === 0) console.log('all are back');
    });
  });
  console.log('all are in');
  createInterface({ input: process.stdin }).on('line', () => {
    for (const socket of sockets) socket.send(bytes);
  });
}

function echoServer(): void {
  const server = new WebSocketServer({ port: Number(port), perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      socket.send(data);
    });
  });
  server.on('listening', () => {
    console.log('listening');
  });
}

if (role === 'workers') await workers();
else if (role === 'echo') await echo();
else echoServer();
