import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { WebSocketServer, type WebSocket } from 'ws';
import { dial, Wire, type WireEvents } from '../../transport/host/index.js';
import { tensorOf, type MessageOf, type ToCoordinator } from '../../protocol/index.js';

const limits = { frameBytes: 2 ** 28, headerBytes: 2 ** 16, tensors: 4 };
const CHUNK_BYTES = 2 ** 20;

const update = (numbers: Float32Array): MessageOf<'update'> => ({
  kind: 'update',
  ...{ round: 1, client: 0, attempt: 0, samples: 3, steps: 1, scalars: { loss: 1 } },
  vectors: { delta: 'd' },
  tensors: new Map([['d', tensorOf(numbers)]]),
});

describe('a wire', () => {
  const silent = {
    message: () => undefined,
    heard: () => undefined,
    broken: (error: Error) => {
      throw error;
    },
    closed: () => undefined,
  } satisfies WireEvents<'toWorker'>;

  let server: WebSocketServer;
  let there: WebSocket;
  let here: WebSocket;
  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    here = await new Promise<WebSocket>((resolve, reject) => {
      const options = { maxPayload: CHUNK_BYTES, other: 'the test' };
      dial(`ws://127.0.0.1:${port}`, options, {
        opened: resolve,
        failed: ({ sentence }) => {
          reject(new Error(sentence));
        },
      });
    });
    [there] = await connected;
  });
  afterEach(() => {
    here.terminate();
    server.close();
  });

  it('brings what is sent out of its own memory, in order, and says when that memory is not read any more', async () => {
    const sizes = [3, 200_000, 1_000_000];
    const came: ToCoordinator[] = [];
    const all = new Promise<void>((resolve) => {
      new Wire(
        there,
        'toCoordinator',
        limits,
        {
          ...silent,
          message(message) {
            if (came.push(message) === sizes.length) resolve();
          },
        },
        CHUNK_BYTES,
      );
    });
    const wire = new Wire(here, 'toWorker', limits, silent, CHUNK_BYTES);
    const left: number[] = [];
    const sent = sizes.map((size) => update(new Float32Array(size).map((_, i) => i % 1000)));
    const gone = sent.map(
      (message, i) =>
        new Promise<void>((resolve) => {
          wire.send(message, () => {
            left.push(i);
            resolve();
          });
        }),
    );
    expect(left).to.deep.equal([]);
    await Promise.all([all, ...gone]);
    expect(left).to.deep.equal([0, 1, 2]);
    expect(came).to.deep.equal(sent);
  });

  it('says the same of what never leaves: the other side reads nothing, and the socket ends', async () => {
    there.pause();
    const wire = new Wire(here, 'toWorker', limits, silent, CHUNK_BYTES);
    let [waiting, left] = [0, 0];
    for (let i = 0; i < 20; i++) {
      waiting++;
      wire.send(update(new Float32Array(1_000_000)), () => left++);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(left).to.be.below(waiting);
    here.terminate();
    await once(here, 'close');
    expect(left).to.equal(waiting);
    wire.send(update(new Float32Array(1)), () => left++);
    expect(left).to.equal(waiting + 1);
  });
});
