/**
 * The coordinator of a federated algorithm, without input and output: told what happens, it says what is to be done.
 * It drives the very rounds that the simulator drives, so both end in the same bits; here is what follows from each:
 * evaluations, checkpoints, the next one, the end. What a worker can rely on is durable before the worker hears of it:
 * who it is, and from where the run goes on.
 */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { localDataClients } from '../data/index.js';
import {
  concluded,
  meetsTarget,
  startFederated,
  type FederatedProgress,
  type FinishedRound,
} from '../rounds/index.js';
import { sha256 } from '../numerics/index.js';
import type { ToCoordinator } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { Checkpoints } from './checkpoints.js';
import { ConnectionManager, type WorkerStatus } from './connection-manager.js';
import { ParticipationLog } from './participation-log.js';
import { RunEnd } from './run-end.js';
import type { CoordinatorCheckpoint, CoordinatorEffect, CoordinatorEvent } from './events.js';
import { EvaluationCollector } from './evaluation-collector.js';
import { RoundLifecycle } from './round-lifecycle.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { WorkerRegistry, type RegisteredWorker, type WorkerRecords } from './worker-registry.js';
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
  readonly members: WorkerRecords;
  readonly checkpoint?: CoordinatorCheckpoint | undefined;
}

export class Coordinator {
  /** With the sizes of clients that bring their own data. */
  readonly federation: Federation;
  readonly #members: WorkerRegistry;
  readonly #connections: ConnectionManager;
  readonly #dispatcher: TaskDispatcher;
  readonly #lifecycle: RoundLifecycle;
  readonly #participation: ParticipationLog;
  /** Of the round that is over, beside which the next may be under way. */
  readonly #evaluation: EvaluationCollector;
  readonly #runEnd: RunEnd;
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
    const { rounds } = this.#progress;
    this.#members = new WorkerRegistry(members, clients, rounds + 1, localDataClients(recipe.data.partition));
    this.federation = federationOf(federation, this.#members);
    this.#participation = new ParticipationLog(checkpoint?.lastCounted ?? new Uint32Array(clients), rounds);
    const emit = (effect: CoordinatorEffect) => {
      this.#do(effect);
    };
    this.#checkpoints = new Checkpoints(recipe.checkpoint, emit);
    const run = {
      standing: (own: readonly number[]) => this.#standing(own),
      lostFrom: (client: number) => this.#dispatcher.lostFrom(client),
      takesPart: (session: Session, member: RegisteredWorker) => {
        this.#takesPart(session, member);
      },
      isOver: () => this.#runEnd.isOver,
      work: (session: Session, member: RegisteredWorker, message: ToCoordinator) => {
        this.#work(session, member, message);
      },
    };
    this.#connections = new ConnectionManager(this.federation, settings, this.#members, run, emit);
    this.#evaluation = new EvaluationCollector(
      this.federation,
      this.#connections,
      () => [
        ...this.#members.absent.map((client) => [client, 'has not come yet'] as const),
        ...this.#dispatcher.dropped,
      ],
      emit,
    );
    this.#runEnd = new RunEnd(this.#connections, emit);
    const rules = roundRules(recipe);
    this.#rules = rules;
    this.#waitsForAll = rounds === 0;
    const shared = { federation: this.federation, algorithm, connections: this.#connections, emit };
    this.#dispatcher = new TaskDispatcher({
      ...shared,
      normBound: rules.normBound,
      participation: this.#participation,
      dropped: checkpoint?.dropped,
      rounds: () => this.#progress.rounds,
      gaveUp: (client, why) => {
        this.#evaluation.giveUp(client, why);
      },
      settled: () => {
        this.#evaluated();
        if (!this.#runEnd.isOver) this.#lifecycle.endIfComplete();
      },
    });
    this.#lifecycle = new RoundLifecycle({
      ...shared,
      rules,
      dispatcher: this.#dispatcher,
      // The next event's evaluation comes after the one that is under way.
      canEnd: () => !this.#evaluation.isUnderWay,
      ended: (round, finished) => {
        this.#ended(round, finished);
      },
      failed: (error) => {
        this.#lifecycle.stop();
        this.#runEnd.fail(error);
      },
    });
  }

  /** How things stand, for metrics and health. */
  get status() {
    return {
      round: this.#progress.rounds,
      waiting: Array.from(this.#dispatcher.pending?.waiting ?? []).length,
      workers: this.#connections.present.length,
      connections: this.#connections.count,
      members: this.#members.record.members.filter(({ clients }) => clients.length > 0).length,
      dropped: this.#dispatcher.dropped.size,
      isOver: this.#runEnd.isOver,
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
      else if (this.#areEnough) this.#beginRound();
      else this.#waitForClients();
    });
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      if (this.#runEnd.takes(event)) return;
      this.#connections.handle(event, now);
      switch (event.kind) {
        case 'timer':
          if (event.name === 'deadline') this.#lifecycle.deadline();
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
        case 'workersPersisted':
          this.#beginIfEnough();
          break;
        case 'progressPersisted':
          this.#participation.persisted(event.round);
          this.#checkpoints.written(now, event.tookMs);
          break;
        case 'finished':
          this.#runEnd.notifyWorkers();
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
    const { pending } = this.#dispatcher;
    const { waiting, round: evaluated } = this.#evaluation;
    const waits = (what: string, clients: Iterable<number>) => ({
      key: what,
      what,
      missing: this.#connections.missing(clients),
    });
    if (this.#runEnd.isOver) return undefined;
    if (pending?.isComplete === false) return waits(`round ${pending.number}`, pending.waiting);
    if (evaluated !== undefined) return waits(`the evaluation after round ${evaluated}`, waiting);
    return waits('the first round', this.#members.absent);
  }

  // Workers

  #work(session: Session, member: RegisteredWorker, message: ToCoordinator): void {
    if (message.kind === 'evaluated') {
      this.#evaluation.clientsEvaluated(member, message);
      this.#evaluated();
    } else this.#dispatcher.receive(session, member, message);
  }

  #takesPart(session: Session, member: RegisteredWorker): void {
    // Rounds may have ended since the welcome, with answers that had come before it.
    this.#connections.send(session, { kind: 'committed', ...this.#standing(member.clients) });
    this.#dispatcher.cancelOld(session);
    this.#evaluation.ask(session);
    this.#dispatcher.giveWork(session, member);
  }

  #standing(clients: readonly number[]) {
    const { rounds: round } = this.#progress;
    return { round, durable: this.#participation.durable, commits: this.#participation.commitsOf(clients) };
  }

  // Rounds

  /**
   * Where clients bring their own data, the first round waits until all have come; after the recipe's deadline, until
   * `network.minimumUpdates` have. Clients that come later take part from the next round on.
   */
  get #areEnough(): boolean {
    const absent = this.#members.absent.length;
    const present = this.#members.clients - absent;
    return absent === 0 || (!this.#waitsForAll && present >= this.#rules.minimum);
  }

  #waitForClients(): void {
    const { deadlineMs, minimum } = this.#rules;
    const { minimumUpdates: isGiven } = this.federation.recipe.network;
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
    const isUnderWay = this.#dispatcher.pending !== undefined || this.#evaluation.isUnderWay;
    if (isUnderWay || this.#runEnd.isOver || !this.#connections.isDurable) return;
    if (absent.length > 0) {
      const fields = { clients: absent.map((client) => names[client]) };
      const sentence = 'the run begins without clients that have not come';
      this.#do({ kind: 'log', level: 'warn', sentence, fields });
    }
    this.#do({ kind: 'clearTimer', name: 'start' });
    this.#beginRound();
  }

  #beginRound(): void {
    if (this.#lifecycle.begin(this.#progress)) return;
    this.#progress = { ...this.#progress, ended: 'done' };
    this.#evaluate(this.#progress);
  }

  #ended(pending: Round, { event, progress, evaluates }: FinishedRound): void {
    this.#progress = progress;
    this.#participation.note(pending.number, pending.accepted);
    const reset = this.#members.resetIn(pending.number);
    const more = {
      ...(pending.missing.size > 0 && { why: Object.fromEntries(pending.missing) }),
      ...(reset.length > 0 && { reset }),
    };
    this.#do({ kind: 'event', event: { ...event, ...more } });
    this.#announce(pending);
    if (evaluates) this.#evaluate(progress);
    else this.#persistIfDue();
    // Where no target waits for the evaluation, training goes on beside it.
    const { stop, rounds } = this.federation.recipe;
    if (!evaluates || (stop === undefined && progress.rounds < rounds)) this.#beginRound();
  }

  /** Tells workers which of their clients counted. */
  #announce(pending: Round): void {
    const round = pending.number;
    const { durable } = this.#participation;
    for (const [session, clients] of this.#connections.byOwner(pending.accepted.keys())) {
      const commits = [{ round, clients }];
      this.#connections.send(session, { kind: 'committed', round, durable, commits });
    }
  }

  // Evaluation, checkpoints and the end

  #evaluate({ rounds, current }: FederatedProgress): void {
    this.#evaluation.begin(rounds, current);
    this.#evaluated();
  }

  #evaluated(): void {
    const found = this.#evaluation.conclude();
    if (found === undefined) return;
    if (found.diverged) {
      this.#lifecycle.stop();
      this.#runEnd.fail(found.diverged);
      return;
    }
    const reached = meetsTarget(this.federation.recipe, found.events);
    this.#progress = concluded(this.#progress, this.federation.recipe, reached);
    if (this.#progress.ended !== undefined) {
      this.#end();
      return;
    }
    this.#persistIfDue();
    if (this.#dispatcher.pending === undefined) this.#beginRound();
    else this.#lifecycle.endIfComplete();
  }

  /** Between two rounds, once all their events are told. */
  #persistIfDue(): void {
    if (this.#checkpoints.isDue(this.#now)) this.#persist();
  }

  #persist(): void {
    if (this.#checkpoints.isWriting || this.#evaluation.isUnderWay) return;
    const content = {
      progress: this.#progress,
      lastCounted: this.#participation.snapshot(),
      dropped: new Map(this.#dispatcher.dropped),
    };
    this.#checkpoints.write(this.#progress.rounds, content);
  }

  #end(): void {
    const { current, rounds: rounds, ended = 'rounds' } = this.#progress;
    const outcome = { ...current, weightsSha256: sha256(current.weights) };
    this.#runEnd.finish({ outcome, rounds, ended });
  }

  #interrupt(): void {
    if (this.#runEnd.isOver) return;
    this.#persist();
    this.#lifecycle.stop();
    this.#runEnd.interrupt();
  }
}
