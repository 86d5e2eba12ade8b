import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { Authority, EXPIRED, selfSigned } from '../support/certificates.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur, startMurmur } from '../support/murmur.js';
import { afterRounds, freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { refused } from '../support/refused.js';
import { hasProgram, need } from '../support/requirements.js';

describe('a coordinator in operation', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();
  const recipe = folder.write('tiny.yaml', tinyRecipe({ rounds: 100_000, evaluate: { every: 1000 } }));

  it('speaks TLS to those who have the token, tells how it goes, and stops so that it can go on', async function () {
    need(this, 'openssl', hasProgram('openssl'));
    const { cert, key } = selfSigned(folder.path());
    const token = folder.write('token', 'secret\n');
    const port = await freePort();
    const url = `wss://localhost:${port}`;
    const tls = ['--host', 'localhost', '--tls-cert', cert, '--tls-key', key];
    const serve = ['--port', `${port}`, ...tls, '--token', token, '--origin', 'https://right.example'];
    const coordinator = startServer(recipe, folder.path('out'), ...serve);
    const join = ['join', url, '--threads', '1', '--token'];
    const worker = startMurmur([...join, token, '--ca', cert, '--state', folder.path('worker')]);
    await afterRounds(folder.path('out'), 2, coordinator, worker);

    const told = (path: string) =>
      new Promise<string>((resolve, reject) => {
        get({ host: 'localhost', port, path, ca: readFileSync(cert) }, (response) => {
          text(response).then(resolve, reject);
        }).on('error', reject);
      });
    expect(JSON.parse(await told('/healthz'))).to.include({ workers: 1, isOver: false });
    const metrics = await told('/metrics');
    expect(metrics).to.match(/^murmur_updates_total\{result="accepted",reason="",worker="w\d+"\} \d+$/m);
    expect(metrics).to.match(/^murmur_workers 1$/m);
    expect(await told('/elsewhere')).to.include('/healthz');

    const opened = (origin?: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url, { ca: readFileSync(cert), ...(origin && { origin }) });
        socket.on('open', () => {
          resolve('open');
          socket.terminate();
        });
        socket.on('error', ({ message }) => {
          resolve(message);
        });
      });
    expect(await opened()).to.equal('open');
    expect(await opened('https://right.example')).to.equal('open');
    expect(await opened('https://wrong.example')).to.include('403');

    const unknown = ['--ca', cert, '--state', folder.path('unknown')];
    expect(await refused(2, [...join, 'guess', ...unknown])).to.include('the join token is wrong');
    const distrustful = [...join, token, '--state', folder.path('distrustful')];
    expect(await refused(4, distrustful)).to.include('is self-signed, and not trusted here');
    expect(await refused(2, ['serve', recipe, '--out', folder.path('second'), ...serve])).to.include(
      `port ${port} of localhost is taken`,
    );

    coordinator.child.kill('SIGTERM');
    const { code, stderr } = await coordinator.finished;
    expect([code, stderr.split('\n').at(-2)]).to.deep.equal([
      130,
      `murmur: stopped; go on with --resume --out ${folder.path('out')}`,
    ]);
    worker.child.kill('SIGTERM');
    expect((await worker.finished).code).to.equal(130);
  });

  it('is refused a certificate that is none or has expired, and TLS without a key, before anything is written', async function () {
    const serve = ['serve', recipe, '--out', folder.path('badly'), '--port', '0', '--tls-cert', recipe];
    expect(await refused(2, [...serve, '--tls-key', recipe])).to.include(
      `${recipe} is no certificate in PEM`,
    );
    expect(await refused(2, serve)).to.include('--tls-cert and --tls-key');
    need(this, 'openssl', hasProgram('openssl'));
    const { cert, key } = new Authority(folder.path('authority')).issue('expired', EXPIRED);
    const expired = ['--tls-cert', cert, '--tls-key', key];
    expect(await refused(2, [...serve.slice(0, -2), ...expired])).to.match(/expired on .* renew it/);
    expect(existsSync(folder.path('badly'))).to.equal(false);
    const join = ['join', 'ws://127.0.0.1:1', '--state', folder.path('worker'), '--listen', '127.0.0.1:0'];
    expect(await refused(2, [...join, ...expired])).to.match(/expired on .* renew it/);
  });

  it('hears from a worker whose data are missing, which says what to do', async () => {
    const home = folder.path('home');
    mkdirSync(home);
    const lines = Array.from({ length: 80 }, (_, i) => `${i % 7},${i % 3},${i % 2}`);
    folder.write('home/table.csv', ['x,y,label', ...lines].join('\n'));
    const data = { dataset: { kind: 'csv', file: 'table.csv' }, partition: { kind: 'iid', clients: 4 } };
    const table = folder.write('table.yaml', tinyRecipe({ data }));
    const port = await freePort();
    const args = ['serve', table, '--out', folder.path('table'), '--port', `${port}`];
    const coordinator = startMurmur(args, { env: { MURMUR_DATA: home } });
    const without = await murmur(['join', `ws://127.0.0.1:${port}`, '--state', folder.path('without')], {
      env: { MURMUR_DATA: folder.path('nowhere') },
    });
    expect([without.code, without.stderr]).to.satisfy(
      ([code, stderr]: [number, string]) => code === 2 && stderr.includes("there is no 'table.csv'"),
    );
    coordinator.child.kill('SIGTERM');
    expect((await coordinator.finished).code).to.equal(130);
  });

  it('is waited for by a worker, which says that nothing listens there', async () => {
    const worker = startWorker(await freePort(), folder.path('waiting'));
    worker.child.stderr?.once('data', () => worker.child.kill());
    expect((await worker.finished).stderr).to.include('is the coordinator (murmur serve) running there?');
  });
});
