/** What goes between two workers comes once and in order, whichever way it goes and whatever breaks meanwhile. */
import { expect } from 'chai';
import { GossipSession } from '../../client/gossip/gossip-session.js';
import type { NodesEffect } from '../../client/gossip/events.js';
import type { PeerEffect } from '../../client/gossip/events.js';
import { drawInteger, stream, type Stream } from '../../numerics/index.js';
import type { PeerToPeer, ToCoordinator } from '../../protocol/index.js';

const ADDRESS = 'ws://w2.example:7500';

/** Two workers with a node each, a coordinator that passes on, and a line between them. Things take their time. */
class Pair {
  readonly sessions: readonly [GossipSession, GossipSession];
  /** What has come at each, by the sequence that its sender counts. */
  readonly come: readonly [number[], number[]] = [[], []];
  readonly #up: [ToCoordinator[], ToCoordinator[]] = [[], []];
  readonly #line: [PeerToPeer[], PeerToPeer[]] = [[], []];
  readonly #posted: [number, number] = [0, 0];
  #sessionNumbers: [number, number] = [1, 1];
  #lines = 0;
  #isOpen = false;
  #ticks = 0;
  refusals = 0;

  constructor(
    readonly relays: boolean,
    readonly ticket: (side: number) => string = () => 'ticket',
  ) {
    const session = (side: 0 | 1) =>
      new GossipSession({
        checkpoints: [],
        identity: () => ({ run: 'run', worker: `w${side + 1}`, secret: '' }),
        send: (message) => {
          this.#up[side].push(message);
        },
        emit: (effect) => {
          this.#nodes(side, effect);
        },
        emitToPeer: (effect) => {
          this.#peer(side, effect);
        },
        checks: { bundle: () => undefined, order: () => undefined },
        log: () => undefined,
      });
    this.sessions = [session(0), session(1)];
    this.membership();
    for (const { side, receive } of this.#each()) {
      receive({ kind: 'returnTo', epoch: 1, round: 0 });
      this.sessions[side].handle({ kind: 'returned', epoch: 1, round: 0 });
    }
    for (const { receive } of this.#each()) receive({ kind: 'start', epoch: 1, until: 1, durable: 0 });
  }

  membership(): void {
    for (const { side, receive } of this.#each()) {
      const worker = (at: 0 | 1) => ({
        worker: `w${at + 1}`,
        nodes: [[at, at] as [number, number]],
        session: this.#sessionNumbers[at],
        ...(at !== side && { ticket: this.ticket(side) }),
        ...(at === 1 && { address: ADDRESS }),
      });
      receive({
        kind: 'membership',
        version: 1,
        relays: this.relays,
        workers: [worker(0), worker(1)],
      });
    }
  }

  post(side: 0 | 1): void {
    const sequence = this.#posted[side]++;
    const posted = {
      from: side,
      to: 1 - side,
      round: 0,
      sequence,
      time: 0,
      header: {},
      vectors: {},
      bytes: 1,
    };
    this.sessions[side].handle({ kind: 'posted', epoch: 1, posted });
  }

  /** What the coordinator hears of messages that did not count. */
  get complaints(): readonly string[] {
    return this.#up
      .flat()
      .flatMap((message) => (message.kind === 'complaint' ? [`${message.peer}: ${message.sentence}`] : []));
  }

  get posted(): readonly number[][] {
    return this.#posted.map((count) => Array.from({ length: count }, (_, sequence) => sequence));
  }

  /** One message goes on its way, by one of the ways. @returns whether there was one */
  deliver(draw: Stream): boolean {
    const queues = [this.#up[0], this.#up[1], this.#line[0], this.#line[1]];
    const waiting = [0, 1, 2, 3].filter((at) => queues[at].length > 0);
    if (waiting.length === 0) return false;
    const at = waiting[drawInteger(draw, waiting.length)];
    const side = at % 2 === 0 ? 0 : 1;
    if (at < 2) {
      const message = this.#up[side].shift();
      if (message?.kind === 'gossip' || message?.kind === 'acknowledge') {
        this.sessions[1 - side].receive({ ...message, peer: `w${side + 1}` });
      }
      return true;
    }
    const message = this.#line[side].shift();
    const event = message && ({ kind: 'message', connection: this.#lines, message } as const);
    if (event) this.sessions[1 - side].handlePeer(event, this.#ticks);
    return true;
  }

  /** A worker's connection to the coordinator breaks, with what is under way, and is there again. */
  breakConnection(side: 0 | 1): void {
    this.#up[side].length = 0;
    this.sessions[side].disconnected();
    this.#sessionNumbers[side]++;
    this.membership();
  }

  breakLine(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const queue of this.#line) queue.length = 0;
    const closed = { kind: 'closed', connection: this.#lines, sentence: 'lost' } as const;
    for (const session of this.sessions) session.handlePeer(closed, this.#ticks);
  }

  tick(): void {
    for (const session of this.sessions) session.tick(++this.#ticks, 1e6);
  }

  #each() {
    return ([0, 1] as const).map((side) => ({
      side,
      receive: (message: Parameters<GossipSession['receive']>[0]) => {
        this.sessions[side].receive(message);
      },
    }));
  }

  #nodes(side: 0 | 1, effect: NodesEffect): void {
    if (effect.kind === 'arrive') this.come[side].push(...effect.messages.map(({ sequence }) => sequence));
  }

  #peer(side: 0 | 1, effect: PeerEffect): void {
    if (effect.kind === 'dial') {
      expect(effect.address).to.equal(ADDRESS);
      this.#isOpen = true;
      const connection = ++this.#lines;
      this.sessions[1 - side].handlePeer({ kind: 'opened', connection }, this.#ticks);
      this.sessions[side].handlePeer({ kind: 'opened', connection, peer: effect.peer }, this.#ticks);
    } else if (effect.kind === 'say') this.#line[side].push(effect.message);
    else if (effect.kind === 'hangUp') {
      if (effect.reason === 'unauthorized') this.refusals++;
      this.breakLine();
    }
  }
}

describe('gossip between two workers', () => {
  for (const [name, relays] of [
    ['where the coordinator passes on what cannot go directly', true],
    ['where everything is to go directly', false],
  ] as const) {
    it(`comes once, in order, whatever breaks: ${name}`, () => {
      for (let seed = 0; seed < 200; seed++) {
        const draw = stream(seed, 'gossip session');
        const pair = new Pair(relays);
        for (let step = 0; step < 150; step++) {
          const luck = draw();
          if (luck < 0.35) pair.post(luck < 0.2 ? 0 : 1);
          else if (luck < 0.39) pair.breakConnection(luck < 0.37 ? 0 : 1);
          else if (luck < 0.43) pair.breakLine();
          else if (luck < 0.47) pair.tick();
          else pair.deliver(draw);
        }
        pair.tick();
        while (pair.deliver(draw));
        expect(pair.come[1], `seed ${seed}`).to.deep.equal(pair.posted[0]);
        expect(pair.come[0], `seed ${seed}`).to.deep.equal(pair.posted[1]);
      }
    });
  }

  it('goes by the coordinator where a ticket is wrong', () => {
    const pair = new Pair(true, (side) => `ticket ${side}`);
    const draw = stream(1, 'gossip session');
    while (pair.deliver(draw));
    expect(pair.refusals).to.equal(1);
    pair.post(0);
    while (pair.deliver(draw));
    expect(pair.come[1]).to.deep.equal([0]);
  });

  it('does not count where it is from a node that its sender does not have, and the coordinator hears of it', () => {
    const pair = new Pair(true);
    const { sessions } = pair;
    const message = { round: 0, sequence: 0, time: 0, header: {}, vectors: {} };
    const sent = (from: number) => {
      const messages = [{ ...message, from, to: 0 }];
      sessions[0].receive({ kind: 'gossip', peer: 'w2', epoch: 1, number: 1, messages, tensors: new Map() });
      return pair.complaints.join();
    };
    expect(sent(0)).to.include('w2: by the coordinator: worker w2 sent a message from node 0 to node 0');
    expect(sent(7)).to.include('no worker has the node 7');
    expect(pair.come[0]).to.deep.equal([]);
    const before = pair.complaints.length;
    sent(1);
    expect(pair.come[0]).to.deep.equal([0]);
    expect(pair.complaints.length).to.equal(before);
  });
});
