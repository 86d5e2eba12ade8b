/** Every way in which a connection can fail has its sentence, and is retried only if waiting can mend it. */
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { createServer as createNetServer, type AddressInfo, type Server } from 'node:net';
import { expect } from 'chai';
import { WebSocketServer } from 'ws';
import { dial, type ConnectionFailure } from '../../transport/host/index.js';
import { Authority, EXPIRED, NOT_YET_VALID, type Issued, selfSigned } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { hasProgram, need } from '../support/requirements.js';

interface Case {
  readonly name: string;
  /** What listens; nothing if it is left out. */
  readonly server?: () => Server;
  readonly url: (port: number) => string;
  readonly sentence: RegExp;
  readonly isLasting: boolean;
  readonly ca?: 'none';
}

const opened: Server[] = [];

async function listening(server: Server): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function failure(url: string, ca?: string[], timeoutMs = 300): Promise<ConnectionFailure> {
  return new Promise((resolve, reject) => {
    const options = { maxPayload: 1000, other: 'the coordinator (murmur serve)', timeoutMs, ca };
    dial(url, options, {
      failed: resolve,
      opened: (socket) => {
        socket.terminate();
        reject(new Error(`${url} was open`));
      },
    });
  });
}

describe('a connection that cannot be made says why, and whether waiting can mend it', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  afterEach(() => {
    for (const server of opened.splice(0)) {
      server.close();
      if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections();
    }
  });

  const plain = () => createServer();
  const saying = (bytes: string) => () =>
    createNetServer((socket) => socket.on('error', () => undefined).end(bytes));
  const ws = (port: number) => `ws://127.0.0.1:${port}/run`;
  const wss = (port: number) => `wss://localhost:${port}/run`;

  const answering =
    (status: number, headers: Readonly<Record<string, string>> = {}) =>
    () => {
      const server = createServer();
      server.on('upgrade', (_, socket) => {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(
          `HTTP/1.1 ${status} Told\r\n${lines.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`,
        );
      });
      return server;
    };
  const redirects = [301, 302, 303, 307, 308].flatMap((status): Case[] => [
    {
      name: `a redirect (${status}) to a path with a slash`,
      server: answering(status, { Location: '/run/' }),
      url: ws,
      sentence: new RegExp(String.raw`redirects \(${status}\).*: connect to ws://127\.0\.0\.1:\d+/run/$`),
      isLasting: true,
    },
    {
      name: `a redirect (${status}) to TLS`,
      server: answering(status, { Location: 'https://other.example/run' }),
      url: ws,
      sentence: /connect to wss:\/\/other\.example\/run$/,
      isLasting: true,
    },
  ]);
  const statuses = [200, 400, 401, 403, 404, 408, 426, 429, 500, 501, 502, 503, 504].map((status): Case => ({
    name: `HTTP status ${status}`,
    server: answering(status),
    url: ws,
    sentence: new RegExp(`answers with HTTP ${status} `),
    isLasting: ![408, 429, 500, 502, 503, 504].includes(status),
  }));
  const cases: Case[] = [
    ...redirects,
    ...statuses,
    {
      name: 'a redirect without an address',
      server: answering(302),
      url: ws,
      sentence: /redirects \(302\) without saying where/,
      isLasting: true,
    },
    {
      name: 'nothing that listens',
      url: () => 'ws://127.0.0.1:1',
      sentence:
        /^nothing listens at ws:\/\/127\.0\.0\.1:1: is the coordinator \(murmur serve\) running there\?$/,
      isLasting: false,
    },
    {
      name: 'a name that DNS does not know',
      url: () => 'ws://no-such-host.invalid',
      sentence: /no host of the name .*\(DNS\)/,
      isLasting: false,
    },
    {
      name: 'a server that says nothing',
      server: () => createNetServer(() => undefined),
      url: ws,
      sentence: /does not answer/,
      isLasting: false,
    },
    {
      name: 'a server that hangs up',
      server: () => createNetServer((socket) => socket.destroy()),
      url: ws,
      sentence: /closed the connection before it was open/,
      isLasting: false,
    },
    {
      name: 'a server of another protocol',
      server: saying('SSH-2.0-OpenSSH_9.2\r\n'),
      url: ws,
      sentence: /is no WebSocket server/,
      isLasting: true,
    },
    {
      name: 'a server that opens no WebSocket though it says so',
      server: saying('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
      url: ws,
      sentence: /is no WebSocket server/,
      isLasting: true,
    },
    {
      name: 'TLS, where none is spoken',
      server: plain,
      url: (port) => `wss://127.0.0.1:${port}/run`,
      sentence: /does not speak TLS: connect to ws:\/\/127\.0\.0\.1:\d+\/run$/,
      isLasting: true,
    },
    {
      name: 'an address with a fragment',
      url: () => 'ws://127.0.0.1:1/#x',
      sentence: /is no WebSocket address/,
      isLasting: true,
    },
    {
      name: 'an address of HTTP',
      url: () => 'http://127.0.0.1:1',
      sentence: /is no WebSocket address/,
      isLasting: true,
    },
  ];
  for (const { name, server, url, sentence, isLasting } of cases) {
    it(name, async () => {
      const port = server === undefined ? 0 : await listening(server());
      const found = await failure(url(port));
      expect(found.sentence).to.match(sentence);
      expect(found.isLasting).to.equal(isLasting);
    });
  }

  it('user and password of an address stay out of the sentence', async () => {
    expect((await failure('ws://me:secret@127.0.0.1:1')).sentence)
      .to.include('ws://127.0.0.1:1')
      .and.not.include('secret');
  });

  describe('with TLS', () => {
    let authority: Authority;
    let right: Issued;
    before(function () {
      need(this, 'openssl', hasProgram('openssl'));
      authority = new Authority(folder.path('authority'));
      right = authority.issue('right');
    });

    const secure = ({ cert, key }: Issued, more: object = {}) => {
      const server = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key), ...more });
      new WebSocketServer({ server });
      return server;
    };
    interface SecureCase {
      readonly name: string;
      readonly server: () => Server;
      readonly url?: (port: number) => string;
      readonly trusted?: 'system' | 'other';
      readonly sentence: RegExp;
    }
    const secureCases: SecureCase[] = [
      {
        name: 'an expired certificate',
        server: () => secure(authority.issue('expired', EXPIRED)),
        sentence: /has expired \(it is \d{4}-.* here\): renew it there/,
      },
      {
        name: 'a certificate that is not valid yet',
        server: () => secure(authority.issue('early', NOT_YET_VALID)),
        sentence: /is not valid yet .*clock/,
      },
      {
        name: 'a certificate for another host',
        server: () => secure(authority.issue('other', { host: 'other.example' })),
        sentence: /is for another host \(.*other\.example.*\)/,
      },
      {
        name: 'a name that the certificate has not',
        server: () => secure(right),
        url: (port) => `wss://127.0.0.1:${port}`,
        sentence: /is for another host .*127\.0\.0\.1/,
      },
      {
        name: 'an unknown authority',
        server: () => secure(right),
        trusted: 'system',
        sentence: /authority that is not trusted here: give its authority with --ca FILE/,
      },
      {
        name: 'another authority than the one of --ca',
        server: () => secure(right),
        trusted: 'other',
        sentence: /give its authority with --ca FILE/,
      },
      {
        name: 'a self-signed certificate',
        server: () => secure(selfSigned(authority.folder, 'self')),
        sentence: /is self-signed, .*--ca FILE/,
      },
      {
        name: 'no TLS, where TLS is spoken',
        server: () => secure(right),
        url: (port) => `ws://localhost:${port}/run`,
        sentence: /speaks TLS: connect to wss:\/\/localhost:\d+\/run$/,
      },
      {
        name: 'no TLS, where a server says by HTTP that it speaks TLS',
        server: () => answeringBoth(right),
        url: (port) => `ws://localhost:${port}`,
        sentence: /speaks TLS: connect to wss:/,
      },
      {
        name: 'other versions of TLS',
        server: () =>
          secure(right, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
        sentence: /speaks other versions of TLS/,
      },
      {
        name: 'no cipher in common',
        server: () => secure(right, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }),
        sentence: /no TLS cipher in common/,
      },
      {
        name: 'a server that wants a certificate',
        server: () => secure(right, { requestCert: true, rejectUnauthorized: true }),
        sentence: /wants a certificate of this worker/,
      },
    ];
    for (const { name, server, url = wss, trusted, sentence } of secureCases) {
      it(name, async () => {
        const port = await listening(server());
        const other = trusted === 'other' ? new Authority(folder.path('unknown'), 'Unknown') : authority;
        const found = await failure(url(port), trusted === 'system' ? undefined : other.pem, 2000);
        expect(found.sentence).to.match(sentence);
        expect(found.isLasting).to.equal(true);
      });
    }

    it('a right certificate of a trusted authority opens it', async () => {
      const port = await listening(secure(right));
      const outcome = await failure(wss(port), authority.pem, 2000).catch(String);
      expect(outcome).to.include('was open');
    });

    /** As nginx answers HTTP on a port of TLS: with status 400. */
    function answeringBoth({ cert, key }: Issued): Server {
      const tls = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) });
      const http = createServer();
      http.on('upgrade', (_, socket) => {
        socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      });
      return createNetServer((socket) => {
        socket.once('data', (data) => {
          socket.pause();
          socket.unshift(data);
          (data[0] === 0x16 ? tls : http).emit('connection', socket);
          process.nextTick(() => socket.resume());
        });
      });
    }
  });
});
