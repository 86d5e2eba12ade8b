/**
 * The coordinator of gossip, without input and output. It tells workers where every node is and how far nodes may go,
 * and brings together what they tell: sums that are exact, figures node by node. Models do not come here, but where
 * workers cannot reach each other and it passes on what they send. Whenever a worker has lost its nodes, all return to
 * the last round that every one has kept, which begins an epoch; rounds that were told of are not told of again.
 */
import { DivergedError } from '../../hosting/index.js';
import { SumOverflowError } from '../../numerics/index.js';
import { ProtocolError, type MessageOf, type ToCoordinator, type ToWorker } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import { Connections } from '../connections.js';
import { Epilogue } from '../epilogue.js';
import type { CoordinatorEffect, CoordinatorEvent, GossipProgress } from '../events.js';
import { Members, type Member, type MembersRecord } from '../members.js';
import type { Session } from '../sessions.js';
import type { CoordinatorSettings } from '../settings.js';
import { Course } from './course.js';
import { Crew } from './crew.js';
import { Findings } from './findings.js';
import { Pace } from './pace.js';
import { Reports } from './reports.js';
import { Switchboard } from './switchboard.js';

export interface GossipStart {
  readonly federation: Federation;
  readonly settings: CoordinatorSettings;
  readonly members: MembersRecord;
  readonly checkpoint?: GossipProgress | undefined;
}

/** What all workers are doing, or are waited for to do. */
type Phase = 'gathering' | 'returning' | 'running' | 'examining' | 'evaluating' | 'keeping' | 'persisting';

export class GossipCoordinator {
  readonly federation: Federation;
  readonly #settings: CoordinatorSettings;
  readonly #members: Members;
  readonly #connections: Connections;
  readonly #switchboard: Switchboard;
  readonly #crew = new Crew();
  readonly #pace: Pace;
  readonly #findings: Findings;
  /** Rounds that are over and told of. */
  readonly #course: Course;
  #durable: number;
  /** Whether how it stands is being written. */
  #isPersisting = false;
  #phase: Phase = 'gathering';
  #epoch = 0;
  /** Where the nodes are, or were when they went on, and how far they may go. */
  #at = 0;
  #until = 0;
  #reports = new Reports();
  #epilogue: Epilogue | undefined;
  #over = false;
  #now = 0;
  #effects: CoordinatorEffect[] = [];

  constructor({ federation, settings, members, checkpoint }: GossipStart) {
    this.federation = federation;
    this.#settings = settings;
    const emit = (effect: CoordinatorEffect) => {
      this.#do(effect);
    };
    this.#course = new Course(checkpoint, emit);
    this.#durable = this.#course.round;
    this.#members = new Members(members, federation.partition.clients, this.#durable + 1, undefined);
    this.#pace = new Pace(federation.recipe);
    this.#findings = new Findings(federation, () => this.#all, this.#durable, emit);
    const run = {
      standing: () => ({ exchange: this.#course.round, durable: this.#durable, commits: [] }),
      lostFrom: () => undefined,
      takesPart: (session: Session, member: Member) => {
        this.#takesPart(session, member);
      },
      isOver: () => this.#over,
      work: (_session: Session, member: Member, message: ToCoordinator) => {
        try {
          this.#work(member, message);
        } catch (error) {
          if (!(error instanceof SumOverflowError)) throw error;
          this.#fail('the models are not finite');
        }
      },
    };
    this.#connections = new Connections(federation, settings, this.#members, run, emit);
    const { gossip: way } = federation.recipe.network;
    this.#switchboard = new Switchboard(way, this.#connections, this.#members);
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
      isOver: this.#over,
    };
  }

  /** Begins. To be called once, before any event. @param now a clock in milliseconds that never goes back */
  start(now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      this.#pace.begin(now);
      this.#connections.begin();
      this.#log('waiting for every node to have a worker');
    });
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      if (this.#epilogue) {
        this.#epilogue.handle(event);
        return;
      }
      this.#connections.handle(event, now);
      switch (event.kind) {
        case 'evaluated':
          this.#findings.heldOut(event.round, event.events);
          this.#concludeEvaluation();
          break;
        case 'progressPersisted':
          this.#isPersisting = false;
          this.#durable = event.exchange;
          this.#course.forget(this.#durable);
          this.#pace.kept(now);
          if (this.#phase === 'persisting') this.#goOn();
          else if (this.#phase === 'gathering') this.#gather(this.#epoch);
          break;
        case 'finished':
          this.#sayFarewell();
          break;
        case 'interrupt':
          if (!this.#over) this.#leave('goingAway', 'The coordinator is shutting down.', 1000);
          break;
        case 'connected':
        case 'message':
        case 'heard':
        case 'closed':
        case 'membersPersisted':
        case 'timer':
        // were of connections alone
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

  #log(sentence: string, fields: object = {}): void {
    this.#do({ kind: 'log', level: 'info', sentence, fields });
  }

  get #all(): readonly Member[] {
    return this.#members.record.members;
  }

  // Messages

  #work(member: Member, message: ToCoordinator): void {
    const isNow = (epoch: number, phase: Phase) => epoch === this.#epoch && phase === this.#phase;
    switch (message.kind) {
      case 'gossip':
      case 'acknowledge':
        this.#switchboard.relay(member, message);
        break;
      case 'report':
        if (isNow(message.epoch, 'running')) this.#report(member, message);
        break;
      case 'returned':
        if (isNow(message.epoch, 'returning') && this.#crew.answered(member)) this.#goOn();
        break;
      case 'summary':
        if (isNow(message.epoch, 'examining')) this.#summary(member, message);
        break;
      case 'checkpointed':
        if (message.epoch === this.#epoch) this.#crew.keeps(member, message.round);
        if (isNow(message.epoch, 'keeping') && this.#crew.answered(member)) this.#persist();
        break;
      case 'evaluated':
        this.#findings.clientsEvaluated(member, message);
        this.#concludeEvaluation();
        break;
      default:
        throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
    }
  }

  #takesPart(session: Session, member: Member): void {
    const { epoch = 0, checkpoints = [] } = session.came ?? {};
    const { refusal } = this.#switchboard;
    if (refusal !== undefined) {
      this.#connections.turnAway(session, 'unexpected', refusal);
      return;
    }
    const { exchange, durable } = { exchange: this.#course.round, durable: this.#durable };
    this.#connections.send(session, { kind: 'committed', exchange, durable, commits: [] });
    this.#crew.comes(member, checkpoints);
    this.#switchboard.tell();
    this.#askOfMean(session);
    if (this.#phase === 'gathering' || epoch !== this.#epoch) this.#gather(epoch);
    else this.#ask(session);
  }

  get #isAsynchronous(): boolean {
    return this.federation.recipe.schedule.kind === 'asynchronous';
  }

  /** All workers go on to something else together. */
  #turnTo(phase: Phase): void {
    this.#phase = phase;
    this.#crew.await(this.#all);
    for (const session of this.#connections.present) this.#ask(session);
  }

  /** Says what is awaited of a worker now: it may have been away when it was said first. */
  #ask(session: Session): void {
    const request = session.member && this.#requestFor(session.member);
    if (request) this.#connections.send(session, request);
  }

  #requestFor(member: Member): ToWorker | undefined {
    const [epoch, round] = [this.#epoch, this.#at];
    const isAwaited = this.#crew.awaits(member);
    if (this.#phase === 'returning') return isAwaited ? { kind: 'returnTo', epoch, round } : undefined;
    if (this.#phase === 'keeping') return isAwaited ? { kind: 'checkpoint', epoch, round } : undefined;
    if (this.#phase === 'examining') return this.#findings.requestFor(member, epoch);
    if (this.#phase !== 'running') return undefined;
    return { kind: 'start', epoch, until: this.#until, durable: this.#durable };
  }

  #askOfMean(session: Session): void {
    const { member, held } = session;
    const request = member && held && this.#findings.evaluationFor(member, held);
    if (request) this.#connections.send(session, request);
  }

  // Rounds

  /** Some worker's nodes are not where the others are: all return to a round that every worker has kept. */
  #gather(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    this.#phase = 'gathering';
    this.#findings.giveUp();
    const nodes = this.#all.reduce((sum, { clients }) => sum + clients.length, 0);
    const isHere = this.#all.every(({ worker }) => this.#connections.presentOf(worker) !== undefined);
    if (nodes < this.federation.partition.clients || !isHere) return;
    // What is still to be known of rounds that may not count any more must be known before they do not.
    const isUnsettled = this.#findings.isEvaluating || this.#isPersisting;
    if (this.#isAsynchronous && isUnsettled) return;
    this.#epoch++;
    this.#reports = new Reports();
    this.#at = this.#until = this.#crew.commonRound(this.#all, this.#course.round);
    if (this.#isAsynchronous && this.#epoch > 1) {
      this.#durable = Math.min(this.#durable, this.#at);
      this.#course.returnTo(this.#at);
      this.#findings.returnTo(this.#at);
    }
    this.#log(this.#at === 0 ? 'nodes begin' : `nodes go on after round ${this.#at}`, { epoch: this.#epoch });
    this.#turnTo('returning');
  }

  #goOn(): void {
    this.#until = this.#pace.next(this.#at, this.#now);
    this.#turnTo('running');
  }

  #report(member: Member, report: MessageOf<'report'>): void {
    this.#reports.add(member, report);
    const workers = this.#all.map(({ worker }) => worker);
    for (;;) {
      const whole = this.#reports.take(this.#course.round + 1, workers);
      if (whole === undefined) break;
      if (whole.totals.diverged) {
        this.#fail("a node's loss is not finite");
        return;
      }
      this.#course.tell(whole);
    }
    if (this.#behind.length === 0) this.#halt();
  }

  /** Workers whose nodes have not come as far as they may. */
  get #behind(): Member[] {
    return this.#all.filter(({ worker }) => this.#reports.reachedBy(worker) < this.#until);
  }

  /** All nodes have come as far as they may, and wait. */
  #halt(): void {
    this.#at = this.#until;
    this.#pace.halted(this.#at, this.#now);
    if (this.#findings.isEvaluating) this.#phase = 'evaluating';
    else if (this.#findings.begin(this.#at)) this.#turnTo('examining');
    else this.#keepIfDue();
  }

  #summary(member: Member, summary: MessageOf<'summary'>): void {
    const { latest, bytesSent } = this.#course;
    const next = this.#findings.take(member, summary, { round: this.#at, latest, bytesSent });
    if (next === 'more') this.#turnTo('examining');
    else if (next === 'over') this.#end();
    else if (next === 'evaluating') {
      this.#phase = 'evaluating';
      for (const session of this.#connections.present) this.#askOfMean(session);
      this.#concludeEvaluation();
    }
  }

  #concludeEvaluation(): void {
    if (!this.#findings.concluded()) return;
    const { ended, outcome } = this.#findings;
    if (ended !== undefined && outcome !== undefined) this.#end();
    else if (this.#phase === 'gathering') this.#gather(this.#epoch);
    else if (this.#phase !== 'evaluating') return;
    else if (this.#findings.begin(this.#at)) this.#turnTo('examining');
    else this.#keepIfDue();
  }

  // Checkpoints and the end

  #keepIfDue(): void {
    if (this.#at < this.#course.round || !this.#pace.isKeepingDue(this.#now)) {
      this.#goOn();
      return;
    }
    this.#pace.keeping(this.#now);
    this.#turnTo('keeping');
  }

  /** Every worker has kept its nodes: the round is one that all can return to. */
  #persist(): void {
    this.#phase = 'persisting';
    this.#isPersisting = true;
    const content = { round: this.#at, bytesSent: this.#course.bytesSent };
    this.#do({ kind: 'persistProgress', exchange: this.#at, content });
  }

  #end(): void {
    const { ended = 'rounds', outcome } = this.#findings;
    if (outcome === undefined || this.#over) return;
    this.#over = true;
    this.#do({ kind: 'finish', outcome, rounds: this.#course.round, ended });
  }

  #sayFarewell(): void {
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    this.#epilogue = new Epilogue(this.#members.record, this.#settings.farewellMs, (effect) => {
      this.#do(effect);
    });
    this.#epilogue.begin(this.#connections.all);
  }

  /** Training has diverged: the run ends without a result. */
  #fail(why: string): void {
    const { algorithm } = this.federation.recipe;
    const error = new DivergedError(this.#course.round + 1, undefined, algorithm, why);
    this.#leave('done', `The run has failed: ${error.message}`, undefined, error);
  }

  #leave(reason: 'done' | 'goingAway', sentence: string, retryAfterMs?: number, error?: Error): void {
    this.#over = true;
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    this.#connections.turnAllAway(reason, sentence, retryAfterMs);
    this.#do({ kind: 'exit', ...(error && { error }) });
  }
}
