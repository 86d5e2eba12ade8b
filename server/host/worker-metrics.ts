/**
 * Metrics of each worker. The number of series is bounded: the first workers have series of their own, all later ones share
 * the label `other`, so that sums over workers stay right.
 */
import { Counter, Gauge, Summary, type Registry } from 'prom-client';
import type { Traffic } from '../../transport/index.js';
import type { CoordinatorEffect, WorkerStatus } from '../index.js';

/** Workers with series of their own. */
export const MOST_WORKERS = 1000;
const OTHER = 'other';

export class WorkerMetrics {
  readonly #named = new Set<string>();
  readonly #clients: Gauge;
  readonly #connected: Gauge;
  readonly #lastSeen: Gauge;
  readonly #updates: Counter;
  readonly #turnedAway: Counter;
  readonly #sent: Counter;
  readonly #received: Counter;
  readonly #duration: Summary;

  constructor(
    registry: Registry,
    readonly most = MOST_WORKERS,
  ) {
    const registers = [registry];
    const labelNames = ['worker'];
    this.#connected = new Gauge({
      name: 'murmur_worker_connected',
      help: '1 while the worker takes part, else 0; for other, how many take part.',
      labelNames,
      registers,
    });
    this.#clients = new Gauge({
      name: 'murmur_worker_clients',
      help: 'Clients or nodes that the worker hosts.',
      labelNames,
      registers,
    });
    this.#lastSeen = new Gauge({
      name: 'murmur_worker_last_seen_timestamp_seconds',
      help: 'When a message of the worker last arrived, in seconds since 1970.',
      labelNames,
      registers,
    });
    this.#updates = new Counter({
      name: 'murmur_updates_total',
      help: 'Updates of clients by result (accepted, refused or failed), and why they were refused.',
      labelNames: ['result', 'reason', 'worker'],
      registers,
    });
    this.#turnedAway = new Counter({
      name: 'murmur_turned_away_total',
      help: 'Connections that were closed for what they said, by reason; without a worker before their handshake.',
      labelNames: ['reason', 'worker'],
      registers,
    });
    this.#sent = new Counter({
      name: 'murmur_worker_sent_bytes_total',
      help: 'Bytes sent to the worker.',
      labelNames,
      registers,
    });
    this.#received = new Counter({
      name: 'murmur_worker_received_bytes_total',
      help: 'Bytes received from the worker.',
      labelNames,
      registers,
    });
    this.#duration = new Summary({
      name: 'murmur_worker_update_duration_seconds',
      help: 'Time from sending a task to the worker until its update arrives.',
      labelNames,
      percentiles: [],
      registers,
    });
  }

  #label(worker: string): string {
    if (this.#named.size < this.most) this.#named.add(worker);
    return this.#named.has(worker) ? worker : OTHER;
  }

  count({ what, worker, reason = '' }: Extract<CoordinatorEffect, { kind: 'count' }>): void {
    const label = worker === undefined ? '' : this.#label(worker);
    if (what === 'turnedAway') this.#turnedAway.inc({ reason, worker: label });
    else this.#updates.inc({ result: what, reason, worker: label });
  }

  answered(worker: string, seconds: number): void {
    this.#duration.observe({ worker: this.#label(worker) }, seconds);
  }

  seen(worker: string): void {
    const label = this.#label(worker);
    if (label !== OTHER) this.#lastSeen.set({ worker: label }, Date.now() / 1000);
  }

  traffic(worker: string, { sent, received }: Traffic): void {
    const label = { worker: this.#label(worker) };
    this.#sent.inc(label, sent);
    this.#received.inc(label, received);
  }

  /** Sets what is known of all workers now. */
  set(workers: readonly WorkerStatus[]): void {
    this.#connected.reset();
    this.#clients.reset();
    for (const { worker, clients, isConnected } of workers) {
      const label = { worker: this.#label(worker) };
      this.#connected.inc(label, isConnected ? 1 : 0);
      this.#clients.inc(label, clients);
    }
  }
}
