/** What a coordinator tells Prometheus. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { RunEvent } from '../runs/index.js';
import type { AnyCoordinator } from './create.js';
import type { CoordinatorEffect } from './events.js';

interface Traffic {
  readonly sent: number;
  readonly received: number;
}

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #updates = new Counter({
    name: 'murmur_updates_total',
    help: 'Updates of clients, by whether they counted and why not.',
    labelNames: ['result', 'reason', 'worker'],
    registers: [this.#registry],
  });
  readonly #turnedAway = new Counter({
    name: 'murmur_turned_away_total',
    help: 'Connections that were closed for what they said, by the reason; without a worker before their handshake.',
    labelNames: ['reason', 'worker'],
    registers: [this.#registry],
  });
  readonly #gauges = {
    exchanges: this.#gauge('murmur_exchanges', 'Exchanges that are over.'),
    waiting: this.#gauge('murmur_clients_awaited', 'Clients whose answer is awaited.'),
    workers: this.#gauge('murmur_workers', 'Workers that are connected and ready.'),
    connections: this.#gauge('murmur_connections', 'Open connections.'),
    dropped: this.#gauge('murmur_clients_dropped', 'Clients that are not asked any more.'),
    sent: this.#gauge('murmur_bytes_sent', 'Bytes sent over the open connections.'),
    received: this.#gauge('murmur_bytes_received', 'Bytes received over the open connections.'),
    loss: this.#gauge('murmur_training_loss', 'Mean training loss of the last exchange.'),
    accuracy: this.#gauge('murmur_accuracy', 'Accuracy of the last evaluation.'),
  };

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }

  count({ what, worker = '', reason = '' }: Extract<CoordinatorEffect, { kind: 'count' }>): void {
    if (what === 'turnedAway') this.#turnedAway.inc({ reason, worker });
    else this.#updates.inc({ result: what, reason, worker });
  }

  event(event: RunEvent): void {
    if (event.type === 'exchange') this.#gauges.loss.set(event.loss);
    else if (event.type === 'evaluation') this.#gauges.accuracy.set(event.accuracy);
  }

  /** In Prometheus' text format. */
  text(status: AnyCoordinator['status'], traffic: Iterable<Traffic>): Promise<string> {
    const { exchanges, waiting, workers, connections, dropped } = this.#gauges;
    exchanges.set(status.exchanges);
    waiting.set(status.waiting);
    workers.set(status.workers);
    connections.set(status.connections);
    dropped.set(status.dropped);
    const [sent, received] = [...traffic].reduce(
      ([out, into], wire) => [out + wire.sent, into + wire.received],
      [0, 0],
    );
    this.#gauges.sent.set(sent);
    this.#gauges.received.set(received);
    return this.#registry.metrics();
  }
}
