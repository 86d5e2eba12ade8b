import { text } from 'node:stream/consumers';
import { get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { temporaryFolder } from '../support/folder.js';
import { type Running } from '../support/murmur.js';
import { freePort, startServer, startWorker, tinyRecipe } from '../support/network.js';
import { expectNoFall, parseMetrics, promtool, type Metrics } from '../support/prometheus.js';
import { hasProgram, need } from '../support/requirements.js';

/** The metrics of a coordinator, which promtool must accept, and which must not have fallen. */
class Scraper {
  #last: Metrics = { types: new Map(), samples: new Map() };

  constructor(readonly port: number) {}

  async scrape(): Promise<Metrics['samples']> {
    const content = await new Promise<string>((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.port, path: '/metrics', agent: false }, (response) => {
        text(response).then(resolve, reject);
      }).on('error', reject);
    });
    const metrics = parseMetrics(content);
    expect(await promtool(content)).to.equal('');
    expectNoFall(this.#last, metrics);
    this.#last = metrics;
    return metrics.samples;
  }

  /** Scrapes until a series is as it should be; while nobody listens there, tries again. */
  async until(series: string, isRight: (value: number | undefined) => boolean): Promise<Metrics['samples']> {
    for (const end = performance.now() + 60_000; performance.now() < end;) {
      const samples = await this.scrape().catch((error: unknown) => {
        if (error instanceof Error && 'code' in error) return undefined;
        throw error;
      });
      if (samples && isRight(samples.get(series))) return samples;
      await setTimeout(50);
    }
    throw new Error(`${series} is not as it should be: ${this.#last.samples.get(series)}`);
  }
}

const atLeast = (least: number) => (value: number | undefined) => (value ?? 0) >= least;

async function killed({ child, finished }: Running): Promise<void> {
  child.kill('SIGKILL');
  await finished;
}

describe('the metrics of a coordinator that runs', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  before(function () {
    need(this, 'promtool', hasProgram('promtool'));
  });

  it('federated: promtool accepts them at every point, and no counter falls when workers are killed', async () => {
    const recipe = folder.write(
      'federated.yaml',
      tinyRecipe({
        rounds: 30,
        algorithm: { kind: 'fedavg', fraction: 1, amount: { epochs: 1 }, batchSize: 10 },
        // Rounds go on without the worker that is killed.
        network: { deadline: 0.2, minimumUpdates: 1 },
      }),
    );
    const port = await freePort();
    const out = folder.path('federated');
    const serve = () => startServer(recipe, out, '--port', `${port}`, '--workers', '2', '--resume');
    let coordinator = serve();
    const scraper = new Scraper(port);
    const fresh = await scraper.until('murmur_workers', (value) => value === 0);
    expect([fresh.has('murmur_accuracy{on="test"}'), fresh.has('murmur_training_loss')]).to.deep.equal([
      false,
      false,
    ]);
    const clients = (range: string) => ['--clients', range];
    const steady = startWorker(port, folder.path('steady'), ...clients('0-2'));
    const gone = startWorker(port, folder.path('gone'), ...clients('3-5'));
    await scraper.until('murmur_workers', (value) => value === 2);
    await scraper.until('murmur_rounds_total', atLeast(5));
    await killed(gone);
    const during = await scraper.until('murmur_workers', (value) => value === 1);
    const connected = ['w1', 'w2'].map((name) => during.get(`murmur_worker_connected{worker="${name}"}`));
    expect(connected).to.have.members([0, 1]);
    // The coordinator stays for the worker that has not heard of the end.
    const after = await scraper.until('murmur_rounds_total', atLeast(30));
    expect(after.get('murmur_accuracy{on="test"}')).to.be.within(0, 1);
    expect((await steady.finished).code).to.equal(0);
    await scraper.scrape();
    await killed(coordinator);
    // Another process may begin at zero.
    coordinator = serve();
    const resumed = await new Scraper(port).until('murmur_round', atLeast(30));
    expect(resumed.get('murmur_rounds_total')).to.equal(0);
    expect(resumed.get('murmur_accuracy{on="test"}')).to.be.within(0, 1);
    await killed(coordinator);
  });

  it('gossip: counters do not fall when nodes return to an earlier round', async () => {
    const recipe = folder.write(
      'gossip.yaml',
      stringify({
        name: 'gossip',
        data: { dataset: { kind: 'synthetic', clients: 4, dimension: 20 }, partition: 'natural' },
        model: { kind: 'mlp', hidden: [8] },
        algorithm: { kind: 'gossip', amount: { steps: 1 }, batchSize: 10 },
        topology: 'ring',
        schedule: { kind: 'asynchronous' },
        network: { tick: 0.02 },
        checkpoint: { seconds: 1000 },
        evaluate: { every: 1000 },
        rounds: 100_000,
      }),
    );
    const port = await freePort();
    const coordinator = startServer(recipe, folder.path('gossip'), '--port', `${port}`, '--workers', '2');
    const scraper = new Scraper(port);
    const join = (name: string, range: string) => startWorker(port, folder.path(name), '--clients', range);
    const [first, second] = [join('first', '0-1'), join('second', '2-3')];
    await scraper.until('murmur_round', atLeast(20));
    await killed(second);
    const again = join('second', '2-3');
    // Nothing was kept: all nodes begin anew.
    await scraper.until('murmur_round', (value) => (value ?? 0) < 10);
    const samples = await scraper.until('murmur_round', atLeast(5));
    expect(samples.get('murmur_rounds_total')).to.be.above(20);
    await Promise.all([coordinator, first, again].map(killed));
  });
});
