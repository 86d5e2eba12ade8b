/** Metrics of this process: memory, CPU, open file descriptors, event loop, garbage collection. */
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges, though their names are those of counters: promtool warns of them. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Collected once in a process, whatever the number of its coordinators. */
let registry: Registry | undefined;

export function processMetrics(): Promise<string> {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  return registry.metrics();
}
