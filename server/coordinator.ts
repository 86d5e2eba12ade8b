/**
 * The coordinator of a federated algorithm, without input and output: told what happens, it says what is to be done.
 * It drives the very exchanges that the simulator drives, so both end in the same bits; here is what follows from each:
 * evaluations, checkpoints, the next one, the end. What a worker can rely on is durable before the worker hears of it:
 * who it is, and from where the run goes on.
 */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { ownDataClients } from '../data/index.js';
import {
  concluded,
  meetsTarget,
  startFederated,
  type FederatedProgress,
  type Finished,
} from '../hosting/index.js';
import { sha256 } from '../numerics/index.js';
import type { ToCoordinator } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { Checkpoints } from './checkpoints.js';
import { Connections, type WorkerStatus } from './connections.js';
import { Counted } from './counted.js';
import { Ending } from './ending.js';
import type { CoordinatorCheckpoint, CoordinatorEffect, CoordinatorEvent } from './events.js';
import { EvaluationDesk } from './evaluation-desk.js';
import { ExchangeCourse } from './exchange-course.js';
import { ExchangeDesk } from './exchange-desk.js';
import { Members, type Member, type MembersRecord } from './members.js';
import { federationOf } from './own-sizes.js';
import type { Round } from './round.js';
import { roundRules, type RoundRules } from './round-rules.js';
import type { Session } from './sessions.js';
import type { CoordinatorSettings } from './settings.js';
import { WaitLog, type Wait } from './wait-log.js';

export interface CoordinatorStart {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly settings: CoordinatorSettings;
  readonly members: MembersRecord;
  readonly checkpoint?: CoordinatorCheckpoint | undefined;
}

export class Coordinator {
  /** With the sizes of clients that bring their own data. */
  readonly federation: Federation;
  readonly #members: Members;
  readonly #connections: Connections;
  readonly #desk: ExchangeDesk;
  readonly #course: ExchangeCourse;
  readonly #counted: Counted;
  /** Of the exchange that is over, beside which the next may be under way. */
  readonly #evaluation: EvaluationDesk;
  readonly #ending: Ending;
  readonly #checkpoints: Checkpoints;
  readonly #rules: RoundRules;
  readonly #waitLog = new WaitLog();
  #progress: FederatedProgress;
  /** Whether the first round begins only when every client has come. */
  #waitsForAll: boolean;
  #now = 0;
  #effects: CoordinatorEffect[] = [];

  constructor({ federation, algorithm, settings, members, checkpoint }: CoordinatorStart) {
    const { recipe, partition } = federation;
    const { clients } = partition;
    this.#progress = checkpoint?.progress ?? startFederated(federation, algorithm);
    const { exchanges } = this.#progress;
    this.#members = new Members(members, clients, exchanges + 1, ownDataClients(recipe.data.partition));
    this.federation = federationOf(federation, this.#members);
    this.#counted = new Counted(checkpoint?.lastCounted ?? new Uint32Array(clients), exchanges);
    const emit = (effect: CoordinatorEffect) => {
      this.#do(effect);
    };
    this.#checkpoints = new Checkpoints(recipe.checkpoint, emit);
    const run = {
      standing: (own: readonly number[]) => this.#standing(own),
      lostFrom: (client: number) => this.#desk.lostFrom(client),
      takesPart: (session: Session, member: Member) => {
        this.#takesPart(session, member);
      },
      isOver: () => this.#ending.isOver,
      work: (session: Session, member: Member, message: ToCoordinator) => {
        this.#work(session, member, message);
      },
    };
    this.#connections = new Connections(this.federation, settings, this.#members, run, emit);
    this.#evaluation = new EvaluationDesk(
      this.federation,
      this.#connections,
      () => [
        ...this.#members.absent.map((client) => [client, 'has not come yet'] as const),
        ...this.#desk.dropped,
      ],
      emit,
    );
    this.#ending = new Ending(this.#connections, emit);
    const rules = roundRules(recipe);
    this.#rules = rules;
    this.#waitsForAll = exchanges === 0;
    const shared = { federation: this.federation, algorithm, connections: this.#connections, emit };
    this.#desk = new ExchangeDesk({
      ...shared,
      normBound: rules.normBound,
      counted: this.#counted,
      dropped: checkpoint?.dropped,
      exchanges: () => this.#progress.exchanges,
      gaveUp: (client, why) => {
        this.#evaluation.giveUp(client, why);
      },
      settled: () => {
        this.#evaluated();
        if (!this.#ending.isOver) this.#course.endIfComplete();
      },
    });
    this.#course = new ExchangeCourse({
      ...shared,
      rules,
      desk: this.#desk,
      // The next event's evaluation comes after the one that is under way.
      canEnd: () => !this.#evaluation.isUnderWay,
      ended: (round, finished) => {
        this.#ended(round, finished);
      },
      failed: (error) => {
        this.#course.stop();
        this.#ending.fail(error);
      },
    });
  }

  /** How things stand, for metrics and health. */
  get status() {
    return {
      exchanges: this.#progress.exchanges,
      waiting: Array.from(this.#desk.round?.waiting ?? []).length,
      workers: this.#connections.present.length,
      connections: this.#connections.count,
      members: this.#members.record.members.filter(({ clients }) => clients.length > 0).length,
      dropped: this.#desk.dropped.size,
      isOver: this.#ending.isOver,
    };
  }

  /** Of each worker, for metrics. */
  get workers(): WorkerStatus[] {
    return this.#connections.workers;
  }

  /** Begins. To be called once, before any event. @param now a clock in milliseconds that never goes back */
  start(now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      this.#checkpoints.begin(now);
      this.#connections.begin();
      if (this.#progress.ended !== undefined) this.#end();
      else if (this.#areEnough) this.#beginExchange();
      else this.#waitForClients();
    });
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      if (this.#ending.takes(event)) return;
      this.#connections.handle(event, now);
      switch (event.kind) {
        case 'timer':
          if (event.name === 'deadline') this.#course.deadline();
          else if (event.name === 'evaluation') {
            this.#evaluation.deadline();
            this.#evaluated();
          } else if (event.name === 'start') this.#stopWaitingForAll();
          else if (event.name === 'heartbeat') this.#logWait();
          break;
        case 'evaluated':
          this.#evaluation.heldOut(event.round, event.events);
          this.#evaluated();
          break;
        case 'membersPersisted':
          this.#beginIfEnough();
          break;
        case 'progressPersisted':
          this.#counted.persisted(event.exchange);
          this.#checkpoints.written(now, event.tookMs);
          break;
        case 'finished':
          this.#ending.sayFarewell();
          break;
        case 'interrupt':
          this.#interrupt();
          break;
        case 'connected':
        case 'message':
        case 'heard':
        case 'broken':
        case 'closed':
        case 'hostFailed':
        // were of connections or of the ending alone
      }
    });
  }

  #act(now: number, act: () => void): CoordinatorEffect[] {
    this.#now = now;
    this.#effects = [];
    act();
    return this.#effects;
  }

  #do(effect: CoordinatorEffect): void {
    this.#effects.push(effect);
  }

  #logWait(): void {
    const sentence = this.#waitLog.tick(this.#now, this.#wait);
    if (sentence !== undefined) this.#do({ kind: 'log', level: 'info', sentence });
  }

  get #wait(): Wait | undefined {
    const { round } = this.#desk;
    const { waiting, round: evaluated } = this.#evaluation;
    const waits = (what: string, clients: Iterable<number>) => ({
      key: what,
      what,
      missing: this.#connections.missing(clients),
    });
    if (this.#ending.isOver) return undefined;
    if (round !== undefined && !round.isComplete) return waits(`round ${round.number}`, round.waiting);
    if (evaluated !== undefined) return waits(`the evaluation after round ${evaluated}`, waiting);
    return waits('the first round', this.#members.absent);
  }

  // Workers

  #work(session: Session, member: Member, message: ToCoordinator): void {
    if (message.kind === 'evaluated') {
      this.#evaluation.clientsEvaluated(member, message);
      this.#evaluated();
    } else this.#desk.receive(session, member, message);
  }

  #takesPart(session: Session, member: Member): void {
    // Exchanges may have ended since the welcome, with answers that had come before it.
    this.#connections.send(session, { kind: 'committed', ...this.#standing(member.clients) });
    this.#desk.cancelOld(session);
    this.#evaluation.ask(session);
    this.#desk.giveWork(session, member);
  }

  #standing(clients: readonly number[]) {
    const { exchanges: exchange } = this.#progress;
    return { exchange, durable: this.#counted.durable, commits: this.#counted.commitsOf(clients) };
  }

  // Exchanges

  /**
   * Where clients bring their own data, the first round waits until all have come; after the recipe's deadline, until
   * `network.minimum` have. Clients that come later take part from the next round on.
   */
  get #areEnough(): boolean {
    const absent = this.#members.absent.length;
    const present = this.#members.clients - absent;
    return absent === 0 || (!this.#waitsForAll && present >= this.#rules.minimum);
  }

  #waitForClients(): void {
    const { deadlineMs, minimum } = this.#rules;
    const { minimum: isGiven } = this.federation.recipe.network;
    if (deadlineMs === undefined || isGiven === undefined) {
      this.#do({ kind: 'log', level: 'info', sentence: 'waiting for every client to come with its data' });
      return;
    }
    const sentence = `waiting for every client to come with its data; after ${deadlineMs / 1000} s, for at least ${minimum}`;
    this.#do({ kind: 'log', level: 'info', sentence });
    this.#do({ kind: 'setTimer', name: 'start', afterMs: deadlineMs });
  }

  /** The timer `start` has run out. */
  #stopWaitingForAll(): void {
    this.#waitsForAll = false;
    this.#beginIfEnough();
  }

  #beginIfEnough(): void {
    const { names, absent } = this.#members;
    if (names === undefined || !this.#areEnough) return;
    const isUnderWay = this.#desk.round !== undefined || this.#evaluation.isUnderWay;
    if (isUnderWay || this.#ending.isOver || !this.#connections.isDurable) return;
    if (absent.length > 0) {
      const fields = { clients: absent.map((client) => names[client]) };
      const sentence = 'the run begins without clients that have not come';
      this.#do({ kind: 'log', level: 'warn', sentence, fields });
    }
    this.#do({ kind: 'clearTimer', name: 'start' });
    this.#beginExchange();
  }

  #beginExchange(): void {
    if (this.#course.begin(this.#progress)) return;
    this.#progress = { ...this.#progress, ended: 'done' };
    this.#evaluate(this.#progress);
  }

  #ended(round: Round, { event, progress, evaluates }: Finished): void {
    this.#progress = progress;
    this.#counted.note(round.number, round.accepted);
    const reset = this.#members.resetIn(round.number);
    const more = {
      ...(round.missing.size > 0 && { why: Object.fromEntries(round.missing) }),
      ...(reset.length > 0 && { reset }),
    };
    this.#do({ kind: 'event', event: { ...event, ...more } });
    this.#announce(round);
    if (evaluates) this.#evaluate(progress);
    else this.#persistIfDue();
    // Where no target waits for the evaluation, training goes on beside it.
    const { stop, rounds } = this.federation.recipe;
    if (!evaluates || (stop === undefined && progress.exchanges < rounds)) this.#beginExchange();
  }

  /** Tells workers which of their clients counted. */
  #announce(round: Round): void {
    const exchange = round.number;
    const { durable } = this.#counted;
    for (const [session, clients] of this.#connections.byOwner(round.accepted.keys())) {
      const commits = [{ exchange, clients }];
      this.#connections.send(session, { kind: 'committed', exchange, durable, commits });
    }
  }

  // Evaluation, checkpoints and the end

  #evaluate({ exchanges, current }: FederatedProgress): void {
    this.#evaluation.begin(exchanges, current);
    this.#evaluated();
  }

  #evaluated(): void {
    const found = this.#evaluation.conclude();
    if (found === undefined) return;
    if (found.diverged) {
      this.#course.stop();
      this.#ending.fail(found.diverged);
      return;
    }
    const reached = meetsTarget(this.federation.recipe, found.events);
    this.#progress = concluded(this.#progress, this.federation.recipe, reached);
    if (this.#progress.ended !== undefined) {
      this.#end();
      return;
    }
    this.#persistIfDue();
    if (this.#desk.round === undefined) this.#beginExchange();
    else this.#course.endIfComplete();
  }

  /** Between two exchanges, once all their events are told. */
  #persistIfDue(): void {
    if (this.#checkpoints.isDue(this.#now)) this.#persist();
  }

  #persist(): void {
    if (this.#checkpoints.isWriting || this.#evaluation.isUnderWay) return;
    const content = {
      progress: this.#progress,
      lastCounted: this.#counted.snapshot(),
      dropped: new Map(this.#desk.dropped),
    };
    this.#checkpoints.write(this.#progress.exchanges, content);
  }

  #end(): void {
    const { current, exchanges: rounds, ended = 'rounds' } = this.#progress;
    const outcome = { ...current, weightsSha256: sha256(current.weights) };
    this.#ending.finish({ outcome, rounds, ended });
  }

  #interrupt(): void {
    if (this.#ending.isOver) return;
    this.#persist();
    this.#course.stop();
    this.#ending.interrupt();
  }
}
