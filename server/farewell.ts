/** Hosts the epilogue of a run that was finished before: its coordinator ended before all of its workers had heard. */
import { Timers, type Address, type ListenOptions } from '../hosting/index.js';
import type { RunDirectory } from '../runs/index.js';
import { Epilogue } from './epilogue.js';
import type { CoordinatorEffect, CoordinatorEvent, TimerName } from './events.js';
import { readMembers, writeMembers } from './members-file.js';
import type { CoordinatorSettings } from './settings.js';
import { Sockets } from './sockets.js';

export interface FarewellOptions extends ListenOptions {
  readonly onListening?: (address: Address) => void;
  readonly log?: (level: 'info' | 'warn', sentence: string, fields?: object) => void;
  readonly signal?: AbortSignal;
}

/** Tells the workers that were not told yet, if there are any. */
export async function sayFarewell(
  directory: RunDirectory,
  settings: CoordinatorSettings,
  options: FarewellOptions,
): Promise<void> {
  const file = directory.file('members.json');
  const members = readMembers(file);
  if (members === undefined) return;
  // Nobody comes back to a port that was any.
  if (members.members.length === 0 || options.port === 0) return;
  const { signal, log } = options;
  let exit: (() => void) | undefined;
  const over = new Promise<void>((resolve) => (exit = resolve));
  const perform = (effect: CoordinatorEffect) => {
    if (effect.kind === 'send' || effect.kind === 'close') sockets.perform(effect);
    else if (effect.kind === 'setTimer') timers.set(effect.name, effect.afterMs);
    else if (effect.kind === 'persistMembers') writeMembers(file, effect.members);
    else if (effect.kind === 'log') log?.(effect.level, effect.sentence, effect.fields);
    else if (effect.kind === 'exit') exit?.();
  };
  const epilogue = new Epilogue(members, settings.farewellMs, perform);
  const tell = (event: CoordinatorEvent) => {
    epilogue.handle(event);
  };
  const sockets = new Sockets(settings, tell, log);
  const timers = new Timers<TimerName>((name) => {
    tell({ kind: 'timer', name });
  });
  const interrupt = () => {
    tell({ kind: 'interrupt' });
  };
  const status = () => ({ isOver: true });
  const address = await sockets.listen(options, { status, metrics: () => Promise.resolve('') });
  options.onListening?.(address);
  signal?.addEventListener('abort', interrupt);
  epilogue.begin([]);
  if (signal?.aborted) interrupt();
  await over;
  signal?.removeEventListener('abort', interrupt);
  timers.clearAll();
  await sockets.close();
}
