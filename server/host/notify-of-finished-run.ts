/** Notifies the workers of a run that has finished: its coordinator ended before all of them had heard of it. */
import { EffectRunner, Timers } from '../../execution/host/index.js';
import type { Address, ListenOptions } from '../../transport/host/index.js';
import { readEvents, type RunDirectory } from '../../records/host/index.js';
import {
  type CoordinatorEffect,
  type CoordinatorEvent,
  type CoordinatorSettings,
  ShutdownNotifier,
  type TimerName,
} from '../index.js';
import { readWorkerRecords, writeWorkerRecords } from './worker-records-file.js';
import { ServerMetrics } from './metrics.js';
import { Sockets } from './sockets.js';

export interface NotificationOptions extends ListenOptions {
  readonly onListening?: (address: Address) => void;
  readonly log?: (level: 'info' | 'warn', sentence: string, fields?: object) => void;
  readonly signal?: AbortSignal;
}

/** How long workers may take to read what they were told last. */
const CLOSE_MS = 6_000;

/** Tells the workers that were not told yet, if there are any. */
export async function notifyOfFinishedRun(
  directory: RunDirectory,
  settings: CoordinatorSettings,
  options: NotificationOptions,
): Promise<void> {
  const file = directory.file('workers.json');
  const members = readWorkerRecords(file);
  if (members === undefined) return;
  // Nobody comes back to a port that was any.
  if (members.members.length === 0 || options.port === 0) return;
  const { signal, log } = options;
  let effects: CoordinatorEffect[] = [];
  const notifier = new ShutdownNotifier(members, settings.shutdownMs, (effect) => effects.push(effect));
  const after = (act: () => void) => {
    effects = [];
    act();
    return effects;
  };
  const handle = (event: CoordinatorEvent) =>
    after(() => {
      notifier.handle(event);
    });
  const perform = (effect: CoordinatorEffect) => {
    if (effect.kind === 'send' || effect.kind === 'close') sockets.perform(effect);
    else if (effect.kind === 'setTimer') timers.set(effect.name, effect.afterMs);
    else if (effect.kind === 'persistWorkers') writeWorkerRecords(file, effect.members);
    else if (effect.kind === 'log') log?.(effect.level, effect.sentence, effect.fields);
    else if (effect.kind === 'exit') runner.exit(effect.error);
  };
  const runner = new EffectRunner<CoordinatorEvent, CoordinatorEffect, undefined>(
    { handle },
    { perform, hostFailed: (error) => ({ kind: 'hostFailed', error }) },
  );
  const tell = (event: CoordinatorEvent) => {
    runner.tell(event);
  };
  const sockets = new Sockets(settings, tell, log);
  const timers = new Timers<TimerName>((name) => {
    tell({ kind: 'timer', name });
  });
  const interrupt = () => {
    tell({ kind: 'interrupt' });
  };
  const status = () => ({ isOver: true });
  const isHealthy = () => runner.failure === undefined;
  const metrics = new ServerMetrics(readEvents(directory.path));
  const address = await sockets.listen(options, { status, isHealthy, metrics: () => metrics.text() });
  options.onListening?.(address);
  signal?.addEventListener('abort', interrupt);
  runner.start(() =>
    after(() => {
      notifier.begin([]);
    }),
  );
  if (signal?.aborted) interrupt();
  try {
    await runner.over;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    timers.clearAll();
    await sockets.close(CLOSE_MS);
  }
}
