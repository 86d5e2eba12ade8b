import { expect } from 'chai';
import { buildFederation, parseRecipe } from '../../recipe/index.js';
import {
  Coordinator,
  defaultSettings,
  GossipCoordinator,
  newWorkerRecords,
  type CoordinatorEffect,
} from '../../server/index.js';
import { CoordinatorDriver } from '../support/coordinator-driver.js';
import { tinyRecipe } from '../support/network.js';
import { plainHello } from '../support/plain-hello.js';

const error = new Error('the disk is full');

/** What the workers hear, and how the process ends. */
const ending = (effects: readonly CoordinatorEffect[]) =>
  effects.flatMap((effect): (string | Error | undefined)[] => {
    if (effect.kind === 'send' && effect.message.kind === 'goodbye') {
      return [`${effect.message.reason}, back in ${effect.message.retryAfterMs ?? 0} ms`];
    }
    if (effect.kind === 'close') return [`close: ${effect.reason}`];
    return effect.kind === 'exit' ? [effect.error] : [];
  });

const awayAndExit = ['goingAway, back in 2000 ms', 'close: goingAway', error];

describe('a coordinator whose host has failed', () => {
  const gossip = { kind: 'gossip', batchSize: 10 };
  for (const [family, fields] of [
    ['federated', {}],
    ['gossip', { algorithm: gossip, topology: 'ring' }],
  ] as const) {
    it(`tells its workers to come back, and ends with the error; nothing follows (${family})`, () => {
      const federation = buildFederation(parseRecipe(tinyRecipe(fields)));
      const { algorithm } = federation;
      const start = { federation, settings: defaultSettings, members: newWorkerRecords('run', 'key') };
      const coordinator =
        algorithm.family === 'federated'
          ? new Coordinator({ ...start, algorithm })
          : new GossipCoordinator(start);
      coordinator.start(0);
      coordinator.handle({ kind: 'connected', connection: 1 }, 0);
      const effects = coordinator.handle({ kind: 'hostFailed', error }, 1);
      expect(ending(effects)).to.deep.equal(awayAndExit);
      expect(coordinator.status.isOver).to.equal(true);
      expect(coordinator.handle({ kind: 'connected', connection: 2 }, 2)).to.deep.equal([]);
      const hello = { kind: 'message' as const, connection: 2, message: plainHello('a test') };
      expect(coordinator.handle(hello, 2)).to.deep.equal([]);
      expect(coordinator.handle({ kind: 'timer', name: 'heartbeat' }, 90_000)).to.deep.equal([]);
    });
  }

  it('tells nobody that the run is over where its record could not be written', () => {
    const host = new CoordinatorDriver({ rounds: 1 });
    const { connection } = host.join();
    const [task] = host.sent(connection, 'task');
    const last = host.answers(task);
    let effects: CoordinatorEffect[] = [];
    // Driven by hand: the write of the record fails.
    for (const message of last) {
      effects = host.coordinator.handle({ kind: 'message', connection, message }, host.now);
    }
    const evaluates = effects.find((effect) => effect.kind === 'evaluate');
    if (evaluates?.kind === 'evaluate') {
      const event = { type: 'evaluation' as const, round: 1, on: 'test' as const, accuracy: 0.5, loss: 1 };
      effects = host.coordinator.handle({ kind: 'evaluated', round: 1, events: [event] }, host.now);
    }
    expect(effects.map(({ kind }) => kind)).to.include('finish');
    expect(ending(host.coordinator.handle({ kind: 'hostFailed', error }, host.now))).to.deep.equal(
      awayAndExit,
    );
  });

  it('ends at once in the shutdown notice too, and keeps who has not heard of it', () => {
    const host = new CoordinatorDriver({ rounds: 1 });
    const { connection } = host.join();
    for (const answer of host.answers(host.sent(connection, 'task')[0])) host.send(connection, answer);
    const late = host.connect();
    const before = host.effects.length;
    host.tell({ kind: 'hostFailed', error });
    const effects = host.effects.slice(before);
    expect(ending(effects)).to.deep.equal(['done, back in 0 ms', 'close: done', error]);
    expect(effects).to.deep.include({
      kind: 'close',
      connection: late,
      reason: 'done',
      sentence: 'The run is over.',
    });
    expect(effects.map(({ kind }) => kind)).not.to.include('persistWorkers');
  });

  it('logs why a worker leaves, once', () => {
    const host = new CoordinatorDriver();
    const { connection, welcome } = host.join();
    const sentence = 'the disk is full';
    for (let i = 0; i < 3; i++) host.send(connection, { kind: 'goodbye', reason: 'failed', sentence });
    const lines = host.effects.flatMap((effect) => (effect.kind === 'log' ? [effect] : []));
    expect(lines.filter(({ sentence: said }) => said.includes('leaves'))).to.deep.equal([
      {
        kind: 'log',
        level: 'warn',
        sentence: `worker ${welcome.worker} leaves: the disk is full`,
        fields: { worker: welcome.worker, reason: 'failed' },
      },
    ]);
  });
});
