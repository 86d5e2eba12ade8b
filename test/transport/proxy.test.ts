/** Connections go through the proxy of the environment, and past it where NO_PROXY says so. */
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { WebSocketServer } from 'ws';
import { dial } from '../../transport/host/index.js';
import { Authority } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { hasProgram, need } from '../support/requirements.js';

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** "open", or why not. */
const outcome = (url: string, ca?: string[]) =>
  new Promise<string>((resolve) => {
    const options = { maxPayload: 1000, other: 'the coordinator', timeoutMs: 1000, ca };
    dial(url, options, {
      opened: (socket) => {
        socket.on('close', () => {
          resolve('open');
        });
        socket.close();
      },
      failed: ({ sentence, isLasting }) => {
        resolve(`${isLasting ? 'lasting' : 'passing'}: ${sentence}`);
      },
    });
  });

describe('a proxy of the environment', () => {
  const folder = temporaryFolder();
  const before_ = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  const set = (values: Readonly<Record<string, string>>) => {
    for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, values);
  };

  /** Connects whatever name is asked for to this machine, so that what arrives has gone through it. */
  const asked: string[] = [];
  let answer = 200;
  const proxy = createServer();
  proxy.on('connect', ({ url = '', headers }, socket) => {
    asked.push(`${url} ${headers['proxy-authorization'] ?? ''}`.trim());
    if (answer === 0) return;
    if (answer !== 200) {
      socket.end(`HTTP/1.1 ${answer} Refused\r\n\r\n`);
      return;
    }
    const target = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => undefined);
  });
  const plain = createServer();
  new WebSocketServer({ server: plain });
  let proxyPort = 0;
  let port = 0;
  before(async () => {
    [proxyPort, port] = [await listening(proxy), await listening(plain)];
  });
  beforeEach(() => {
    asked.length = 0;
    answer = 200;
  });
  after(() => {
    for (const [name, value] of Object.entries(before_)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    for (const server of [proxy, plain]) {
      server.close();
      server.closeAllConnections();
    }
  });

  const named = () => `http://127.0.0.1:${proxyPort}`;
  const url = () => `ws://coordinator.test:${port}/`;

  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) {
    it(`${name} is used for ws://`, async () => {
      set({ [name]: named() });
      expect(await outcome(url())).to.equal('open');
      expect(asked).to.deep.equal([`coordinator.test:${port}`]);
    });
  }

  it('a proxy may be named without a scheme, and with a login', async () => {
    set({ HTTP_PROXY: `127.0.0.1:${proxyPort}` });
    expect(await outcome(url())).to.equal('open');
    set({ HTTP_PROXY: `http://me:s%40cret@127.0.0.1:${proxyPort}` });
    expect(await outcome(url())).to.equal('open');
    expect(asked[1]).to.equal(
      `coordinator.test:${port} Basic ${Buffer.from('me:s@cret').toString('base64')}`,
    );
  });

  for (const name of ['HTTPS_PROXY', 'https_proxy']) {
    it(`${name} is used for wss://, whose TLS is the coordinator's own`, async function () {
      need(this, 'openssl', hasProgram('openssl'));
      const authority = new Authority(folder.path(name));
      const { cert, key } = authority.issue('right', { host: 'coordinator.test' });
      const secure = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) });
      new WebSocketServer({ server: secure });
      const securePort = await listening(secure);
      try {
        for (const value of [named(), `127.0.0.1:${proxyPort}`]) {
          set({ [name]: value });
          expect(await outcome(`wss://coordinator.test:${securePort}`, authority.pem)).to.equal('open');
        }
        expect(asked).to.deep.equal(Array.from({ length: 2 }, () => `coordinator.test:${securePort}`));
        expect(await outcome(`wss://other.test:${securePort}`, authority.pem)).to.match(
          /^lasting: the certificate of wss:\/\/other\.test:\d+ is for another host/,
        );
      } finally {
        secure.close();
        secure.closeAllConnections();
      }
    });
  }

  for (const [name, value] of [
    ['NO_PROXY', 'coordinator.test'],
    ['no_proxy', 'elsewhere,.test'],
    ['NO_PROXY', '*'],
  ]) {
    it(`${name}=${value} leaves it out`, async () => {
      set({ HTTP_PROXY: named(), [name]: value });
      expect(await outcome(url())).to.include('no host of the name');
      expect(asked).to.deep.equal([]);
    });
  }

  it('connections within this machine leave it out', async () => {
    set({ HTTP_PROXY: named() });
    expect(await outcome(`ws://127.0.0.1:${port}`)).to.equal('open');
    expect(await outcome(`ws://localhost:${port}`)).to.equal('open');
    expect(asked).to.deep.equal([]);
  });

  for (const [status, expected] of [
    [
      403,
      /^lasting: the proxy http:\/\/127.0.0.1:\d+ refuses to connect to coordinator\.test:\d+ \(403 Refused\); NO_PROXY/,
    ],
    [407, /^lasting: .*\(407 Refused\): give a login with its address/],
    [502, /^passing: .*\(502 Refused\)/],
    [0, /^passing: ws:\/\/coordinator\.test:\d+ does not answer/],
  ] as const) {
    it(`one that answers ${status || 'nothing'} is told in a sentence, without its password`, async () => {
      set({ HTTP_PROXY: named().replace('//', '//me:secret@') });
      answer = status;
      const told = await outcome(url());
      expect(told).to.match(expected);
      expect(told).not.to.include('secret');
    });
  }

  it('one that is not there, or of another protocol, is told too', async () => {
    set({ HTTP_PROXY: 'http://127.0.0.1:1' });
    expect(await outcome(url())).to.match(
      /^passing: nothing listens at http:\/\/127\.0\.0\.1:1: is the proxy/,
    );
    set({ ALL_PROXY: 'socks5://me:secret@127.0.0.1:1080' });
    expect(await outcome(url())).to.match(
      /^lasting: the proxy .* must be http:\/\/HOST:PORT .*not socks5:\/\/127/,
    );
    set({ HTTPS_PROXY: `https://127.0.0.1:${proxyPort}` });
    expect(await outcome('wss://coordinator.test')).to.match(
      /^lasting: https:\/\/127\.0\.0\.1:\d+ does not speak TLS: connect to http:/,
    );
  });
});
