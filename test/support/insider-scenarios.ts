/** Federated runs of two honest workers and an insider whose messages, or those to it, are mutated one at a time. */
import type { Message, MessageKind, Way } from '../../protocol/index.js';
import { deployment, type Deployment, type MemoryRunOptions } from './memory-run.js';

type Direction = Exclude<Way, 'toPeer'>;

/** A message of the undisturbed run that is mutated: the nth of its kind, counted from 0. */
export interface Target {
  readonly way: Direction;
  readonly kind: MessageKind;
  readonly nth: number;
  /** What is sent in its place, and mutated; left out, the message itself. */
  readonly instead?: (message: Message) => Message;
  /** Whether the message itself goes before it. */
  readonly isExtra?: boolean;
}

export interface InsiderScenario {
  readonly name: string;
  readonly deployment: Deployment;
  readonly targets: readonly Target[];
  readonly options?: Pick<MemoryRunOptions, 'drawsOther' | 'restarts'>;
}

const recipe = (fields: Readonly<Record<string, unknown>>) =>
  JSON.stringify({
    name: 'insider',
    seed: 3,
    data: { dataset: { kind: 'synthetic', clients: 6, dimension: 9 }, partition: 'natural' },
    model: 'logistic',
    rounds: 2,
    ...fields,
  });

const training = { fraction: 1, amount: { steps: 2 }, batchSize: 5 };

const up = (kind: MessageKind, nth = 0): Target => ({ way: 'toCoordinator', kind, nth });
const down = (kind: MessageKind, nth = 0): Target => ({ way: 'toWorker', kind, nth });

const progress = { round: 1, waiting: 1, training: 1, done: 0 };
/** Messages that the run in memory, where nothing takes time, does not have by itself. */
const extras: readonly Target[] = [
  { ...up('ready'), isExtra: true, instead: () => ({ kind: 'ping', id: 3, progress }) },
  { ...up('ready'), isExtra: true, instead: () => ({ kind: 'pong', id: 3, progress }) },
  {
    ...up('ready'),
    isExtra: true,
    instead: () => ({ kind: 'goodbye', reason: 'goingAway', sentence: 'back soon', retryAfterMs: 5 }),
  },
  {
    ...up('update'),
    instead: (message) => {
      if (message.kind !== 'update') throw new TypeError('only an update is replaced');
      const { round, client, attempt } = message;
      return { kind: 'failed', round, client, attempt, sentence: 'no memory' };
    },
  },
  { ...down('accepted'), isExtra: true, instead: () => ({ kind: 'ping', id: 3 }) },
  { ...down('accepted'), isExtra: true, instead: () => ({ kind: 'pong', id: 3 }) },
  {
    ...down('task'),
    instead: (message) => {
      if (message.kind !== 'task') throw new TypeError('only a task is replaced');
      return { kind: 'cancel', round: message.round, clients: message.to.map(({ client }) => client) };
    },
  },
];

const workers: Deployment['workers'] = [
  [0, 1],
  [2, 3],
  [4, 5],
];

const scenario = (
  name: string,
  fields: Readonly<Record<string, unknown>>,
  targets: readonly Target[],
  options?: InsiderScenario['options'],
): InsiderScenario => ({
  name,
  deployment: deployment(recipe(fields), workers),
  targets,
  ...(options && { options }),
});

export const insiderScenarios = (): readonly InsiderScenario[] => [
  scenario('handshakes', { algorithm: { kind: 'fedavg', ...training }, rounds: 1 }, [
    ...[up('hello'), up('ready'), down('welcome'), down('goodbye')],
    ...extras,
  ]),
  scenario('fedavg', { algorithm: { kind: 'fedavg', ...training } }, [
    ...[up('update'), up('update', 3), down('task', 1), down('accepted'), down('committed', 1)],
  ]),
  scenario(
    'a worker that has drawn another partition and other weights',
    { algorithm: { kind: 'fedavg', ...training }, rounds: 1 },
    [down('mismatch')],
    { drawsOther: true },
  ),
  scenario('scaffold', { algorithm: { kind: 'scaffold', ...training } }, [up('update', 2), down('task', 1)]),
  scenario(
    'fednova',
    { algorithm: { kind: 'fednova', ...training, optimizer: { learningRate: 0.1, momentum: 0.5 } } },
    [up('update'), down('task')],
  ),
  scenario(
    'fedma',
    { model: { kind: 'mlp', hidden: [3] }, algorithm: { kind: 'fedma', ...training }, rounds: 2 },
    [up('update'), up('update', 2), down('task', 1)],
  ),
  scenario(
    'top-k',
    { algorithm: { kind: 'fedavg', ...training }, network: { codec: { kind: 'top-k', fraction: 0.2 } } },
    [up('update', 2)],
  ),
  scenario(
    'int8',
    { algorithm: { kind: 'fedavg', ...training }, network: { codec: { kind: 'int8', blockSize: 4 } } },
    [up('update'), down('task')],
  ),
  scenario('float16', { algorithm: { kind: 'fedprox', ...training }, network: { codec: 'float16' } }, [
    up('update'),
    down('task'),
  ]),
  scenario(
    'evaluations on clients',
    { algorithm: { kind: 'fedavg', ...training }, evaluate: { on: ['clients'] } },
    [up('evaluated'), down('evaluate')],
  ),
  scenario(
    'evaluations of a model that grows',
    {
      model: { kind: 'mlp', hidden: [3] },
      algorithm: { kind: 'fedma', ...training },
      evaluate: { every: 2, on: ['clients'] },
    },
    [down('evaluate')],
  ),
  scenario(
    'fedbuff',
    {
      algorithm: { kind: 'fedbuff', amount: { steps: 2 }, batchSize: 5 },
      schedule: { kind: 'buffered', concurrency: 6, size: 6 },
    },
    [up('update'), down('task')],
  ),
  scenario('fisher', { algorithm: { kind: 'fisher', ...training }, rounds: 1 }, [up('update')]),
  scenario('regmean', { algorithm: { kind: 'regmean', ...training }, rounds: 1 }, [up('update')]),
];
