/**
 * The coordinator of gossip, without input and output. It tells workers where every node is and how far nodes may go,
 * and brings together what they tell: sums that are exact, figures node by node. Models do not come here, but where
 * workers cannot reach each other and it passes on what they send. Whenever a worker has lost its nodes, all return to
 * the last round that every one has kept, which begins an epoch; rounds that were told of are not told of again.
 */
import { ownDataClients } from '../../data/index.js';
import { ConnectionError, DivergedError, divergedNode } from '../../hosting/index.js';
import { range } from '../../numerics/index.js';
import { ProtocolError, type MessageOf, type ToCoordinator } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import { Checkpoints } from '../checkpoints.js';
import { rangesOf } from '../client-ranges.js';
import { Connections, type WorkerStatus } from '../connections.js';
import { Ending } from '../ending.js';
import { EvaluationDesk } from '../evaluation-desk.js';
import type { CoordinatorEffect, CoordinatorEvent, GossipProgress } from '../events.js';
import { Members, type Member, type MembersRecord } from '../members.js';
import { federationOf } from '../own-sizes.js';
import type { Session } from '../sessions.js';
import type { CoordinatorSettings } from '../settings.js';
import { WaitLog, type Missing, type Wait } from '../wait-log.js';
import { UnsummableError } from './check-summary.js';
import { Course } from './course.js';
import { Doubts } from './doubts.js';
import { Findings } from './findings.js';
import { Muster } from './muster.js';
import { Orders } from './orders.js';
import { Pace } from './pace.js';
import { Patience } from './patience.js';
import { Switchboard } from './switchboard.js';

export interface GossipStart {
  readonly federation: Federation;
  readonly settings: CoordinatorSettings;
  readonly members: MembersRecord;
  readonly checkpoint?: GossipProgress | undefined;
}

export class GossipCoordinator {
  /** With the sizes of nodes that bring their own data. */
  readonly federation: Federation;
  readonly #members: Members;
  readonly #connections: Connections;
  readonly #switchboard: Switchboard;
  readonly #pace: Pace;
  readonly #course: Course;
  readonly #orders: Orders;
  readonly #muster: Muster;
  readonly #evaluation: EvaluationDesk;
  readonly #findings: Findings;
  readonly #checkpoints: Checkpoints;
  readonly #ending: Ending;
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
    this.#course = new Course(() => this.federation, checkpoint, emit);
    const { durable } = this.#course;
    const names = ownDataClients(recipe.data.partition);
    this.#members = new Members(members, partition.clients, durable + 1, names);
    this.federation = federationOf(federation, this.#members);
    const run = {
      standing: () => this.#course.standing,
      lostFrom: () => undefined,
      takesPart: (session: Session, member: Member) => {
        this.#takesPart(session, member);
      },
      isOver: () => this.#ending.isOver,
      work: (_session: Session, member: Member, message: ToCoordinator) => {
        try {
          this.#work(member, message);
        } catch (error) {
          if (!(error instanceof UnsummableError)) throw error;
          this.#cannotGoOn(member, this.#diverged(`the models are not finite (${error.message})`));
        }
      },
    };
    this.#connections = new Connections(this.federation, settings, this.#members, run, emit);
    this.#switchboard = new Switchboard(this.federation, this.#connections, this.#members);
    this.#muster = new Muster(partition.clients, this.#connections);
    this.#pace = new Pace(recipe);
    this.#evaluation = new EvaluationDesk(this.federation, this.#connections, () => [], emit);
    this.#findings = new Findings(this.federation, () => this.#all, durable, this.#evaluation, emit);
    this.#orders = new Orders(this.#connections, this.#course, this.#findings);
    this.#checkpoints = new Checkpoints(recipe.checkpoint, emit);
    this.#ending = new Ending(this.#connections, emit);
  }

  /** How things stand, for metrics and health. */
  get status() {
    return {
      exchanges: this.#course.round,
      waiting: this.#behind.reduce((nodes, { clients }) => nodes + clients.length, 0),
      workers: this.#connections.present.length,
      connections: this.#connections.count,
      members: this.#all.length,
      dropped: 0,
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
      this.#log('waiting for every node to have a worker');
    });
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      if (this.#ending.takes(event)) return;
      const present = new Set(this.#connections.present.map(({ member }) => member?.worker ?? ''));
      this.#connections.handle(event, now);
      if (present.size > this.#connections.present.length) this.#tellOfLost(present);
      switch (event.kind) {
        case 'evaluated':
          this.#evaluation.heldOut(event.round, event.events);
          this.#concludeEvaluation();
          break;
        case 'progressPersisted':
          this.#course.persisted(event.exchange);
          this.#checkpoints.written(now, now - this.#keepingSince);
          if (this.#orders.phase === 'persisting') this.#goOn();
          else if (this.#orders.phase === 'gathering') this.#gather(this.#orders.epoch);
          break;
        case 'timer':
          if (event.name !== 'heartbeat') break;
          this.#logWait();
          this.#askAgain();
          break;
        case 'finished':
          this.#ending.sayFarewell();
          break;
        case 'interrupt':
          if (!this.#ending.isOver) this.#ending.interrupt();
          break;
        case 'connected':
        case 'message':
        case 'heard':
        case 'closed':
        case 'membersPersisted':
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
    const { phase, at, until } = this.#orders;
    if (this.#ending.isOver) return undefined;
    if (phase === 'gathering') {
      const nodes = range(this.federation.partition.clients);
      const missing = this.#connections.missing(nodes).filter(({ isHere }) => !isHere);
      return { key: phase, what: 'the run', missing };
    }
    const missing = this.#workers(this.#orders.awaitedOf(this.#all));
    if (phase === 'running') return { key: `${until}`, what: `round ${until}`, missing };
    return { key: `${phase} ${at}`, what: `the end of round ${at}`, missing };
  }

  #workers(members: readonly Member[]): Missing[] {
    return members.map(({ worker: name }) => {
      const isHere = this.#connections.presentOf(name) !== undefined;
      return { name: `worker ${name}`, isHere, why: isHere ? 'connected' : 'not connected' };
    });
  }

  get #all(): readonly Member[] {
    return this.#members.taking;
  }

  // Messages

  #work(member: Member, message: ToCoordinator): void {
    const orders = this.#orders;
    switch (message.kind) {
      case 'gossip':
      case 'acknowledge':
        orders.check(message.epoch);
        // While nodes lack workers or change them, what is sent is of an epoch that is as good as over.
        this.#switchboard.relay(
          member,
          message,
          message.epoch === orders.epoch && orders.phase !== 'gathering',
        );
        break;
      case 'complaint':
        orders.check(message.epoch);
        this.#log(this.#switchboard.complain(member, message), { worker: member.worker, peer: message.peer });
        break;
      case 'nodesFailed':
        if (orders.isNow(message.epoch, 'running')) this.#nodesFailed(member, message);
        break;
      case 'unreachable':
        this.#unreachable(member, message);
        break;
      case 'report':
        if (orders.isNow(message.epoch, 'running')) this.#report(member, message);
        break;
      case 'returned':
        if (!orders.isNow(message.epoch, 'returning')) break;
        this.#checkRound(message);
        if (orders.isDone(member)) this.#goOn();
        break;
      case 'summary':
        if (orders.isNow(message.epoch, 'examining')) this.#summary(member, message);
        break;
      case 'checkpointed':
        if (!orders.isNow(message.epoch, 'keeping')) break;
        this.#checkRound(message);
        this.#muster.keeps(member, message.round);
        if (orders.isDone(member)) this.#persist();
        break;
      default:
        throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
    }
  }

  #takesPart(session: Session, member: Member): void {
    const { epoch = 0, checkpoints = [] } = session.came ?? {};
    const wrong =
      this.#muster.refusalOf(epoch, this.#orders.epoch, this.#hasBegun) ??
      this.#switchboard.comes(member, session);
    if (wrong !== undefined) {
      this.#connections.turnAway(session, 'malformed', wrong);
      return;
    }
    const { refusal } = this.#switchboard;
    if (refusal !== undefined) {
      this.#connections.turnAway(session, 'unexpected', refusal);
      return;
    }
    this.#connections.send(session, { kind: 'committed', ...this.#course.standing });
    this.#muster.comes(member, checkpoints);
    this.#switchboard.tell();
    this.#evaluation.ask(session);
    if (this.#orders.phase === 'gathering' || epoch !== this.#orders.epoch) this.#gather(epoch);
    else this.#orders.tell(session);
  }

  // Rounds

  /** Some worker's nodes are not where the others are: all return to a round that every worker has kept. */
  #gather(epoch: number): void {
    this.#orders.gather(epoch);
    this.#findings.giveUp();
    const isAsynchronous = this.federation.recipe.schedule.kind === 'asynchronous';
    // What is still to be known of rounds that may not count any more must be known before they do not.
    if (isAsynchronous && (this.#evaluation.isUnderWay || this.#checkpoints.isWriting)) return;
    const round = this.#muster.returnTo(this.#course.round);
    if (round === undefined) return;
    this.#orders.beginEpoch(round);
    this.#hasBegun = true;
    this.#course.forgetReports(round);
    this.#switchboard.beginEpoch(round);
    if (isAsynchronous && this.#orders.epoch > 1) {
      this.#course.returnTo(round);
      this.#findings.returnTo(round);
    }
    const sentence = round === 0 ? 'nodes begin' : `nodes go on after round ${round}`;
    this.#log(sentence, { epoch: this.#orders.epoch });
    this.#orders.turnTo('returning');
  }

  #goOn(): void {
    this.#orders.goOn(this.#pace.next(this.#orders.at, this.#now));
  }

  #unreachable(member: Member, message: MessageOf<'unreachable'>): void {
    const error = this.#switchboard.unreachable(member, message);
    if (error instanceof ConnectionError) this.#ending.fail(error);
    else if (error !== undefined) {
      const fields = { worker: member.worker, peer: message.peer, attempts: message.attempts };
      this.#effects.push({ kind: 'log', level: 'warn', sentence: error, fields });
    }
  }

  #report(member: Member, report: MessageOf<'report'>): void {
    const workers = this.#all.map(({ worker }) => worker);
    const { until } = this.#orders;
    if (report.diverged) this.#cannotGoOn(member, this.#diverged("a node's loss is not finite"));
    else if (!this.#course.report(member, report, workers, until)) this.#fail("a node's loss is not finite");
    else if (this.#behind.length === 0) this.#halt();
  }

  /** Workers whose nodes have not come as far as they may. */
  get #behind(): Member[] {
    return this.#course.behind(this.#all, this.#orders.until);
  }

  /** All nodes have come as far as they may, and wait. */
  #halt(): void {
    this.#orders.halt();
    this.#pace.halted(this.#orders.at, this.#now);
    if (this.#evaluation.isUnderWay) this.#orders.turnTo('evaluating');
    else this.#lookOrGoOn();
  }

  /** What is to be found out after this round, and kept, comes before the next. */
  #lookOrGoOn(): void {
    const { at } = this.#orders;
    // Rounds that were told of before are not kept again.
    const isKeepingDue = at >= this.#course.round && this.#checkpoints.isDue(this.#now);
    if (this.#findings.begin(at)) this.#orders.turnTo('examining');
    else if (isKeepingDue) {
      this.#keepingSince = this.#now;
      this.#orders.turnTo('keeping');
    } else this.#goOn();
  }

  #summary(member: Member, summary: MessageOf<'summary'>): void {
    const tested = summary.tested.map((one) => ({ ...one, lossSum: one.lossSum ?? NaN }));
    const lost = divergedNode(this.federation.recipe, this.#orders.at, tested);
    if (summary.diverged || lost) {
      this.#cannotGoOn(member, lost ?? this.#diverged('the models are not finite'));
      return;
    }
    const { latest, bytesSent } = this.#course;
    const next = this.#findings.take(member, summary, { round: this.#orders.at, latest, bytesSent });
    if (this.#hasDiverged()) return;
    if (next === 'more') this.#orders.turnTo('examining');
    else if (next === 'over') this.#end();
    else if (next === 'evaluating') {
      this.#orders.turnTo('evaluating');
      this.#concludeEvaluation();
    }
  }

  #concludeEvaluation(): void {
    if (!this.#findings.concluded() || this.#hasDiverged()) return;
    const { ended, outcome } = this.#findings;
    if (ended !== undefined && outcome !== undefined) this.#end();
    else if (this.#orders.phase === 'gathering') this.#gather(this.#orders.epoch);
    else if (this.#orders.phase === 'evaluating') this.#lookOrGoOn();
  }

  // Checkpoints and the end

  /** Every worker has kept its nodes: the round is one that all can return to. */
  #persist(): void {
    this.#orders.turnTo('persisting');
    this.#checkpoints.write(this.#orders.at, { round: this.#orders.at, bytesSent: this.#course.bytesSent });
  }

  #end(): void {
    const { ended = 'rounds', outcome } = this.#findings;
    if (outcome === undefined || this.#ending.isOver) return;
    this.#ending.finish({ outcome, rounds: this.#course.round, ended });
  }

  /** Ends the run where an evaluation was no result. */
  #hasDiverged(): boolean {
    const { diverged } = this.#findings;
    if (diverged !== undefined && !this.#ending.isOver) this.#ending.fail(diverged);
    return diverged !== undefined;
  }

  /** Training has diverged. */
  #fail(why: string): void {
    this.#ending.fail(this.#diverged(why));
  }

  #diverged(why: string): DivergedError {
    const { algorithm } = this.federation.recipe;
    return new DivergedError(this.#course.round + 1, undefined, algorithm, why);
  }

  #nodesFailed(member: Member, { diverged, sentence }: MessageOf<'nodesFailed'>): void {
    this.#cannotGoOn(member, diverged ? this.#diverged(sentence) : new Error(sentence));
  }

  /**
   * A worker says that its nodes cannot go on. Nobody else can see whether that is so, and it would end the run: all return,
   * and it is believed once whoever has the nodes then says it again.
   */
  #cannotGoOn(member: Member, error: Error): void {
    if (this.#ending.isOver) return;
    const isAlone = member.clients.length === this.federation.partition.clients;
    if (isAlone || this.#doubts.isConfirmed(member)) {
      this.#ending.fail(error);
      return;
    }
    const session = this.#connections.presentOf(member.worker);
    const sentence = `worker ${member.worker} says that its nodes cannot go on: ${error.message}; all nodes return, and the run ends if its worker says so again`;
    if (session) this.#connections.turnAway(session, 'failed', sentence.slice(0, 1000));
    this.#gather(this.#orders.epoch);
  }

  /** @throws ProtocolError where a worker's nodes are not where all are asked to be */
  #checkRound({ kind, round }: MessageOf<'returned' | 'checkpointed'>): void {
    const { at } = this.#orders;
    if (round !== at)
      throw new ProtocolError('malformed', `round of '${kind}' is ${round}; it must be ${at}`);
  }

  /** Where nothing happens for long, what was asked is asked again, and what may be lost is sent again. */
  #askAgain(): void {
    const { phase, epoch, at } = this.#orders;
    const awaited = this.#orders.awaitedOf(this.#all);
    const key = [phase, epoch, at, this.#course.reported, awaited.length].join();
    if (!this.#patience.isOver(key, this.#now) || awaited.length === 0 || this.#ending.isOver) return;
    for (const { worker } of awaited) {
      const session = this.#connections.presentOf(worker);
      if (session) this.#orders.tell(session);
    }
    if (phase === 'running') this.#switchboard.sendAgain();
  }

  /** Nodes whose worker has just gone wait for it, or for another. */
  #tellOfLost(present: ReadonlySet<string>): void {
    if (this.#ending.isOver) return;
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
