/**
 * The coordinator of gossip, without input and output. It tells workers where every node is and how far nodes may go,
 * and brings together what they tell: sums that are exact, figures node by node. Models do not come here, but where
 * workers cannot reach each other and it passes on what they send. Whenever a worker has lost its nodes, all return to
 * the last round that every one has kept, which begins an epoch; rounds that were told of are not told of again.
 */
import { localDataClients } from '../../data/index.js';
import { ConnectionError, DivergedError } from '../../errors/index.js';
import { divergedNode } from '../../rounds/index.js';
import { range } from '../../numerics/index.js';
import { ProtocolError, type MessageOf, type ToCoordinator } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import { Checkpoints } from '../checkpoints.js';
import { rangesOf } from '../client-ranges.js';
import { ConnectionManager, type WorkerStatus } from '../connection-manager.js';
import { RunEnd } from '../run-end.js';
import { EvaluationCollector } from '../evaluation-collector.js';
import type { CoordinatorEffect, CoordinatorEvent, GossipProgress } from '../events.js';
import { WorkerRegistry, type RegisteredWorker, type WorkerRecords } from '../worker-registry.js';
import { federationOf } from '../own-sizes.js';
import type { Session } from '../sessions.js';
import type { CoordinatorSettings } from '../settings.js';
import { WaitLog, type Missing, type Wait } from '../wait-log.js';
import { UnsummableError } from './check-summary.js';
import { RoundLog } from './round-log.js';
import { Doubts } from './doubts.js';
import { EvaluationState } from './evaluation-state.js';
import { CheckpointQuorum } from './checkpoint-quorum.js';
import { PhaseController } from './phase-controller.js';
import { Pacer } from './pacer.js';
import { Patience } from './patience.js';
import { MessageRelay } from './message-relay.js';

export interface GossipStart {
  readonly federation: Federation;
  readonly settings: CoordinatorSettings;
  readonly members: WorkerRecords;
  readonly checkpoint?: GossipProgress | undefined;
}

export class GossipCoordinator {
  /** With the sizes of nodes that bring their own data. */
  readonly federation: Federation;
  readonly #members: WorkerRegistry;
  readonly #connections: ConnectionManager;
  readonly #relay: MessageRelay;
  readonly #pacer: Pacer;
  readonly #roundLog: RoundLog;
  readonly #phases: PhaseController;
  readonly #quorum: CheckpointQuorum;
  readonly #evaluation: EvaluationCollector;
  readonly #evaluationState: EvaluationState;
  readonly #checkpoints: Checkpoints;
  readonly #runEnd: RunEnd;
  readonly #waitLog = new WaitLog();
  readonly #doubts = new Doubts();
  readonly #patience = new Patience();
  #keepingSince = 0;
  /** Whether an epoch of this coordinator's own has begun. */
  #hasBegun = false;
  #now = 0;
  #effects: CoordinatorEffect[] = [];

  constructor({ federation, settings, members, checkpoint }: GossipStart) {
    const { recipe, partition } = federation;
    const emit = (effect: CoordinatorEffect) => {
      this.#effects.push(effect);
    };
    this.#roundLog = new RoundLog(() => this.federation, checkpoint, emit);
    const { durable } = this.#roundLog;
    const names = localDataClients(recipe.data.partition);
    this.#members = new WorkerRegistry(members, partition.clients, durable + 1, names);
    this.federation = federationOf(federation, this.#members);
    const run = {
      standing: () => this.#roundLog.standing,
      lostFrom: () => undefined,
      takesPart: (session: Session, member: RegisteredWorker) => {
        this.#takesPart(session, member);
      },
      isOver: () => this.#runEnd.isOver,
      work: (_session: Session, member: RegisteredWorker, message: ToCoordinator) => {
        try {
          this.#work(member, message);
        } catch (error) {
          if (!(error instanceof UnsummableError)) throw error;
          this.#cannotGoOn(member, this.#diverged(`the models are not finite (${error.message})`));
        }
      },
    };
    this.#connections = new ConnectionManager(this.federation, settings, this.#members, run, emit);
    this.#relay = new MessageRelay(this.federation, this.#connections, this.#members);
    this.#quorum = new CheckpointQuorum(partition.clients, this.#connections);
    this.#pacer = new Pacer(recipe);
    this.#evaluation = new EvaluationCollector(this.federation, this.#connections, () => [], emit);
    this.#evaluationState = new EvaluationState(
      this.federation,
      () => this.#all,
      durable,
      this.#evaluation,
      emit,
    );
    this.#phases = new PhaseController(this.#connections, this.#roundLog, this.#evaluationState);
    this.#checkpoints = new Checkpoints(recipe.checkpoint, emit);
    this.#runEnd = new RunEnd(this.#connections, emit);
  }

  /** How things stand, for metrics and health. */
  get status() {
    return {
      round: this.#roundLog.round,
      waiting: this.#behind.reduce((nodes, { clients }) => nodes + clients.length, 0),
      workers: this.#connections.present.length,
      connections: this.#connections.count,
      members: this.#all.length,
      dropped: 0,
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
      this.#log('waiting for every node to have a worker');
    });
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      if (this.#runEnd.takes(event)) return;
      const present = new Set(this.#connections.present.map(({ member }) => member?.worker ?? ''));
      this.#connections.handle(event, now);
      if (present.size > this.#connections.present.length) this.#tellOfLost(present);
      switch (event.kind) {
        case 'evaluated':
          this.#evaluation.heldOut(event.round, event.events);
          this.#concludeEvaluation();
          break;
        case 'progressPersisted':
          this.#roundLog.persisted(event.round);
          this.#checkpoints.written(now, now - this.#keepingSince);
          if (this.#phases.phase === 'persisting') this.#goOn();
          else if (this.#phases.phase === 'gathering') this.#gather(this.#phases.epoch);
          break;
        case 'timer':
          if (event.name !== 'heartbeat') break;
          this.#logWait();
          this.#askAgain();
          break;
        case 'finished':
          this.#runEnd.notifyWorkers();
          break;
        case 'interrupt':
          if (!this.#runEnd.isOver) this.#runEnd.interrupt();
          break;
        case 'connected':
        case 'message':
        case 'heard':
        case 'closed':
        case 'workersPersisted':
        case 'broken':
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

  #log(sentence: string, fields: object = {}): void {
    this.#effects.push({ kind: 'log', level: 'info', sentence, fields });
  }

  #logWait(): void {
    const sentence = this.#waitLog.tick(this.#now, this.#wait);
    if (sentence !== undefined) this.#log(sentence);
  }

  get #wait(): Wait | undefined {
    const { phase, at, until } = this.#phases;
    if (this.#runEnd.isOver) return undefined;
    if (phase === 'gathering') {
      const nodes = range(this.federation.partition.clients);
      const missing = this.#connections.missing(nodes).filter(({ isHere }) => !isHere);
      return { key: phase, what: 'the run', missing };
    }
    const missing = this.#workers(this.#phases.awaitedOf(this.#all));
    if (phase === 'running') return { key: `${until}`, what: `round ${until}`, missing };
    return { key: `${phase} ${at}`, what: `the end of round ${at}`, missing };
  }

  #workers(members: readonly RegisteredWorker[]): Missing[] {
    return members.map(({ worker: name }) => {
      const isHere = this.#connections.presentOf(name) !== undefined;
      return { name: `worker ${name}`, isHere, why: isHere ? 'connected' : 'not connected' };
    });
  }

  get #all(): readonly RegisteredWorker[] {
    return this.#members.taking;
  }

  // Messages

  #work(member: RegisteredWorker, message: ToCoordinator): void {
    const phases = this.#phases;
    switch (message.kind) {
      case 'gossip':
      case 'acknowledge':
        phases.check(message.epoch);
        // While nodes lack workers or change them, what is sent is of an epoch that is as good as over.
        this.#relay.relay(member, message, message.epoch === phases.epoch && phases.phase !== 'gathering');
        break;
      case 'complaint':
        phases.check(message.epoch);
        this.#log(this.#relay.complain(member, message), { worker: member.worker, peer: message.peer });
        break;
      case 'nodesFailed':
        if (phases.isNow(message.epoch, 'running')) this.#nodesFailed(member, message);
        break;
      case 'unreachable':
        this.#unreachable(member, message);
        break;
      case 'report':
        if (phases.isNow(message.epoch, 'running')) this.#report(member, message);
        break;
      case 'returned':
        if (!phases.isNow(message.epoch, 'returning')) break;
        this.#checkRound(message);
        if (phases.isDone(member)) this.#goOn();
        break;
      case 'summary':
        if (phases.isNow(message.epoch, 'examining')) this.#summary(member, message);
        break;
      case 'checkpointed':
        if (!phases.isNow(message.epoch, 'keeping')) break;
        this.#checkRound(message);
        this.#quorum.keeps(member, message.round);
        if (phases.isDone(member)) this.#persist();
        break;
      default:
        throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
    }
  }

  #takesPart(session: Session, member: RegisteredWorker): void {
    const { epoch = 0, checkpoints = [] } = session.came ?? {};
    const wrong =
      this.#quorum.refusalOf(epoch, this.#phases.epoch, this.#hasBegun) ?? this.#relay.comes(member, session);
    if (wrong !== undefined) {
      this.#connections.turnAway(session, 'malformed', wrong);
      return;
    }
    const { refusal } = this.#relay;
    if (refusal !== undefined) {
      this.#connections.turnAway(session, 'unexpected', refusal);
      return;
    }
    this.#connections.send(session, { kind: 'committed', ...this.#roundLog.standing });
    this.#quorum.comes(member, checkpoints);
    this.#relay.tell();
    this.#evaluation.ask(session);
    if (this.#phases.phase === 'gathering' || epoch !== this.#phases.epoch) this.#gather(epoch);
    else this.#phases.tell(session);
  }

  // Rounds

  /** Some worker's nodes are not where the others are: all return to a round that every worker has kept. */
  #gather(epoch: number): void {
    this.#phases.gather(epoch);
    this.#evaluationState.giveUp();
    const isAsynchronous = this.federation.recipe.schedule.kind === 'asynchronous';
    // What is still to be known of rounds that may not count any more must be known before they do not.
    if (isAsynchronous && (this.#evaluation.isUnderWay || this.#checkpoints.isWriting)) return;
    const round = this.#quorum.returnTo(this.#roundLog.round);
    if (round === undefined) return;
    this.#phases.beginEpoch(round);
    this.#hasBegun = true;
    this.#roundLog.forgetReports(round);
    this.#relay.beginEpoch(round);
    if (isAsynchronous && (this.#phases.epoch > 1 || round < this.#roundLog.round)) {
      this.#roundLog.returnTo(round);
      this.#evaluationState.returnTo(round);
    }
    const sentence = round === 0 ? 'nodes begin' : `nodes go on after round ${round}`;
    this.#log(sentence, { epoch: this.#phases.epoch });
    this.#phases.turnTo('returning');
  }

  #goOn(): void {
    this.#phases.goOn(this.#pacer.next(this.#phases.at, this.#now));
  }

  #unreachable(member: RegisteredWorker, message: MessageOf<'unreachable'>): void {
    const error = this.#relay.unreachable(member, message);
    if (error instanceof ConnectionError) this.#runEnd.fail(error);
    else if (error !== undefined) {
      const fields = { worker: member.worker, peer: message.peer, attempts: message.attempts };
      this.#effects.push({ kind: 'log', level: 'warn', sentence: error, fields });
    }
  }

  #report(member: RegisteredWorker, report: MessageOf<'report'>): void {
    const workers = this.#all.map(({ worker }) => worker);
    const { until } = this.#phases;
    if (report.diverged) this.#cannotGoOn(member, this.#diverged("a node's loss is not finite"));
    else if (!this.#roundLog.report(member, report, workers, until))
      this.#fail("a node's loss is not finite");
    else if (this.#behind.length === 0) this.#halt();
  }

  /** Workers whose nodes have not come as far as they may. */
  get #behind(): RegisteredWorker[] {
    return this.#roundLog.behind(this.#all, this.#phases.until);
  }

  /** All nodes have come as far as they may, and wait. */
  #halt(): void {
    this.#phases.halt();
    this.#pacer.halted(this.#phases.at, this.#now);
    if (this.#evaluation.isUnderWay) this.#phases.turnTo('evaluating');
    else this.#lookOrGoOn();
  }

  /** What is to be found out after this round, and kept, comes before the next. */
  #lookOrGoOn(): void {
    const { at } = this.#phases;
    // Rounds that were told of before are not kept again.
    const isKeepingDue = at >= this.#roundLog.round && this.#checkpoints.isDue(this.#now);
    if (this.#evaluationState.begin(at)) this.#phases.turnTo('examining');
    else if (isKeepingDue) {
      this.#keepingSince = this.#now;
      this.#phases.turnTo('keeping');
    } else this.#goOn();
  }

  #summary(member: RegisteredWorker, summary: MessageOf<'summary'>): void {
    const tested = summary.tested.map((one) => ({ ...one, lossSum: one.lossSum ?? NaN }));
    const lost = divergedNode(this.federation.recipe, this.#phases.at, tested);
    if (summary.diverged || lost) {
      this.#cannotGoOn(member, lost ?? this.#diverged('the models are not finite'));
      return;
    }
    const { latest, bytesSent } = this.#roundLog;
    const next = this.#evaluationState.take(member, summary, { round: this.#phases.at, latest, bytesSent });
    if (this.#hasDiverged()) return;
    if (next === 'more') this.#phases.turnTo('examining');
    else if (next === 'over') this.#end();
    else if (next === 'evaluating') {
      this.#phases.turnTo('evaluating');
      this.#concludeEvaluation();
    }
  }

  #concludeEvaluation(): void {
    if (!this.#evaluationState.concluded() || this.#hasDiverged()) return;
    const { ended, outcome } = this.#evaluationState;
    if (ended !== undefined && outcome !== undefined) this.#end();
    else if (this.#phases.phase === 'gathering') this.#gather(this.#phases.epoch);
    else if (this.#phases.phase === 'evaluating') this.#lookOrGoOn();
  }

  // Checkpoints and the end

  /** Every worker has kept its nodes: the round is one that all can return to. */
  #persist(): void {
    this.#phases.turnTo('persisting');
    this.#checkpoints.write(this.#phases.at, { round: this.#phases.at, bytesSent: this.#roundLog.bytesSent });
  }

  #end(): void {
    const { ended = 'rounds', outcome } = this.#evaluationState;
    if (outcome === undefined || this.#runEnd.isOver) return;
    this.#runEnd.finish({ outcome, rounds: this.#roundLog.round, ended });
  }

  /** Ends the run where an evaluation was no result. */
  #hasDiverged(): boolean {
    const { diverged } = this.#evaluationState;
    if (diverged !== undefined && !this.#runEnd.isOver) this.#runEnd.fail(diverged);
    return diverged !== undefined;
  }

  /** Training has diverged. */
  #fail(why: string): void {
    this.#runEnd.fail(this.#diverged(why));
  }

  #diverged(why: string): DivergedError {
    const { algorithm } = this.federation.recipe;
    return new DivergedError(this.#roundLog.round + 1, undefined, algorithm, why);
  }

  #nodesFailed(member: RegisteredWorker, { diverged, sentence }: MessageOf<'nodesFailed'>): void {
    this.#cannotGoOn(member, diverged ? this.#diverged(sentence) : new Error(sentence));
  }

  /**
   * A worker says that its nodes cannot go on. Nobody else can see whether that is so, and it would end the run: all return,
   * and it is believed once whoever has the nodes then says it again.
   */
  #cannotGoOn(member: RegisteredWorker, error: Error): void {
    if (this.#runEnd.isOver) return;
    const isAlone = member.clients.length === this.federation.partition.clients;
    if (isAlone || this.#doubts.isConfirmed(member)) {
      this.#runEnd.fail(error);
      return;
    }
    const session = this.#connections.presentOf(member.worker);
    const sentence = `worker ${member.worker} says that its nodes cannot go on: ${error.message}; all nodes return, and the run ends if its worker says so again`;
    if (session) this.#connections.turnAway(session, 'failed', sentence.slice(0, 1000));
    this.#gather(this.#phases.epoch);
  }

  /** @throws ProtocolError where a worker's nodes are not where all are asked to be */
  #checkRound({ kind, round }: MessageOf<'returned' | 'checkpointed'>): void {
    const { at } = this.#phases;
    if (round !== at)
      throw new ProtocolError('malformed', `round of '${kind}' is ${round}; it must be ${at}`);
  }

  /** Where nothing happens for long, what was asked is asked again, and what may be lost is sent again. */
  #askAgain(): void {
    const { phase, epoch, at } = this.#phases;
    const awaited = this.#phases.awaitedOf(this.#all);
    const key = [phase, epoch, at, this.#roundLog.reported, awaited.length].join();
    if (!this.#patience.isOver(key, this.#now) || awaited.length === 0 || this.#runEnd.isOver) return;
    for (const { worker } of awaited) {
      const session = this.#connections.presentOf(worker);
      if (session) this.#phases.tell(session);
    }
    if (phase === 'running') this.#relay.sendAgain();
  }

  /** Nodes whose worker has just gone wait for it, or for another. */
  #tellOfLost(present: ReadonlySet<string>): void {
    if (this.#runEnd.isOver) return;
    for (const { worker, clients } of this.#all) {
      if (!present.has(worker) || this.#connections.presentOf(worker)) continue;
      const ranges = rangesOf(clients).map(([first, last]) =>
        first === last ? `${first}` : `${first}-${last}`,
      );
      this.#log(
        `the run waits: ${described(clients)} had worker ${worker}; it can come back, or another with --clients ${ranges.join(',')}`,
        { worker },
      );
    }
  }
}

const described = (nodes: readonly number[]) =>
  `nodes ${rangesOf(nodes)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(', ')}`;
