/** What a coordinator tells Prometheus, in a registry of its own. Counters never fall while the process lives. */
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Traffic } from '../../transport/index.js';
import type { ToCoordinator, ToWorker } from '../../protocol/index.js';
import type { RunEvent } from '../../records/index.js';
import { type AnyCoordinator, type CoordinatorEffect, TaskTimes, type WorkerStatus } from '../index.js';
import { processMetrics } from './process-metrics.js';
import { WorkerMetrics } from './worker-metrics.js';

/** From quick rounds of small models to slow ones of an hour, in seconds. */
const BUCKETS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600];

/** How the coordinator stands when metrics are asked for. */
export interface Standing {
  readonly status: AnyCoordinator['status'];
  readonly workers: readonly WorkerStatus[];
  /** All that went over each open connection. */
  readonly traffic: Iterable<readonly [connection: number, traffic: Traffic]>;
}

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #workers: WorkerMetrics;
  readonly #times = new TaskTimes();
  /** The worker at the other end of a connection, once it is known. */
  readonly #workerOf = new Map<number, string>();
  /** What of a connection's traffic has been counted. */
  readonly #participation = new Map<number, Traffic>();

  readonly #rounds = this.#counter(
    'murmur_rounds_total',
    'Rounds that ended, those that were run again included.',
  );
  readonly #sent = this.#counter('murmur_sent_bytes_total', 'Bytes sent over all connections.');
  readonly #received = this.#counter('murmur_received_bytes_total', 'Bytes received over all connections.');
  readonly #gauges = {
    round: this.#gauge(
      'murmur_round',
      'The last round that ended; smaller again when gossip nodes roll back.',
    ),
    awaited: this.#gauge(
      'murmur_clients_awaited',
      'Clients whose update is awaited, or nodes that have not ended the round.',
    ),
    dropped: this.#gauge('murmur_clients_dropped', 'Clients that are not selected any more.'),
    ready: this.#gauge('murmur_workers', 'Workers that are connected and ready.'),
    connections: this.#gauge('murmur_connections', 'Open connections.'),
  };
  readonly #loss = this.#gauge('murmur_training_loss', 'Mean training loss of the last round.');
  readonly #accuracy = new Gauge({
    name: 'murmur_accuracy',
    help: 'Accuracy of the last evaluation on each set.',
    labelNames: ['on'],
    registers: [this.#registry],
  });
  readonly #durations = {
    round: this.#histogram('murmur_round_duration_seconds', 'Time from the begin of a round to its end.'),
    update: this.#histogram(
      'murmur_update_duration_seconds',
      'Time from sending a task until its update arrives.',
    ),
    evaluation: this.#histogram(
      'murmur_evaluation_duration_seconds',
      'Time of an evaluation on the test set or the validation part.',
    ),
    checkpoint: this.#histogram('murmur_checkpoint_duration_seconds', 'Time of writing a checkpoint.'),
  };

  /** @param events of the run until now, where it is resumed: gauges go on from these */
  constructor(events: readonly RunEvent[]) {
    this.#workers = new WorkerMetrics(this.#registry);
    // Without a sample until there is a value.
    this.#loss.remove();
    for (const event of events) this.#show(event);
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.#registry] });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: BUCKETS, registers: [this.#registry] });
  }

  /** A message goes to a worker. */
  sent(connection: number, message: ToWorker): void {
    if (message.kind === 'welcome') this.#workerOf.set(connection, message.worker);
    this.#times.sent(message, performance.now());
  }

  /** A message has come, or a part of one. */
  received(connection: number, message?: ToCoordinator): void {
    const worker = this.#workerOf.get(connection);
    if (worker === undefined) return;
    this.#workers.seen(worker);
    const seconds = message?.kind === 'update' ? this.#times.answered(message, performance.now()) : undefined;
    if (seconds === undefined) return;
    this.#durations.update.observe(seconds);
    this.#workers.answered(worker, seconds);
  }

  /** A connection has closed. @param traffic all that went over it */
  closed(connection: number, traffic: Traffic): void {
    this.#count(connection, traffic);
    this.#participation.delete(connection);
    this.#workerOf.delete(connection);
  }

  /** What became of an update, or of a connection. */
  count(effect: Extract<CoordinatorEffect, { kind: 'count' }>): void {
    this.#workers.count(effect);
  }

  event(event: RunEvent): void {
    this.#show(event);
    if (event.type !== 'round') return;
    this.#rounds.inc();
    const seconds = this.#times.roundEnded(performance.now());
    if (seconds !== undefined) this.#durations.round.observe(seconds);
  }

  evaluated(seconds: number): void {
    this.#durations.evaluation.observe(seconds);
  }

  checkpointed(seconds: number): void {
    this.#durations.checkpoint.observe(seconds);
  }

  /** In Prometheus' text format. @param standing left out where the run was over before this process began */
  async text(standing?: Standing): Promise<string> {
    if (standing) this.#set(standing);
    const [own, process] = await Promise.all([this.#registry.metrics(), processMetrics()]);
    return `${own}\n${process}`;
  }

  #set({ status, workers, traffic }: Standing): void {
    const { round, awaited, dropped, ready, connections } = this.#gauges;
    round.set(status.round);
    awaited.set(status.waiting);
    dropped.set(status.dropped);
    ready.set(status.workers);
    connections.set(status.connections);
    this.#workers.set(workers);
    for (const [connection, wire] of traffic) this.#count(connection, wire);
  }

  #count(connection: number, { sent, received }: Traffic): void {
    const before = this.#participation.get(connection) ?? { sent: 0, received: 0 };
    const more = { sent: sent - before.sent, received: received - before.received };
    this.#participation.set(connection, { sent, received });
    this.#sent.inc(more.sent);
    this.#received.inc(more.received);
    const worker = this.#workerOf.get(connection);
    if (worker !== undefined) this.#workers.traffic(worker, more);
  }

  /** Gauges say what the last event did. */
  #show(event: RunEvent): void {
    if (event.type === 'round') {
      this.#loss.set(event.loss);
      this.#gauges.round.set(event.round);
    } else if (event.type === 'evaluation') this.#accuracy.set({ on: event.on }, event.accuracy);
    else if (event.type === 'clients') this.#accuracy.set({ on: 'clients' }, event.mean);
  }
}
