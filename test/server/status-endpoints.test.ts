import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { respond } from '../../server/host/status-endpoints.js';

describe('the status endpoints', () => {
  let isHealthy = true;
  const server = createServer((incoming, response) => {
    void respond(incoming, response, {
      status: () => ({ run: 'first' }),
      isHealthy: () => isHealthy,
      metrics: () => Promise.resolve('# HELP murmur_rounds_total Rounds.\n'),
    });
  });

  before((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  after((done) => {
    server.close(done);
  });

  async function ask(method: string, path: string) {
    const { port } = server.address() as AddressInfo;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method, agent: false }, resolve).on('error', reject).end();
    });
    const { statusCode, headers } = response;
    return { statusCode, headers, body: await text(response) };
  }

  for (const [path, type] of [
    ['/healthz', 'application/json; charset=utf-8'],
    ['/metrics', 'text/plain; version=0.0.4; charset=utf-8'],
    ['/metrics?from=prometheus', 'text/plain; version=0.0.4; charset=utf-8'],
  ]) {
    it(`answer GET and HEAD on ${path} with the same headers`, async () => {
      const [whole, head] = [await ask('GET', path), await ask('HEAD', path)];
      expect([whole.statusCode, head.statusCode]).to.deep.equal([200, 200]);
      expect(whole.headers['content-type']).to.equal(type);
      expect(whole.headers['content-length']).to.equal(`${whole.body.length}`);
      expect(whole.body).not.to.equal('');
      expect({ ...head.headers, date: '' }).to.deep.equal({ ...whole.headers, date: '' });
      expect(head.body).to.equal('');
    });
  }

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`refuse ${method} and name the methods that they answer`, async () => {
      for (const path of ['/healthz', '/metrics']) {
        const { statusCode, headers, body } = await ask(method, path);
        expect([statusCode, headers.allow]).to.deep.equal([405, 'GET, HEAD']);
        expect(body).to.include(method);
      }
    });
  }

  it('say 503 on /healthz once the process cannot go on, and still tell metrics', async () => {
    const told = async (path: string) => (await ask('GET', path)).statusCode;
    isHealthy = false;
    expect([await told('/healthz'), await told('/metrics')]).to.deep.equal([503, 200]);
    expect(JSON.parse((await ask('GET', '/healthz')).body)).to.deep.equal({ healthy: false, run: 'first' });
    isHealthy = true;
    expect(await told('/healthz')).to.equal(200);
  });

  it('tell of each other where a path is wrong', async () => {
    const { statusCode, body } = await ask('GET', '/');
    expect(statusCode).to.equal(404);
    expect(body).to.include('/healthz').and.include('/metrics');
  });
});
