import { expect } from 'chai';
import { Registry } from 'prom-client';
import fc from 'fast-check';
import type { RunEvent } from '../../records/index.js';
import { ServerMetrics } from '../../server/host/metrics.js';
import { WorkerMetrics } from '../../server/host/worker-metrics.js';
import { CoordinatorDriver } from '../support/coordinator-driver.js';
import { expectNoFall, growing, parseMetrics, promtool } from '../support/prometheus.js';
import { hasProgram, need } from '../support/requirements.js';

const status = {
  round: 0,
  waiting: 3,
  workers: 1,
  connections: 1,
  members: 1,
  dropped: 0,
  isOver: false,
};
const round = (number: number): RunEvent => ({
  type: 'round',
  round: number,
  loss: 1 / number,
  answered: 3,
  missing: [],
  localSteps: 5,
});

describe("a coordinator's metrics", () => {
  it('have no loss and no accuracy before there are any, and those of the run when it is resumed', async () => {
    const fresh = parseMetrics(await new ServerMetrics([]).text());
    expect([...fresh.samples.keys()].filter((series) => /accuracy|loss/.test(series))).to.deep.equal([]);
    const resumed = new ServerMetrics([
      round(1),
      { type: 'evaluation', round: 1, on: 'test', accuracy: 0.25, loss: 2 },
    ]);
    const { samples } = parseMetrics(await resumed.text());
    expect(samples.get('murmur_accuracy{on="test"}')).to.equal(0.25);
    expect(samples.get('murmur_training_loss')).to.equal(1);
    expect(samples.get('murmur_round')).to.equal(1);
    expect(samples.get('murmur_rounds_total'), 'rounds of this process').to.equal(0);
  });

  it('count what never falls, whatever rolls back, closes and comes again', async () => {
    const [place, worker] = [fc.nat(9), fc.nat(3).map((n) => `w${n}`)];
    const step = fc.oneof(
      fc.record({ kind: fc.constant('round' as const), number: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant('open' as const), worker }),
      fc.record({ kind: fc.constant('close' as const), place }),
      fc.record({ kind: fc.constant('bytes' as const), place, more: fc.nat(1000) }),
      fc.record({ kind: fc.constant('update' as const), worker }),
    );
    const { welcome } = new CoordinatorDriver().join();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const metrics = new ServerMetrics([]);
        const traffic = new Map<number, { sent: number; received: number }>();
        let [rounds, opened, bytes] = [0, 0, 0];
        const scrape = async () =>
          parseMetrics(await metrics.text({ status: { ...status, round: rounds }, workers: [], traffic }));
        let before = await scrape();
        for (const each of steps) {
          if (each.kind === 'round') {
            rounds = each.number;
            metrics.event(round(rounds));
          } else if (each.kind === 'update')
            metrics.count({ kind: 'count', what: 'accepted', worker: each.worker });
          else if (each.kind === 'open') {
            traffic.set(++opened, { sent: 0, received: 0 });
            metrics.sent(opened, { ...welcome, worker: each.worker });
          } else {
            const open = [...traffic].at(each.place % Math.max(1, traffic.size));
            if (open === undefined) continue;
            const [connection, wire] = open;
            if (each.kind === 'bytes') {
              wire.sent += each.more;
              bytes += each.more;
            } else {
              metrics.closed(connection, wire);
              traffic.delete(connection);
            }
          }
          const after = await scrape();
          expectNoFall(before, after);
          before = after;
        }
        expect(before.samples.get('murmur_sent_bytes_total')).to.equal(bytes);
        const ofWorkers = [...before.samples].filter(([series]) => /^murmur_worker_sent/.test(series));
        expect(ofWorkers.reduce((sum, [, value]) => sum + value, 0)).to.equal(bytes);
      }),
      { numRuns: 15 },
    );
  });

  it('tell of each worker how many bytes, updates and seconds', async () => {
    const metrics = new ServerMetrics([]);
    const run = new CoordinatorDriver();
    const { connection, welcome } = run.join();
    metrics.sent(connection, welcome);
    const task = run.sent(connection, 'task').at(-1);
    if (task === undefined) throw new Error('no task was sent');
    metrics.sent(connection, task);
    for (const update of run.answers(task)) metrics.received(connection, update);
    metrics.count({ kind: 'count', what: 'accepted', worker: 'w1' });
    metrics.count({ kind: 'count', what: 'refused', worker: 'w1', reason: 'norm' });
    metrics.count({ kind: 'count', what: 'failed', worker: 'w1' });
    metrics.count({ kind: 'count', what: 'turnedAway', reason: 'unauthorized' });
    metrics.event(round(1));
    const traffic = new Map([[connection, { sent: 700, received: 900 }]]);
    const { workers } = run.coordinator;
    const { samples } = parseMetrics(await metrics.text({ status, workers, traffic }));
    for (const [series, value] of [
      ['murmur_worker_sent_bytes_total{worker="w1"}', 700],
      ['murmur_worker_received_bytes_total{worker="w1"}', 900],
      ['murmur_updates_total{result="accepted",reason="",worker="w1"}', 1],
      ['murmur_updates_total{result="refused",reason="norm",worker="w1"}', 1],
      ['murmur_updates_total{result="failed",reason="",worker="w1"}', 1],
      ['murmur_turned_away_total{reason="unauthorized",worker=""}', 1],
      ['murmur_worker_clients{worker="w1"}', 6],
      ['murmur_worker_connected{worker="w1"}', 1],
      ['murmur_worker_update_duration_seconds_count{worker="w1"}', 3],
      ['murmur_update_duration_seconds_count', 3],
      ['murmur_round_duration_seconds_count', 1],
    ] as const) {
      expect(samples.get(series), series).to.equal(value);
    }
    const seen = samples.get('murmur_worker_last_seen_timestamp_seconds{worker="w1"}') ?? 0;
    expect(Math.abs(seen - Date.now() / 1000)).to.be.below(60);
    expect(samples.get('process_resident_memory_bytes')).to.be.above(1e6);
    expect(samples.get('process_open_fds')).to.be.above(2);
  });

  it('have at most so many series of workers, which still add up', async () => {
    const registry = new Registry();
    const metrics = new WorkerMetrics(registry, 3);
    for (let worker = 1; worker <= 10; worker++) {
      metrics.count({ kind: 'count', what: 'accepted', worker: `w${worker}` });
      metrics.traffic(`w${worker}`, { sent: worker, received: 1 });
      metrics.seen(`w${worker}`);
      metrics.answered(`w${worker}`, 1);
    }
    metrics.set(
      Array.from({ length: 10 }, (_, i) => ({ worker: `w${i + 1}`, clients: 2, isConnected: i % 2 === 0 })),
    );
    const { samples } = parseMetrics(await registry.metrics());
    const sumOf = (name: string) =>
      [...samples].reduce((sum, [series, value]) => (series.startsWith(`${name}{`) ? sum + value : sum), 0);
    expect(sumOf('murmur_updates_total')).to.equal(10);
    expect(sumOf('murmur_worker_sent_bytes_total')).to.equal(55);
    expect(sumOf('murmur_worker_clients')).to.equal(20);
    expect(sumOf('murmur_worker_connected')).to.equal(5);
    expect(sumOf('murmur_worker_update_duration_seconds_count')).to.equal(10);
    const labels = new Set([...samples.keys()].map((series) => /worker="([^"]+)"/.exec(series)?.[1]));
    expect([...labels]).to.have.members(['w1', 'w2', 'w3', 'other']);
  });

  it('escape what is in a label', async () => {
    const registry = new Registry();
    new WorkerMetrics(registry).count({ kind: 'count', what: 'accepted', worker: 'a"b\\c\nd' });
    expect(await registry.metrics()).to.include('worker="a\\"b\\\\c\\nd"} 1\n');
  });

  it('are accepted by promtool without a warning, before a run and in it', async function () {
    need(this, 'promtool', hasProgram('promtool'));
    const metrics = new ServerMetrics([]);
    expect(await promtool(await metrics.text())).to.equal('');
    metrics.count({ kind: 'count', what: 'accepted', worker: 'w1' });
    metrics.event(round(1));
    metrics.evaluated(1);
    metrics.checkpointed(0.1);
    const workers = [{ worker: 'w1', clients: 3, isConnected: true }];
    const content = await metrics.text({ status, workers, traffic: [[1, { sent: 1, received: 1 }]] });
    expect(await promtool(content)).to.equal('');
    expect([...growing(parseMetrics(content)).keys()]).to.include('murmur_rounds_total');
    expect(
      await promtool('# TYPE murmur_rounds_total gauge\nmurmur_rounds_total 1\n'),
      'a gauge',
    ).not.to.equal('');
  });
});
