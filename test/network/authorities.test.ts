/** Which certificates a worker trusts: over real TLS sockets. */
import { expect } from 'chai';
import { selfSigned } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { freePort, startServer, tinyRecipe } from '../support/network.js';
import { refused } from '../support/refused.js';
import { hasProgram, need } from '../support/requirements.js';

describe('the certificate of a coordinator', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('by a usual authority is trusted also with --ca, which adds to them', async function () {
    need(this, 'openssl', hasProgram('openssl'));
    const [usual, own] = [selfSigned(folder.path(), 'usual'), selfSigned(folder.path(), 'own')];
    const recipe = folder.write('tiny.yaml', tinyRecipe({ rounds: 2 }));
    for (const { cert, key } of [usual, own]) {
      const port = await freePort();
      const tls = ['--host', 'localhost', '--port', `${port}`, '--tls-cert', cert, '--tls-key', key];
      const coordinator = startServer(recipe, folder.path(`run-${port}`), ...tls);
      const join = [
        'join',
        `wss://localhost:${port}`,
        '--state',
        folder.path(`state-${port}`),
        '--ca',
        own.cert,
      ];
      // Node.js counts these among the usual ones.
      const worker = await murmur(join, { env: { NODE_EXTRA_CA_CERTS: usual.cert } });
      expect(worker.code, worker.stderr).to.equal(0);
      expect((await coordinator.finished).code).to.equal(0);
    }
  });

  it('is not looked for in a file that holds none', async () => {
    const file = folder.write('none.pem', 'no certificate\n');
    const state = folder.path('state-none');
    const join = ['join', 'wss://localhost:9', '--state', state, '--ca', file];
    expect(await refused(2, join)).to.include(`${file} holds no certificate`);
  });
});
