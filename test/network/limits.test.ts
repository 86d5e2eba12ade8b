/** What one connection, or one address, may ask of a coordinator. Others do not notice. */
import { once } from 'node:events';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { closeCodes, encode, encodeFrame, tensorOf } from '../../protocol/index.js';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import { serve, type ServeOptions } from '../../server/host/index.js';
import { largestFrame } from '../../server/largest-frame.js';
import { temporaryFolder } from '../support/folder.js';
import { tinyRecipe } from '../support/network.js';

describe('limits of a connection', () => {
  const folder = temporaryFolder();
  const recipe = parseRecipe(tinyRecipe());

  /** A coordinator in this process, for as long as `use` takes. */
  async function serving(
    name: string,
    settings: ServeOptions['settings'],
    use: (connect: () => Promise<WebSocket>) => Promise<void>,
  ): Promise<void> {
    const stop = new AbortController();
    let served: Promise<unknown> = Promise.resolve();
    const url = await new Promise<string>((resolve) => {
      served = serve(recipe, {
        ...{ out: folder.path(name), threads: 1, port: 0, host: '127.0.0.1' },
        ...(settings && { settings }),
        signal: stop.signal,
        onListening: (address) => {
          resolve(address.url);
        },
      });
    });
    try {
      await use(async () => {
        const socket = new WebSocket(url);
        await once(socket, 'open');
        return socket;
      });
    } finally {
      stop.abort();
      await served;
    }
  }

  const closed = async (socket: WebSocket) => {
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  };
  const ping = (id: number) => encodeFrame({ kind: 'ping', id });

  /** Whether the coordinator still answers here. */
  async function answers(socket: WebSocket): Promise<boolean> {
    socket.send(ping(1));
    const [data] = (await once(socket, 'message')) as [Buffer];
    return data[5] === 51;
  }

  it('messages come no faster than the rate allows', () =>
    serving('rate', { rate: { perSecond: 1, burst: 5 } }, async (connect) => {
      const [hasty, other] = [await connect(), await connect()];
      for (let id = 0; id < 7; id++) hasty.send(ping(id));
      expect(await closed(hasty)).to.equal(closeCodes.tooMany.code);
      expect(await answers(other)).to.equal(true);
      other.terminate();
    }));

  it('an address has so many connections that have not said who they are', () =>
    serving('pendingConnections', { pendingConnections: 2 }, async (connect) => {
      const [first, second, third] = [await connect(), await connect(), await connect()];
      expect(await closed(third)).to.equal(closeCodes.tooMany.code);
      first.close();
      await closed(first);
      const fourth = await connect();
      expect(await answers(fourth)).to.equal(true);
      expect(await answers(second)).to.equal(true);
      for (const socket of [second, fourth]) socket.terminate();
    }));

  it('nobody has memory for a large frame, or a large message, before a hello', () =>
    serving('large', undefined, async (connect) => {
      const tensors = new Map([['d', tensorOf(new Float32Array(100_000))]]);
      const update = { round: 1, client: 0, attempt: 0, samples: 1, steps: 1, scalars: { loss: 1 } };
      const message = { kind: 'update', ...update, vectors: { delta: 'd' }, tensors } as const;
      const chunks = await connect();
      for (const chunk of encode(message, 2 ** 16)) chunks.send(chunk);
      expect(await closed(chunks)).to.equal(closeCodes.tooLarge.code);
      const message1009 = await connect();
      message1009.send(new Uint8Array(2 ** 20 + 1));
      expect(await closed(message1009)).to.equal(1009);
      const text = await connect();
      text.send('{"kind":"hello"}');
      expect(await closed(text)).to.equal(closeCodes.malformed.code);
    }));

  it('the largest frame follows from what the algorithm answers with', () => {
    const largest = (fields: Readonly<Record<string, unknown>>) => {
      const federation = buildFederation(parseRecipe(tinyRecipe(fields)));
      return (largestFrame(federation) - 2 ** 22) / federation.model.manifest.length;
    };
    expect(largest({})).to.equal(4);
    expect(largest({ network: { codec: 'float16' } })).to.equal(2);
    expect(largest({ algorithm: { kind: 'scaffold' } })).to.equal(8);
    expect(largest({ algorithm: { kind: 'fisher' } })).to.equal(8);
    // With six clients no layer becomes more than six times as wide.
    expect(largest({ algorithm: { kind: 'fedma', fraction: 1 } })).to.equal(24);
    expect(largest({ algorithm: { kind: 'fedma', fraction: 0.5 } })).to.equal(12);
  });
});
