import { expect } from 'chai';
import { RoundLog } from '../../client/round-log.js';
import type { MessageOf } from '../../protocol/index.js';

const tensors = new Map();
const task = (round: number, ...clients: number[]): MessageOf<'task'> => ({
  kind: 'task',
  round,
  to: clients.map((client) => ({ client, attempt: 0, header: {}, vectors: {} })),
  sha256: {},
  tensors,
});
const update = (round: number, client: number): MessageOf<'update'> => ({
  kind: 'update',
  round,
  client,
  attempt: 0,
  header: {},
  samples: 1,
  steps: 1,
  scalars: { loss: 1 },
  vectors: {},
  tensors,
});
const committed = (round: number, ...clients: number[]): MessageOf<'committed'> => ({
  kind: 'committed',
  round,
  durable: 0,
  commits: [{ round, clients }],
});

describe("a worker's log of rounds", () => {
  let now = 0;
  let lines: [string, object][] = [];
  let log = new RoundLog(
    () => undefined,
    () => 0,
  );

  beforeEach(() => {
    now = 0;
    lines = [];
    log = new RoundLog(
      (sentence, fields) => {
        lines.push([sentence, fields]);
      },
      () => now,
    );
  });

  it('tells of a slow round when it begins, when its updates are sent, and when they are aggregated', () => {
    log.received(task(7, 1, 2));
    now = 60_000;
    log.sent(update(7, 1));
    expect(lines).to.deep.equal([['round 7 begun: 2 tasks', { round: 7, clients: 2 }]]);
    now = 90_000;
    log.sent(update(7, 2));
    now = 95_000;
    log.received(committed(7, 1, 2));
    expect(lines.slice(1)).to.deep.equal([
      ['round 7: 2 updates sent', { round: 7, clients: 2 }],
      ['round 7: 2 updates aggregated', { round: 7, clients: 2 }],
    ]);
  });

  it('summarises quick rounds in a line of each step in ten seconds, and loses none', () => {
    for (let round = 1; round <= 1000; round++) {
      log.received(task(round, 0, 1, 2));
      for (const client of [0, 1, 2]) log.sent(update(round, client));
      log.received(committed(round, 0, 1, 2));
      now += 50;
    }
    log.flush();
    // 50 seconds: a line at once, four more, and the rest.
    for (const step of ['begun', 'sent', 'aggregated']) {
      const own = lines.filter(([sentence]) => sentence.includes(step));
      expect(own.length, step).to.equal(6);
      const told = own.map(([, fields]) => (fields as { clients: number }).clients);
      expect(
        told.reduce((sum, clients) => sum + clients, 0),
        step,
      ).to.equal(3000);
    }
    expect(lines.map(([sentence]) => sentence)).to.include('rounds 2–201 begun: 600 tasks');
  });

  it('tells of a task once, however often it comes', () => {
    log.received(task(3, 1));
    now = 20_000;
    log.received(task(3, 1));
    log.flush();
    expect(lines.map(([sentence]) => sentence)).to.deep.equal(['round 3 begun: 1 tasks']);
  });

  it('does not wait for the updates of clients that were cancelled or failed', () => {
    log.received(task(3, 1, 2, 4));
    log.sent(update(3, 1));
    log.received({ kind: 'cancel', round: 3, clients: [2] });
    log.sent({ kind: 'failed', round: 3, client: 4, attempt: 0, sentence: 'why' });
    expect(lines.at(-1)).to.deep.equal(['round 3: 1 updates sent', { round: 3, clients: 1 }]);
  });
});
