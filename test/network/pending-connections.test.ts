/** Whatever unauthenticated clients send leaves a line with their address, and a flood of it leaves a few. */
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { encodeFrame } from '../../protocol/index.js';
import { parseRecipe } from '../../recipe/index.js';
import { serve, type ServeOptions } from '../../server/host/index.js';
import { Authority } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { tinyRecipe } from '../support/network.js';
import { plainHello } from '../support/plain-hello.js';
import { hasProgram, need } from '../support/requirements.js';

interface Line {
  readonly sentence: string;
  readonly fields: { readonly address?: string; readonly reason?: string; readonly count?: number };
}

describe('pending connections at a coordinator', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  const recipe = parseRecipe(tinyRecipe());

  /** A coordinator with a token in this process, for as long as `use` takes. @returns what it logged */
  async function serving(
    name: string,
    options: Partial<ServeOptions>,
    use: (port: number, warned: () => Promise<Line>) => Promise<void>,
  ): Promise<Line[]> {
    const stop = new AbortController();
    const lines: Line[] = [];
    let tell: (() => void) | undefined;
    let served: Promise<unknown> = Promise.resolve();
    const port = await new Promise<number>((resolve) => {
      served = serve(recipe, {
        ...{ out: folder.path(name), threads: 1, port: 0, host: '127.0.0.1', signal: stop.signal },
        settings: { token: 'right' },
        ...options,
        onListening: (address) => {
          resolve(address.port);
        },
        log: (level, sentence, fields = {}) => {
          if (level === 'warn') lines.push({ sentence, fields });
          if (level === 'warn') tell?.();
        },
      });
    });
    const warned = async () => {
      if (lines.length === 0) await new Promise<void>((resolve) => (tell = resolve));
      return lines[0];
    };
    try {
      await use(port, warned);
    } finally {
      stop.abort();
      await served;
    }
    return lines;
  }

  /** An upgrade by hand, and then whatever bytes. */
  const UPGRADE =
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
  const raw = (port: number, text: string): Socket => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    return socket.on('error', () => undefined).resume();
  };
  const upgraded = (bytes: readonly number[]) => (port: number) => {
    const socket = raw(port, `${UPGRADE}\r\n`);
    socket.once('data', () => socket.write(Uint8Array.from(bytes)));
  };
  const said = (frame: Uint8Array | string) => (port: number) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    socket.on('open', () => {
      socket.send(frame);
    });
  };
  const guess = encodeFrame({ ...plainHello('a guess'), credential: { kind: 'token', token: 'wrong' } });
  const oldVersion = guess.slice();
  oldVersion[4] = 1;

  const acts: Record<string, [act: (port: number) => void, reason: string, sentence: RegExp]> = {
    'a wrong token': [said(guess), 'unauthorized', /the join token is wrong/],
    'no token': [said(encodeFrame(plainHello('a guess'))), 'unauthorized', /token/],
    'another version of the protocol': [said(oldVersion), 'version', /version 1 of the protocol/],
    'a message before the hello': [
      said(encodeFrame({ kind: 'failed', round: 1, client: 0, attempt: 0, sentence: 'no' })),
      'unexpected',
      /before the handshake/,
    ],
    'bytes that are no frame of ours': [said(new Uint8Array(64)), 'malformed', /./],
    text: [said('{"kind":"hello"}'), 'malformed', /binary/],
    'too large a message': [
      said(new Uint8Array(2 ** 20 + 1)),
      'malformed',
      /WebSocket protocol \(Max payload size exceeded\)/,
    ],
    'a frame that is none': [
      upgraded([0xf2, 0x80, 0, 0, 0, 0]),
      'malformed',
      /WebSocket protocol \(Invalid WebSocket frame: /,
    ],
    'a frame without a mask': [
      upgraded([0x82, 0x01, 0x00]),
      'malformed',
      /WebSocket protocol \(Invalid WebSocket frame: MASK must be set\)/,
    ],
    'text that is not UTF-8': [
      upgraded([0x81, 0x81, 0, 0, 0, 0, 0xff]),
      'malformed',
      /WebSocket protocol \(.*UTF-8/,
    ],
    'an upgrade without a key': [
      (port) => raw(port, `${UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, '')}\r\n`),
      'upgrade',
      /its upgrade is no WebSocket's .*Sec-WebSocket-Key/,
    ],
    'a request that is no HTTP': [
      (port) => raw(port, 'EHLO there\r\n\r\n'),
      'http',
      /its request is no HTTP/,
    ],
    'headers without an end': [
      (port) => raw(port, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
      'http',
      /header/i,
    ],
    'a page of another origin': [
      (port) => raw(port, `${UPGRADE}Origin: https://evil.example\r\n\r\n`),
      'origin',
      /https:\/\/evil\.example is not on the list/,
    ],
    'a page that is not there': [
      (port) => get({ port, path: '/wp-login.php' }).on('error', () => undefined),
      'path',
      /GET \/wp-login\.php is no page/,
    ],
  };
  for (const [index, [name, [act, reason, sentence]]] of Object.entries(acts).entries()) {
    it(`${name} leaves a line with the address`, () =>
      serving(`act-${index}`, {}, async (port, warned) => {
        act(port);
        const line = await warned();
        expect(line.sentence).to.match(sentence);
        expect(line.fields).to.include({ address: '127.0.0.1', reason });
      }).then(() => undefined));
  }

  for (const [name, bytes, sentence] of [
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /speaks HTTP without TLS/],
    ['what is neither', 'EHLO there\r\n\r\n', /the TLS handshake failed/],
  ] as const) {
    it(`${name} on a port of TLS leaves a line with the address`, async function () {
      need(this, 'openssl', hasProgram('openssl'));
      const tls = new Authority(folder.path(`authority-${name}`)).issue('right');
      await serving(`tls-${name}`, { tls }, async (port, warned) => {
        raw(port, bytes);
        const line = await warned();
        expect(line.sentence).to.match(sentence);
        expect(line.fields).to.include({ address: '127.0.0.1', reason: 'tls' });
      });
    });
  }

  it('a flood of wrong tokens leaves a few lines and a count, and is turned away before it can say them', async () => {
    const FLOOD = 300;
    let told = '';
    const settings = { token: 'right', failures: { perSecond: 0.001, burst: 100 } };
    const lines = await serving('flood', { settings }, async (port) => {
      for (let i = 0; i < FLOOD; i++) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`);
        socket.on('open', () => {
          socket.send(guess);
        });
        socket.on('error', ({ message }) => {
          told = message;
        });
        await new Promise((resolve) => socket.on('close', resolve));
      }
    });
    const of = (wanted: string) => lines.filter(({ fields: { reason } }) => reason === wanted);
    const [guesses, refusals] = [of('unauthorized'), of('tooManyFailures')];
    expect([guesses.length, refusals.length]).to.deep.equal([8, 8]);
    expect(guesses.at(-1)?.sentence).to.match(
      /^turned away: … 93 more from 127\.0\.0\.1 in \d+ s: the join token is wrong/,
    );
    expect(refusals.at(-1)?.fields.count).to.equal(FLOOD - 100 - 7);
    expect(told).to.include('429');
  });
});
