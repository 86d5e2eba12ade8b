import { expect } from 'chai';
import { CoordinatorDriver } from '../support/coordinator-driver.js';

describe('the log of whom a run waits for', () => {
  const waits = (host: CoordinatorDriver) =>
    host.effects.flatMap((effect) =>
      effect.kind === 'log' && effect.sentence.includes('has waited') ? [effect.sentence] : [],
    );
  /** The heartbeat's ticks of so many seconds. */
  const wait = (host: CoordinatorDriver, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      host.now += 1000;
      host.tell({ kind: 'timer', name: 'heartbeat' });
    }
  };

  it('names clients and why, once, then at growing intervals', () => {
    const algorithm = { kind: 'fedavg', fraction: 1, amount: { steps: 1 }, batchSize: 10 };
    const host = new CoordinatorDriver({ algorithm }, { heartbeat: { everyMs: 1e6, timeoutMs: 1e9 } });
    const { connection } = host.join({ claim: { kind: 'clients', ranges: [[0, 1]] } });
    host.join({ claim: { kind: 'clients', ranges: [[2, 3]] } });
    host.tell({ kind: 'closed', connection, code: 1006 });
    wait(host, 80);
    const what = '0, 1 (worker w1 is not connected), 2, 3 (at worker w2), 4, 5 (no worker has it)';
    expect(waits(host)).to.deep.equal([
      `round 1 has waited for 10 s for ${what}`,
      `round 1 has waited for 30 s for ${what}`,
      `round 1 has waited for 70 s for ${what}`,
    ]);
  });

  it('begins anew with the next round', () => {
    const host = new CoordinatorDriver({}, { heartbeat: { everyMs: 1e6, timeoutMs: 1e9 } });
    const { connection } = host.join();
    wait(host, 8);
    for (const answer of host.answers(host.sent(connection, 'task')[0])) host.send(connection, answer);
    wait(host, 8);
    expect(waits(host)).to.deep.equal([]);
  });

  it('names clients that have not come with their data', () => {
    const host = new CoordinatorDriver(
      {
        data: {
          dataset: {
            kind: 'declared',
            input: [2],
            columns: ['x', 'y'],
            label: 'side',
            classes: ['left', 'right'],
          },
          partition: { kind: 'local', clients: ['north', 'south'] },
        },
        evaluate: { on: ['clients'] },
      },
      { heartbeat: { everyMs: 1e6, timeoutMs: 1e9 } },
    );
    host.join({ claim: { kind: 'local', shards: [{ name: 'south', samples: 10 }] } });
    wait(host, 12);
    expect(waits(host)).to.deep.equal(['the first round has waited for 10 s for north (no worker has it)']);
  });
});
