import { expect } from 'chai';
import { DivergedError } from '../../errors/index.js';
import { tensorOf } from '../../protocol/index.js';
import { parseKeys } from '../../server/index.js';
import { CoordinatorDriver, type Task } from '../support/coordinator-driver.js';

/** What it was asked last. */
function lastTask(host: CoordinatorDriver, connection: number): Task {
  const task = host.sent(connection, 'task').at(-1);
  if (task === undefined) throw new Error('no task was sent');
  return task;
}

describe('a coordinator', () => {
  it('goes from round to round, each answer counting once however often it comes', () => {
    const host = new CoordinatorDriver();
    const { connection } = host.join();
    for (let round = 1; round <= 4; round++) {
      const answers = host.answers(lastTask(host, connection));
      for (const answer of answers) {
        host.send(connection, answer);
        host.send(connection, answer);
      }
    }
    expect(host.rounds.map(({ answered, missing }) => [answered, missing])).to.deep.equal(
      Array.from({ length: 4 }, () => [3, []]),
    );
    // Each is told twice, but for the last: its first arrival ended the run.
    expect(host.sent(connection, 'accepted')).to.have.length(23);
    expect(host.sent(connection, 'refused')).to.have.length(0);
    expect(host.sent(connection, 'goodbye').map(({ reason }) => reason)).to.deep.equal(['done']);
  });

  it('tells a late client the round that it may submit to next, not the one before', () => {
    const host = new CoordinatorDriver({ network: { deadline: 10 } });
    const { connection } = host.join();
    const [first, second, third] = host.answers(lastTask(host, connection));
    host.send(connection, first);
    host.send(connection, second);
    host.tell({ kind: 'timer', name: 'deadline' });
    expect(host.rounds.map(({ missing, why }) => [missing, why])).to.deep.equal([
      [[third.client], { [third.client]: 'deadline' }],
    ]);
    const task = lastTask(host, connection);
    expect(task.round).to.equal(2);
    host.send(connection, third);
    const [{ reason, next }] = host.sent(connection, 'refused');
    const isAsked = task.to.some(({ client }) => client === third.client);
    expect([reason, next]).to.deep.equal(['late', isAsked ? 2 : 3]);
  });

  it('ends a round at its deadline only with the minimum of updates, and looks again', () => {
    const host = new CoordinatorDriver({ network: { deadline: 10, minimumUpdates: 2 } });
    const { connection } = host.join();
    const [first, second] = host.answers(lastTask(host, connection));
    host.send(connection, first);
    host.tell({ kind: 'timer', name: 'deadline' });
    expect(host.rounds).to.have.length(0);
    expect(host.effects.at(-1)).to.deep.equal({ kind: 'setTimer', name: 'deadline', afterMs: 10_000 });
    host.send(connection, second);
    host.tell({ kind: 'timer', name: 'deadline' });
    expect(host.rounds.map(({ answered }) => answered)).to.deep.equal([2]);
  });

  it('asks more clients than it wants where the recipe says so, and takes the first', () => {
    const host = new CoordinatorDriver({ network: { overSelection: 1.5 } });
    const { connection } = host.join();
    const answers = host.answers(lastTask(host, connection));
    expect(answers).to.have.length(5);
    for (const answer of answers.slice(1, 4)) host.send(connection, answer);
    const [{ answered, missing, why }] = host.rounds;
    const late = [answers[0].client, answers[4].client];
    expect([answered, missing]).to.deep.equal([3, late]);
    expect(Object.values(why ?? {})).to.deep.equal(late.map(() => 'enough others were faster'));
    expect(host.sent(connection, 'cancel')[0].clients).to.deep.equal(late);
  });

  it('waits for a worker that has gone, and gives it its work when it is back, without the model that it holds', () => {
    const host = new CoordinatorDriver();
    const { connection, welcome } = host.join();
    const task = lastTask(host, connection);
    const [first, ...others] = host.answers(task);
    host.send(connection, first);
    host.tell({ kind: 'closed', connection, code: 1006 });
    expect(host.rounds).to.have.length(0);
    const { worker, secret, run } = welcome;
    const back = host.join({ resume: { worker, secret, run }, holds: Object.values(task.sha256) });
    expect(back.welcome.worker).to.equal(worker);
    const again = lastTask(host, back.connection);
    expect(again.to.map(({ client }) => client)).to.deep.equal(others.map(({ client }) => client));
    expect([...again.tensors.keys()]).to.deep.equal([]);
    for (const answer of others) host.send(back.connection, answer);
    expect(host.rounds.map(({ answered }) => answered)).to.deep.equal([3]);
  });

  it('begins the first round again where it stopped before it was over', () => {
    const host = new CoordinatorDriver();
    const { connection, welcome } = host.join();
    const before = lastTask(host, connection);
    host.send(connection, host.answers(before)[0]);
    host.restart();
    const { worker, secret, run } = welcome;
    const back = host.join({ resume: { worker, secret, run } });
    const after = lastTask(host, back.connection);
    expect([after.round, after.to, after.sha256]).to.deep.equal([1, before.to, before.sha256]);
    expect(back.welcome.clients).to.deep.equal(welcome.clients);
  });

  it('refuses what is not an update of this round, with a reason each', () => {
    const host = new CoordinatorDriver({ network: { normBound: 100 } }, { workers: 2 });
    const { connection } = host.join({ claim: { kind: 'clients', ranges: [[0, 5]] } });
    const task = lastTask(host, connection);
    const [answer] = host.answers(task);
    const asked = new Set(task.to.map(({ client }) => client));
    const idle = [0, 1, 2, 3, 4, 5].find((client) => !asked.has(client)) ?? -1;
    const weights = answer.tensors.get('delta');
    if (weights === undefined) throw new Error('FedAvg answers its delta');
    const vector = (fill: number, length = weights.length) =>
      new Map([['delta', tensorOf(new Float32Array(length).fill(fill))]]);
    const half = {
      encoding: 'float16' as const,
      length: weights.length,
      bytes: new Uint8Array(2 * weights.length),
    };
    const bad: [string, Partial<typeof answer>][] = [
      ['early', { round: 2 }],
      ['late', { round: 0 }],
      ['notAsked', { client: idle }],
      ['notYours', { client: 6 }],
    ];
    for (const [, change] of bad) host.send(connection, { ...answer, ...change });
    expect(host.sent(connection, 'refused').map(({ reason }) => reason)).to.deep.equal(
      bad.map(([reason]) => reason),
    );
    // These are this client's own fault: it is asked again, and given up after the third.
    const own: [string, Partial<typeof answer>][] = [
      ['shape', { tensors: vector(0, 3) }],
      ['shape', { vectors: { other: 'delta' } }],
      ['encoding', { tensors: new Map([['delta', half]]) }],
      ['notFinite', { tensors: vector(NaN) }],
      ['shape', { scalars: {} }],
      ['norm', { tensors: vector(99) }],
      ['norm', { tensors: vector(1e30) }],
      ['samples', { samples: answer.samples + 1 }],
    ];
    for (const [reason, change] of own) {
      const fresh = new CoordinatorDriver({ network: { normBound: 100 } });
      const { connection: own } = fresh.join();
      for (let attempt = 0; attempt < 3; attempt++) {
        expect(lastTask(fresh, own).to.find(({ client }) => client === answer.client)?.attempt).to.equal(
          attempt,
        );
        fresh.send(own, { ...answer, ...change, attempt });
      }
      expect(fresh.sent(own, 'refused').map((refused) => refused.reason)).to.deep.equal([
        reason,
        reason,
        reason,
      ]);
      for (const other of host.answers(task).slice(1)) fresh.send(own, other);
      expect(fresh.rounds.map(({ missing }) => missing)).to.deep.equal([[answer.client]]);
    }
  });

  it('ends the run where nobody is left whose update counts', () => {
    const host = new CoordinatorDriver();
    const { connection } = host.join();
    for (let attempt = 0; attempt < 3; attempt++) {
      for (const answer of host.answers(host.sent(connection, 'task')[0])) {
        host.send(connection, { ...answer, attempt, scalars: {} });
      }
    }
    const exit = host.effects.find((effect) => effect.kind === 'exit');
    expect(exit?.error?.message).to.include('round 1 has no update that counts');
  });

  it('says that training diverged where no update is finite, as the simulator does', () => {
    const host = new CoordinatorDriver();
    const { connection } = host.join();
    const weights = host.federation.model.manifest.length;
    for (let attempt = 0; attempt < 3; attempt++) {
      for (const answer of host.answers(host.sent(connection, 'task')[0])) {
        const tensors = new Map([['delta', tensorOf(new Float32Array(weights).fill(NaN))]]);
        host.send(connection, { ...answer, attempt, tensors });
      }
    }
    const [refused] = host.sent(connection, 'refused');
    expect(refused.sentence).to.include(
      "'delta' holds NaN or infinite values: training diverged at this client",
    );
    const exit = host.effects.find((effect) => effect.kind === 'exit');
    expect(exit?.error).to.be.instanceOf(DivergedError);
    expect(exit?.error?.message).to.match(
      /^training diverged in round 1 of fedavg, client \d with algorithm.optimizer/,
    );
  });

  it('turns away who has no token, another secret, other kernels, plugins or clients that are taken', () => {
    const host = new CoordinatorDriver({}, { token: 'right', workers: 2 });
    const credential = { kind: 'token' as const, token: 'right' };
    const { connection, welcome } = host.join({ credential });
    const cases: [string, Parameters<CoordinatorDriver['join']>[0]][] = [
      ['unauthorized', {}],
      ['unauthorized', { credential: { kind: 'token', token: 'wrong' } }],
      ['unauthorized', { credential, resume: { run: 'run', worker: welcome.worker, secret: 'wrong' } }],
      ['wrongRun', { credential, resume: { run: 'other', worker: welcome.worker, secret: welcome.secret } }],
      ['engineDiffers', { credential, engine: { kind: 'wasm', kernel: '0'.repeat(64) } }],
      ['pluginsDiffer', { credential, plugins: { 'plugin a.js': '0'.repeat(64) } }],
      ['clientsTaken', { credential, claim: { kind: 'clients', ranges: [[2, 3]] } }],
      ['noSuchClient', { credential, claim: { kind: 'clients', ranges: [[3, 6]] } }],
    ];
    for (const [reason, hello] of cases) {
      expect(() => host.join(hello)).to.throw(`"reason":"${reason}"`);
    }
    host.join({ credential });
    expect(() => host.join({ credential })).to.throw('"reason":"full"');
    expect(host.sent(connection, 'goodbye')).to.deep.equal([]);
    expect(host.sent(connection, 'task')).to.have.length(1);
  });

  it('divides clients evenly among the workers that are expected, whoever names its own', () => {
    const sizes = (workers: number, ...claims: (readonly [number, number])[]) => {
      const host = new CoordinatorDriver({}, { workers });
      return Array.from({ length: workers }, (_, index) => {
        const claim = claims.at(index);
        const own = claim && {
          claim: { kind: 'clients' as const, ranges: [[...claim] as [number, number]] },
        };
        return host.join(own).welcome.clients.reduce((sum, [first, last]) => sum + last - first + 1, 0);
      });
    };
    expect(sizes(4)).to.deep.equal([2, 2, 1, 1]);
    expect(sizes(5)).to.deep.equal([2, 1, 1, 1, 1]);
    expect(sizes(2, [0, 1])).to.deep.equal([2, 4]);
    expect(sizes(3, [5, 5])).to.deep.equal([1, 3, 2]);
  });

  it('lets a worker with a key have the clients of its key, and no others', () => {
    const keys = parseKeys(
      '# two machines\n0-2 key-of-the-first-three\n\n3-5 key-of-the-others-00 # rented\n',
    );
    const host = new CoordinatorDriver({}, { keys, workers: 2 });
    const credential = { kind: 'key' as const, key: 'key-of-the-others-00' };
    const claim = (first: number, last: number) => ({
      claim: { kind: 'clients' as const, ranges: [[first, last] as [number, number]] },
    });
    for (const hello of [
      {},
      { credential: { kind: 'token' as const, token: 'key-of-the-others-00' } },
      { credential: { kind: 'key' as const, key: 'key-of-the-others-01' } },
      { credential, ...claim(2, 3) },
    ]) {
      expect(() => host.join(hello)).to.throw('"reason":"unauthorized"');
    }
    const { connection, welcome } = host.join({ credential });
    expect(welcome.clients).to.deep.equal([[3, 5]]);
    host.tell({ kind: 'closed', connection, code: 1006 });
    const other = { kind: 'key' as const, key: 'key-of-the-first-three' };
    expect(() => host.join({ credential: other, resume: welcome })).to.throw('"reason":"unauthorized"');
    expect(host.join({ credential, resume: welcome }).welcome.worker).to.equal(welcome.worker);
    expect(() => parseKeys('0-2 short')).to.throw('it could be guessed');
    expect(() => parseKeys('0-2')).to.throw('must be clients and a key');
    expect(() => parseKeys('1 a b')).to.throw('must be clients and a key');
  });

  it('hands over the clients of a worker that is away, and records that what they kept is lost', () => {
    const host = new CoordinatorDriver({}, { workers: 2 });
    const { connection } = host.join({ claim: { kind: 'clients', ranges: [[0, 5]] } });
    const counted = lastTask(host, connection).to.map(({ client }) => client);
    for (const answer of host.answers(lastTask(host, connection))) host.send(connection, answer);
    host.tell({ kind: 'closed', connection, code: 1006 });
    const other = host.join({ claim: { kind: 'clients', ranges: [[0, 5]] } });
    const asked = lastTask(host, other.connection).to.map(({ client }) => client);
    for (let round = 2; round <= 3; round++) {
      for (const answer of host.answers(lastTask(host, other.connection)))
        host.send(other.connection, answer);
    }
    const [now, later] = [true, false].map((isNow) =>
      counted.filter((client) => asked.includes(client) === isNow),
    );
    const resets = host.rounds.map(({ reset = [] }) => reset);
    expect(resets).to.deep.equal([[], now, later]);
  });

  it('tells a worker for which no client is free how it takes over those whose worker is away', () => {
    const host = new CoordinatorDriver({}, { workers: 2 });
    const lost = host.join({
      claim: {
        kind: 'clients',
        ranges: [
          [0, 2],
          [4, 4],
        ],
      },
    });
    host.join({ claim: { kind: 'any' } });
    expect(() => host.join({ claim: { kind: 'any' } })).to.throw('every client has a worker already"');
    host.tell({ kind: 'closed', connection: lost.connection, code: 1006 });
    const successor = host.connect();
    host.greet(successor, { claim: { kind: 'any' } });
    const [{ reason, sentence }] = host.sent(successor, 'goodbye');
    expect(reason).to.equal('full');
    expect(sentence).to.include('join with --clients 0-2,4 to take these over');
    const { welcome } = host.join({
      claim: {
        kind: 'clients',
        ranges: [
          [0, 2],
          [4, 4],
        ],
      },
    });
    expect(welcome.clients).to.deep.equal([
      [0, 2],
      [4, 4],
    ]);
  });

  it('gives the clients back of a worker that is lost before it is ready, and takes it in again by its name', () => {
    const host = new CoordinatorDriver();
    const lost = host.connect();
    host.greet(lost);
    const [{ worker, run, secret }] = host.sent(lost, 'welcome');
    expect(() => host.join()).to.throw('"reason":"full"');
    host.tell({ kind: 'closed', connection: lost, code: 1006 });
    // Nobody could resume who the lost one was: its clients are free.
    const { welcome, connection } = host.join();
    expect(welcome.clients).to.deep.equal([[0, 5]]);
    expect(welcome.worker).not.to.equal(worker);
    // Should it have kept its name after all, it is asked nothing of what is another's now.
    expect(() => host.join({ resume: { worker, run, secret } })).to.throw('"reason":"full"');
    host.tell({ kind: 'closed', connection, code: 1006 });
    expect(() => host.join({ resume: { worker, run, secret } })).to.throw('"reason":"full"');
  });

  it('takes a name for new that was given out before it restarted, and no other', () => {
    const host = new CoordinatorDriver();
    const lost = host.connect();
    host.greet(lost);
    const [{ worker, run, secret }] = host.sent(lost, 'welcome');
    host.restart();
    const { welcome } = host.join({ resume: { worker, run, secret } });
    expect([welcome.worker, welcome.clients]).to.deep.equal([worker, [[0, 5]]]);
    expect(() => host.join({ claim: { kind: 'any' } })).to.throw('"reason":"full"');
  });

  it('gives up who is silent, and who never finishes the handshake; pings show that it is alive itself', () => {
    const heartbeat = { everyMs: 1000, timeoutMs: 3000 };
    const host = new CoordinatorDriver({}, { heartbeat, handshakeMs: 2000 });
    const { connection } = host.join();
    const slow = host.connect();
    for (host.now = 500; host.now <= 3500; host.now += 500) host.tell({ kind: 'timer', name: 'heartbeat' });
    expect(host.sent(slow, 'goodbye').map(({ reason }) => reason)).to.deep.equal(['slowHandshake']);
    expect(host.sent(connection, 'ping').length).to.be.within(2, 3);
    expect(host.sent(connection, 'goodbye').map(({ reason }) => reason)).to.deep.equal(['silent']);
  });

  it('gives up nobody for a time in which it stood still itself', () => {
    const heartbeat = { everyMs: 1000, timeoutMs: 3000 };
    const host = new CoordinatorDriver({}, { heartbeat, handshakeMs: 2000 });
    const { connection } = host.join();
    const young = host.connect();
    const tick = () => {
      host.tell({ kind: 'timer', name: 'heartbeat' });
    };
    const goodbyes = () => [connection, young].flatMap((one) => host.sent(one, 'goodbye'));
    host.now = 500;
    tick();
    host.now = 60_000;
    tick();
    expect(goodbyes()).to.deep.equal([]);
    for (; host.now <= 63_000; host.now += 500) tick();
    expect(goodbyes().map(({ reason }) => reason)).to.have.members(['silent', 'slowHandshake']);
  });

  it('does not give up who trains for long: any message, or a part of one, is a sign of life', () => {
    const heartbeat = { everyMs: 1000, timeoutMs: 3000 };
    const host = new CoordinatorDriver({}, { heartbeat });
    const { connection } = host.join();
    for (host.now = 500; host.now <= 60_000; host.now += 500) {
      host.tell({ kind: 'timer', name: 'heartbeat' });
      if (host.now % 2000 === 0) host.send(connection, { kind: 'ping', id: host.now });
      else if (host.now % 1000 === 0) host.tell({ kind: 'heard', connection });
    }
    expect(host.sent(connection, 'goodbye')).to.deep.equal([]);
    expect(host.sent(connection, 'pong')).to.have.length(30);
  });

  it('tells who takes part only once that is durable', () => {
    const host = new CoordinatorDriver();
    host.join();
    const order = host.effects.map((effect) => (effect.kind === 'send' ? effect.message.kind : effect.kind));
    expect(order.indexOf('persistWorkers')).to.be.within(0, order.indexOf('welcome') - 1);
  });

  it('says goodbye only once the model and the record are durable', () => {
    const host = new CoordinatorDriver({ rounds: 1 });
    const { connection } = host.join();
    for (const answer of host.answers(lastTask(host, connection))) host.send(connection, answer);
    const order = host.effects.map((effect) => (effect.kind === 'send' ? effect.message.kind : effect.kind));
    expect(order.indexOf('finish')).to.be.within(0, order.indexOf('goodbye') - 1);
    expect(order).not.to.include('exit');
    host.tell({ kind: 'closed', connection, code: 1000 });
    expect(host.effects.at(-1)?.kind).to.equal('exit');
  });

  it('stays at the end for a worker that is away, at most for the stated time', () => {
    for (const comesBack of [true, false]) {
      const host = new CoordinatorDriver(
        { rounds: 1, algorithm: { kind: 'fedavg', fraction: 1 } },
        { workers: 2 },
      );
      const [away, here] = [host.join(), host.join()];
      for (const { connection } of [away, here]) {
        for (const answer of host.answers(lastTask(host, connection))) host.send(connection, answer);
        if (connection === away.connection) host.tell({ kind: 'closed', connection, code: 1006 });
      }
      host.tell({ kind: 'closed', connection: here.connection, code: 1000 });
      expect(host.effects.map(({ kind }) => kind)).not.to.include('exit');
      if (comesBack) {
        const connection = host.connect();
        host.greet(connection, { resume: away.welcome });
        expect(host.sent(connection, 'goodbye').map(({ reason }) => reason)).to.deep.equal(['done']);
        host.tell({ kind: 'closed', connection, code: 1000 });
      } else host.tell({ kind: 'timer', name: 'shutdown' });
      expect(host.effects.at(-1)?.kind).to.equal('exit');
      expect(host.members.members.map(({ worker }) => worker)).to.deep.equal(
        comesBack ? [] : [away.welcome.worker],
      );
    }
  });
});
