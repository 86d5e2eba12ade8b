import { hostname } from 'node:os';
import { expect } from 'chai';
import { version } from '../../records/host/index.js';
import { temporaryFolder } from '../support/folder.js';
import { freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

/** The lines of a log, without what else is said on the standard error output. */
const linesOf = (stderr: string) =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

describe('the logs of a federation', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let served: Line[] = [];
  let joined: Line[] = [];

  before(async () => {
    const recipe = folder.write('tiny.yaml', tinyRecipe());
    const port = await freePort();
    const coordinator = startServer(recipe, folder.path('run'), '--port', `${port}`);
    const worker = startWorker(port, folder.path('worker'));
    const [first, second] = await Promise.all([coordinator.finished, worker.finished]);
    expect([first.code, second.code], first.stderr + second.stderr).to.deep.equal([0, 0]);
    [served, joined] = [linesOf(first.stderr), linesOf(second.stderr)];
  });

  it('have the program, the process, the host and the version in every line', () => {
    for (const [lines, name] of [
      [served, 'serve'],
      [joined, 'join'],
    ] as const) {
      expect(lines).not.to.have.length(0);
      for (const line of lines) {
        expect(line).to.include({ name, hostname: hostname(), version: version() });
        expect(line).to.have.property('pid').that.is.a('number');
        expect(line).to.have.property('time').that.is.a('number');
      }
    }
  });

  it('of the coordinator: lines about a worker say its name, host, address and software', () => {
    const about = served.filter(({ msg }) => msg.startsWith('worker '));
    expect(about.map(({ msg }) => msg)).to.include('worker w1 is here');
    for (const line of about) {
      expect(line).to.include({ worker: 'w1', host: hostname(), address: '127.0.0.1' });
      expect(line['software']).to.equal(`murmur ${version()}, Node.js ${process.version}`);
    }
  });

  it('of the worker: its connection, who it is, its data, and its rounds', () => {
    const said = joined.map(({ msg }) => msg);
    const parts = [
      /^connected to ws:\/\/127\.0\.0\.1:\d+$/,
      /^worker w1 of run \S+ hosts 6 clients$/,
      /^trains tiny on \d+ examples of synthetic$/,
      /^round 1 begun: 3 tasks$/,
      /^round 1: 3 updates sent$/,
      /^round 1: 3 updates aggregated$/,
      /^rounds 2–4 begun: 9 tasks$/,
      /^rounds 2–4: 9 updates sent$/,
    ];
    for (const part of parts) {
      expect(
        said.some((line) => part.test(line)),
        `${part.source} in ${said.join('\n')}`,
      ).to.equal(true);
    }
    const welcomed = joined.slice(said.findIndex((line) => line.includes('hosts')));
    for (const line of welcomed) expect(line).to.include({ worker: 'w1' }).and.to.have.property('run');
  });
});
