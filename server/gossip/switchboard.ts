/**
 * How messages go between the workers of a gossip run: each is told where all nodes are, and by what ticket the two of a
 * pair know each other; what they cannot send directly is passed on unread, where the recipe allows that.
 */
import { ConnectionError } from '../../hosting/index.js';
import { ProtocolError, type MessageOf } from '../../protocol/index.js';
import { rangesOf } from '../client-ranges.js';
import type { Connections } from '../connections.js';
import type { Member, Members } from '../members.js';
import { ticketOf } from '../secrets.js';

const DIRECT_ONLY =
  'the recipe has network.gossip: direct, so workers must reach each other: join with --listen HOST:PORT (all but one of them)';

const REACHABLE =
  'the recipe has network.gossip: direct, so workers must reach each other: join with an --advertise at which others reach it, or leave network.gossip out';

export class Switchboard {
  /** Of what is told of where nodes are. */
  #version = 0;
  /** Of which workers it was logged that one cannot reach the other. */
  readonly #relayed = new Set<string>();

  /** @param way how messages are to go, where the recipe says so */
  constructor(
    readonly way: 'direct' | 'relayed' | undefined,
    readonly connections: Connections,
    readonly members: Members,
  ) {}

  /** Why the workers that are here now cannot all take part; nothing where they can. */
  get refusal(): string | undefined {
    const deaf = this.connections.present.filter(({ came }) => came?.listen === undefined);
    return this.way === 'direct' && deaf.length > 1 ? DIRECT_ONLY : undefined;
  }

  /** Passes on what one worker sends another, where that is here; what it does not get is sent again. */
  relay({ worker }: Member, message: MessageOf<'gossip' | 'acknowledge'>): void {
    if (this.way === 'direct') throw new ProtocolError('unexpected', DIRECT_ONLY);
    const reader = this.connections.presentOf(message.peer);
    if (reader) this.connections.send(reader, { ...message, peer: worker });
  }

  /**
   * A worker says that it cannot reach another, at the address that this one has told.
   * @returns what to log of it, once for the two; an error, if messages must go directly
   */
  unreachable(
    { worker }: Member,
    { peer, address, sentence }: MessageOf<'unreachable'>,
  ): string | ConnectionError | undefined {
    if (peer === worker || this.connections.presentOf(peer)?.came?.listen !== address) return undefined;
    const what = `worker ${worker} cannot reach worker ${peer} at ${address}: ${sentence}`;
    if (this.way === 'direct') return new ConnectionError(`${what}; ${REACHABLE}`);
    const pair = `${worker} ${peer}`;
    if (this.#relayed.has(pair)) return undefined;
    this.#relayed.add(pair);
    return `${what}; what they send each other goes by the coordinator`;
  }

  /** Tells all workers where nodes are: that has changed. */
  tell(): void {
    const relays = this.way !== 'direct';
    const version = ++this.#version;
    const { record } = this.members;
    for (const session of this.connections.present) {
      const self = session.member?.worker ?? '';
      const workers = record.members.map(({ worker, clients }) => {
        const there = this.connections.presentOf(worker);
        const address = this.way === 'relayed' ? undefined : there?.came?.listen;
        const ticket = worker === self ? undefined : ticketOf(record, self, worker);
        return {
          worker,
          nodes: rangesOf(clients),
          session: there?.connection ?? 0,
          ...(address !== undefined && { address }),
          ...(ticket !== undefined && { ticket }),
        };
      });
      this.connections.send(session, { kind: 'membership', version, relays, workers });
    }
  }
}
