import { expect } from 'chai';
import { Worker, type StoredState, type WorkerEffect, type WorkerEvent } from '../../client/index.js';
import { sha256 } from '../../numerics/index.js';
import { tensorOf, type MessageOf, type ToCoordinator, type ToWorker } from '../../protocol/index.js';

const digest = '0'.repeat(64);
const hashes = { recipe: digest, bits: [], data: {}, layout: digest, partition: digest, weights: digest };

/** A worker driven by hand, for the clients 0 to 3; files are written at once, training ends when the test says. */
class Working {
  readonly worker: Worker;
  now = 0;
  readonly effects: WorkerEffect[] = [];

  constructor(states: readonly StoredState[] = [], threads = 4) {
    const hello = {
      software: 'a test',
      engine: { kind: 'wasm', kernel: digest },
      plugins: {},
      claim: { kind: 'any' as const },
      encodings: ['float32'],
    };
    const identity = states.length > 0 ? { run: 'run', worker: 'w1', secret: 's' } : undefined;
    // Tasks and nodes of no recipe: what a recipe's must be is the validators' own test.
    const validator = { task: () => undefined, evaluation: () => undefined };
    const checks = { bundle: () => undefined, order: () => undefined };
    const settings = { hello, threads, entropy: 1 };
    this.worker = new Worker({ settings, validator, checks, states, identity });
    this.#perform(this.worker.start(this.now));
  }

  tell(event: WorkerEvent): void {
    this.#perform(this.worker.handle(event, this.now));
  }

  receive(message: ToWorker): void {
    this.tell({ kind: 'message', message });
  }

  #perform(effects: readonly WorkerEffect[]): void {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === 'persistIdentity') this.tell({ kind: 'identityPersisted' });
      if (effect.kind === 'persistState') {
        const { client, round, ticket } = effect;
        this.tell({ kind: 'statePersisted', client, round, ticket });
      }
      if (effect.kind === 'prepare') {
        this.tell({ kind: 'prepared', preparation: effect.preparation, hashes });
      }
    }
  }

  /** Connects and is welcomed by a coordinator that stands at a round. */
  welcome(round: number, durable = round, commits: MessageOf<'welcome'>['commits'] = []): void {
    this.tell({ kind: 'connected' });
    this.receive({
      kind: 'welcome',
      worker: 'w1',
      secret: 's',
      run: 'run',
      recipe: '{}',
      mixed: false,
      hashes,
      clients: [[0, 99]],
      round,
      durable,
      commits,
      heartbeat: { everyMs: 1000, timeoutMs: 3000 },
      limits: { chunkBytes: 1000, frameBytes: 1000 },
      tensors: new Map(),
    });
  }

  /** Asks a client to train on weights that are all `fill`. */
  ask(round: number, client: number, fill = 0, attempt = 0): void {
    const weights = new Float32Array(4).fill(fill);
    this.receive({
      kind: 'task',
      round,
      to: [{ client, attempt, header: {}, vectors: { weights: 'v0' } }],
      sha256: { v0: sha256(weights) },
      tensors: new Map([['v0', tensorOf(weights)]]),
    });
  }

  get trainings() {
    return this.effects.flatMap((effect) => (effect.kind === 'train' ? [effect] : []));
  }

  /** Ends a training, the last that was begun where no other is named. */
  trained(clientState?: unknown, index = -1): void {
    const ticket = this.trainings.at(index)?.ticket ?? 0;
    const delta = Float32Array.of(1, 2, 3, 4);
    const answer = { header: {}, vectors: { delta }, samples: 3, steps: 1, scalars: { loss: 1 } };
    this.tell({ kind: 'trained', ticket, answer, tensors: { delta: tensorOf(delta) }, clientState });
  }

  sent<Kind extends ToCoordinator['kind']>(kind: Kind): Extract<ToCoordinator, { kind: Kind }>[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'send' && isOf(effect.message, kind) ? [effect.message] : [],
    );
  }

  lost(): void {
    this.tell({ kind: 'closed', code: 1006, sentence: 'the connection was lost' });
    this.tell({ kind: 'timer', name: 'reconnect' });
  }
}

const isOf = <Kind extends ToCoordinator['kind']>(
  message: ToCoordinator,
  kind: Kind,
): message is Extract<ToCoordinator, { kind: Kind }> => message.kind === kind;

describe('a worker', () => {
  it('trains while it is not connected, and does not train twice on the same', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2);
    host.lost();
    host.trained();
    expect(host.sent('update')).to.have.length(0);
    host.welcome(0);
    expect(host.sent('update'), 'unasked').to.have.length(0);
    host.ask(1, 2);
    expect(host.sent('update')).to.have.length(1);
    host.lost();
    host.welcome(0);
    host.ask(1, 2);
    expect(host.sent('update')).to.have.length(2);
    expect(host.trainings).to.have.length(1);
    host.receive({ kind: 'accepted', round: 1, client: 2, attempt: 0 });
    host.ask(1, 2);
    expect(host.trainings, 'only an accepted answer is let go of').to.have.length(2);
  });

  it('trains again where the same round asks for something else', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2, 0);
    host.trained();
    host.lost();
    host.welcome(0);
    host.ask(1, 2, 1);
    expect([host.trainings.length, host.sent('update').length]).to.deep.equal([2, 1]);
    host.trained();
    expect(host.sent('update')).to.have.length(2);
  });

  it('says which vectors it holds, so that they need not be sent again', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2, 7);
    host.lost();
    host.tell({ kind: 'connected' });
    expect(host.sent('hello').map(({ holds }) => holds)).to.deep.equal([
      [],
      [sha256(new Float32Array(4).fill(7))],
    ]);
  });

  it('persists what a client keeps before it answers, and builds only on what counted', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2);
    host.trained('after 1');
    const order = host.effects.map((effect) => (effect.kind === 'send' ? effect.message.kind : effect.kind));
    expect(order.indexOf('persistState')).to.be.within(0, order.indexOf('update') - 1);
    host.receive({ kind: 'accepted', round: 1, client: 2, attempt: 0 });
    // Round 1 ends without it.
    host.ask(2, 2);
    expect(host.trainings.at(-1)?.clientState).to.equal(undefined);
    host.trained('after 2');
    host.receive({ kind: 'accepted', round: 2, client: 2, attempt: 0 });
    host.receive({ kind: 'committed', round: 2, durable: 0, commits: [{ round: 2, clients: [2] }] });
    host.ask(3, 2);
    expect(host.trainings.at(-1)?.clientState).to.equal('after 2');
    const forgotten = host.effects.flatMap((effect) => (effect.kind === 'forgetState' ? [effect.round] : []));
    expect(forgotten).to.deep.equal([1]);
  });

  it('returns to older states where the coordinator fell back, also after it was started again itself', () => {
    const states = [1, 2, 3].map((round) => ({ client: 2, round, state: `after ${round}` }));
    const commitsUpTo = (last: number) =>
      states.flatMap(({ round }) => (round <= last ? [{ round, clients: [2] }] : []));
    const host = new Working(states);
    host.welcome(3, 1, commitsUpTo(3));
    host.ask(4, 2);
    expect(host.trainings.at(-1)?.clientState).to.equal('after 3');
    host.lost();
    host.welcome(1, 1, commitsUpTo(1));
    host.ask(2, 2);
    expect(host.trainings.at(-1)?.clientState).to.equal('after 1');
  });

  it('trains again where the coordinator fell back to before an answer whose state is forgotten', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2);
    host.trained('after 1');
    host.lost();
    // Round 1 is over without the answer.
    host.welcome(1, 0);
    host.lost();
    host.welcome(0);
    host.ask(1, 2);
    expect(host.trainings).to.have.length(2);
    host.trained('after 1, again');
    host.receive({ kind: 'accepted', round: 1, client: 2, attempt: 0 });
    host.receive({ kind: 'committed', round: 1, durable: 0, commits: [{ round: 1, clients: [2] }] });
    host.ask(2, 2);
    expect(host.trainings.at(-1)?.clientState).to.equal('after 1, again');
  });

  it('waits longer from one failed attempt to the next, up to a bound, and each time a little otherwise', () => {
    const host = new Working();
    for (let i = 0; i < 12; i++) host.lost();
    const waits = host.effects.flatMap((effect) =>
      effect.kind === 'setTimer' && effect.name === 'reconnect' ? [effect.afterMs] : [],
    );
    expect(waits[0]).to.be.within(100, 200);
    expect(Math.max(...waits)).to.be.at.most(15_000);
    expect(waits.at(-1)).to.be.at.least(7_500);
    expect(new Set(waits).size).to.equal(waits.length);
  });

  it('gives up after an hour without a word of the coordinator', () => {
    const host = new Working();
    const isOver = () => host.effects.at(-1)?.kind === 'exit';
    for (; host.now < 3_590_000; host.now += 10_000) host.lost();
    expect(isOver()).to.equal(false);
    host.now += 10_000;
    host.lost();
    expect(isOver()).to.equal(true);
  });

  it('connects again where it was replaced before it took part, and ends where that comes later', () => {
    const host = new Working();
    const replaced = () => {
      host.receive({ kind: 'goodbye', reason: 'replaced', sentence: 'the same worker has connected again' });
      host.tell({ kind: 'closed', code: 4011, sentence: '' });
    };
    host.welcome(0);
    replaced();
    expect(host.effects.at(-1)?.kind).to.equal('setTimer');
    host.tell({ kind: 'timer', name: 'reconnect' });
    host.tell({ kind: 'connected' });
    host.welcome(0);
    host.receive({ kind: 'committed', round: 0, durable: 0, commits: [] });
    replaced();
    expect(host.effects.at(-1)?.kind).to.equal('exit');
  });

  it('ends where trying again cannot help, and forgets a run that is over', () => {
    const host = new Working();
    host.welcome(0);
    host.receive({ kind: 'goodbye', reason: 'done', sentence: 'The run is over.' });
    // First forgotten, then closed: the coordinator takes the close for the sign that the worker knows.
    const end = host.effects.map(({ kind }) => kind).filter((kind) => kind !== 'clearTimer');
    expect(end.slice(-3)).to.deep.equal(['forgetRun', 'close', 'exit']);
    const refused = new Working();
    refused.tell({ kind: 'connected' });
    refused.receive({ kind: 'goodbye', reason: 'unauthorized', sentence: 'the join token is wrong' });
    refused.tell({ kind: 'closed', code: 4010, sentence: '' });
    expect(refused.effects.at(-1)).to.deep.equal({
      kind: 'exit',
      isFailure: true,
      sentence: 'the join token is wrong',
    });
  });

  it('ends where it cannot take part, and says so to nobody where that is found out without a connection', () => {
    for (const goodbyes of [1, 0]) {
      const host = new Working();
      host.welcome(0);
      if (goodbyes === 0) host.lost();
      host.tell({ kind: 'unprepared', reason: 'dataUnfit', sentence: 'no such data' });
      expect(host.sent('goodbye')).to.have.length(goodbyes);
      expect(host.effects.at(-1)).to.deep.equal({ kind: 'exit', isFailure: true, sentence: 'no such data' });
    }
  });

  it('ends where its host has failed, tells the coordinator why, and does nothing more', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2);
    const error = new Error('the disk is full');
    host.tell({ kind: 'hostFailed', error });
    expect(host.sent('goodbye')).to.deep.equal([
      { kind: 'goodbye', reason: 'failed', sentence: 'the disk is full' },
    ]);
    const exit = { kind: 'exit', isFailure: true, sentence: 'the disk is full', error };
    expect(host.effects.at(-1)).to.deep.equal(exit);
    const { length } = host.effects;
    host.trained();
    host.receive({ kind: 'ping', id: 1 });
    expect(host.effects).to.have.length(length);
  });

  it('takes part in another run where its own is not served any more', () => {
    const host = new Working([{ client: 2, round: 1, state: 'old' }]);
    host.tell({ kind: 'connected' });
    host.receive({ kind: 'goodbye', reason: 'wrongRun', sentence: 'another run' });
    host.lost();
    host.tell({ kind: 'connected' });
    expect(host.sent('hello').map(({ resume }) => resume?.run)).to.deep.equal(['run', undefined]);
  });

  it('notices a coordinator that is silent, and beats while it trains', () => {
    const host = new Working();
    host.welcome(0);
    host.ask(1, 2);
    host.now = 1000;
    host.tell({ kind: 'timer', name: 'heartbeat' });
    expect(host.sent('ping').map(({ progress }) => progress?.training)).to.deep.equal([1]);
    host.now = 3000;
    host.tell({ kind: 'timer', name: 'heartbeat' });
    expect(host.effects.at(-1)).to.include({ kind: 'setTimer', name: 'reconnect' });
  });

  it('stops training where too many answers wait to be accepted', () => {
    const host = new Working([], 1);
    host.welcome(0);
    const ask = { kind: 'task' as const, round: 1, sha256: {}, tensors: new Map<string, never>() };
    host.receive({
      ...ask,
      to: Array.from({ length: 50 }, (_, client) => ({ client, attempt: 0, header: {}, vectors: {} })),
    });
    for (let i = 0; i < host.trainings.length; i++) host.trained(undefined, i);
    expect(host.trainings.length).to.equal(8);
    for (const { client } of host.sent('update')) {
      host.receive({ kind: 'accepted', round: 1, client, attempt: 0 });
    }
    expect(host.trainings.length).to.equal(10);
  });
});
