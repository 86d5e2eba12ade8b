/**
 * The coordinator of a federated algorithm, without input and output: told what happens, it says what is to be done.
 * It drives the very exchanges that the simulator drives, so both end in the same bits. What a worker can rely on is
 * durable before the worker hears of it: who it is, and from where the run goes on.
 */
import type { FederatedAlgorithm } from '../algorithms/index.js';
import { measureSizes, ownDataClients } from '../data/index.js';
import {
  beginExchange,
  concluded,
  DivergedError,
  meetsTarget,
  startFederated,
  type FederatedProgress,
  type Finished,
} from '../hosting/index.js';
import { sha256 } from '../numerics/index.js';
import { ProtocolError, type MessageOf, type ToCoordinator, type ToWorker } from '../protocol/index.js';
import type { Federation } from '../recipe/index.js';
import { isAmong } from './client-ranges.js';
import { Connections } from './connections.js';
import { Counted } from './counted.js';
import { Epilogue } from './epilogue.js';
import { judge } from './judge.js';
import type { CoordinatorCheckpoint, CoordinatorEffect, CoordinatorEvent } from './events.js';
import { Members, type Member, type MembersRecord } from './members.js';
import { ModelEvaluation } from './model-evaluation.js';
import { withOwnSizes } from './own-sizes.js';
import { NobodyAnsweredError, Round } from './round.js';
import { roundRules, type RoundRules } from './round-rules.js';
import type { Session } from './sessions.js';
import type { CoordinatorSettings } from './settings.js';

export interface CoordinatorStart {
  readonly federation: Federation;
  readonly algorithm: FederatedAlgorithm;
  readonly settings: CoordinatorSettings;
  readonly members: MembersRecord;
  readonly checkpoint?: CoordinatorCheckpoint | undefined;
}

/** An update is asked for so often before its client is given up. */
const ATTEMPTS = 3;
/** Of the wall time, what checkpoints may take. */
const CHECKPOINT_SHARE = 0.05;

export class Coordinator {
  readonly #federation: Federation;
  readonly #algorithm: FederatedAlgorithm;
  readonly #settings: CoordinatorSettings;
  readonly #rules: RoundRules;
  readonly #members: Members;
  readonly #connections: Connections;
  #progress: FederatedProgress;
  readonly #counted: Counted;
  readonly #dropped: Map<number, string>;
  #round: Round | undefined;
  #before: Round | undefined;
  /** Answers that came when the exchange under way had all of its own, and could not end yet. */
  readonly #early: { readonly session: Session; readonly message: MessageOf<'update' | 'failed'> }[] = [];
  /** The exchange that has all its answers, while it waits for the evaluation before it. */
  #evaluation: ModelEvaluation | undefined;
  #persisting = false;
  #persistAfter = 0;
  #over = false;
  #epilogue: Epilogue | undefined;
  #now = 0;
  #effects: CoordinatorEffect[] = [];

  constructor({ federation, algorithm, settings, members, checkpoint }: CoordinatorStart) {
    this.#federation = federation;
    this.#algorithm = algorithm;
    this.#settings = settings;
    this.#rules = roundRules(federation.recipe);
    const { clients } = federation.partition;
    this.#progress = checkpoint?.progress ?? startFederated(federation, algorithm);
    this.#members = new Members(
      members,
      clients,
      this.#progress.exchanges + 1,
      ownDataClients(federation.recipe.data.partition),
    );
    if (this.#members.names !== undefined) {
      const partition = withOwnSizes(federation.partition, (client) => this.#members.samplesOf(client));
      this.#federation = { ...federation, partition, skew: () => measureSizes(partition) };
    }
    this.#counted = new Counted(
      checkpoint?.lastCounted ?? new Uint32Array(clients),
      this.#progress.exchanges,
    );
    this.#dropped = new Map(checkpoint?.dropped);
    this.#connections = new Connections(
      this.#federation,
      settings,
      this.#members,
      {
        standing: (own) => this.#standing(own),
        lostFrom: (client) => this.#lostFrom(client),
        takesPart: (session, member) => {
          this.#takesPart(session, member);
        },
        isOver: () => this.#over,
        work: (session, member, message) => {
          this.#work(session, member, message);
        },
      },
      (effect) => {
        this.#do(effect);
      },
    );
  }

  /** With the sizes of clients that bring their own data. */
  get federation(): Federation {
    return this.#federation;
  }

  /** How things stand, for metrics and health. */
  get status() {
    return {
      exchanges: this.#progress.exchanges,
      waiting: this.#round === undefined ? 0 : Array.from(this.#round.waiting).length,
      workers: this.#connections.present.length,
      connections: this.#connections.count,
      members: this.#members.record.members.filter(({ clients }) => clients.length > 0).length,
      dropped: this.#dropped.size,
      isOver: this.#over,
    };
  }

  /** Begins. To be called once, before any event. @param now a clock in milliseconds that never goes back */
  start(now: number): CoordinatorEffect[] {
    return this.#act(now, () => {
      this.#persistAfter = now + this.#checkpointMs;
      this.#connections.begin();
      if (this.#progress.ended !== undefined) this.#end();
      else if (this.#members.isComplete) this.#beginExchange();
      else
        this.#do({ kind: 'log', level: 'info', sentence: 'waiting for every client to come with its data' });
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
        case 'timer':
          if (event.name === 'deadline') this.#deadline();
          break;
        case 'evaluated':
          if (this.#evaluation?.round === event.round) this.#evaluation.found(event.events);
          this.#evaluated();
          break;
        case 'membersPersisted':
          this.#beginIfComplete();
          break;
        case 'progressPersisted':
          this.#persisting = false;
          this.#counted.persisted(event.exchange);
          this.#persistAfter = now + Math.max(this.#checkpointMs, event.tookMs / CHECKPOINT_SHARE);
          break;
        case 'finished':
          this.#sayFarewell();
          break;
        case 'interrupt':
          this.#interrupt();
          break;
        case 'connected':
        case 'message':
        case 'heard':
        case 'closed':
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

  #send(session: Session, message: ToWorker): void {
    this.#connections.send(session, message);
  }

  get #checkpointMs(): number {
    return this.#federation.recipe.checkpoint.seconds * 1000;
  }

  // Workers

  #work(session: Session, member: Member, message: ToCoordinator): void {
    if (message.kind === 'update') this.#update(session, member, message);
    else if (message.kind === 'failed') this.#failed(session, member, message);
    else if (message.kind === 'evaluated') {
      this.#evaluation?.clientsEvaluated(member, message);
      this.#evaluated();
    } else throw new ProtocolError('unexpected', `a message '${message.kind}' has no place in this run`);
  }

  #takesPart(session: Session, member: Member): void {
    // Exchanges may have ended since the welcome, with answers that had come before it.
    const { exchange, commits } = this.#standing(member.clients);
    this.#send(session, { kind: 'committed', exchange, durable: this.#counted.durable, commits });
    for (const { exchange: start, client } of session.pending) {
      if (this.#round?.awaited(client)?.start === start) continue;
      this.#send(session, { kind: 'cancel', exchange: start, clients: [client] });
    }
    this.#sendWork(session);
  }

  #standing(clients: readonly number[]) {
    const { exchanges: exchange } = this.#progress;
    return { exchange, durable: this.#counted.durable, commits: this.#counted.commitsOf(clients) };
  }

  /** What this worker has to do now, of the exchange and of the evaluation under way. */
  #sendWork(session: Session): void {
    this.#askOfModel(session);
    const round = this.#round;
    const { clients = [] } = session.member ?? {};
    if (round)
      this.#sendTasks(
        session,
        round,
        clients.filter((client) => round.awaited(client)),
      );
  }

  #sendTasks(session: Session, round: Round, clients: readonly number[]): void {
    if (session.held === undefined) return;
    for (const task of round.tasksFor(clients, session.held)) this.#send(session, task);
  }

  /** Where clients bring their own data, the first exchange waits until it is known of all how many they are. */
  #beginIfComplete(): void {
    if (this.#members.names === undefined || !this.#members.isComplete) return;
    const isIdle = this.#round === undefined && this.#evaluation === undefined && !this.#over;
    if (isIdle && this.#connections.isDurable) this.#beginExchange();
  }

  // The exchange under way

  #beginExchange(): void {
    const exchange = beginExchange(
      this.#federation,
      this.#algorithm,
      this.#progress,
      this.#rules.overSelection,
    );
    if (exchange === 'done') {
      this.#progress = { ...this.#progress, ended: 'done' };
      this.#evaluate(this.#progress);
      return;
    }
    const before = this.#before;
    this.#round = new Round(exchange, this.#dropped, this.#federation.codec, before);
    const { deadlineMs } = this.#rules;
    if (deadlineMs !== undefined) this.#do({ kind: 'setTimer', name: 'deadline', afterMs: deadlineMs });
    // Who is still training for an earlier one knows it.
    this.#ask(this.#round, before ? this.#round.asked : [...this.#round.waiting]);
    this.#takeEarly();
    this.#finishIfComplete();
  }

  #update(session: Session, { clients }: Member, update: MessageOf<'update'>): void {
    if (this.#isEarly(session, update)) return;
    const { exchange, client, attempt } = update;
    const round = this.#round;
    const judgement = judge(update, clients, {
      federation: this.#federation,
      algorithm: this.#algorithm,
      normBound: this.#rules.normBound,
      exchanges: this.#progress.exchanges,
      round,
      counted: this.#counted,
    });
    if (judgement.kind === 'refused') {
      const { reason, sentence, isOwnFault } = judgement;
      const next = this.#nextFor(client);
      this.#do({ kind: 'count', what: 'refused', reason });
      this.#do({ kind: 'log', level: 'warn', sentence, fields: { client, exchange, reason } });
      this.#send(session, { kind: 'refused', exchange, client, attempt, reason, sentence, next });
      if (isOwnFault && round) this.#again(session, round, client, `its updates were refused: ${sentence}`);
      return;
    }
    if (judgement.kind === 'counts' && round) {
      const replacing = round.accept(client, judgement.answer);
      this.#do({ kind: 'count', what: 'accepted' });
      this.#ask(round, replacing);
    }
    this.#send(session, { kind: 'accepted', exchange, client, attempt });
    if (judgement.kind === 'counts') this.#finishIfComplete();
  }

  /** Sends these clients' tasks to those workers that are here. */
  #ask(round: Round, clients: readonly number[]): void {
    for (const [session, own] of this.#connections.byOwner(clients)) this.#sendTasks(session, round, own);
  }

  /** Whether what became of a task is kept for the next exchange: the one under way is full, and waits for an evaluation. */
  #isEarly(session: Session, message: MessageOf<'update' | 'failed'>): boolean {
    const round = this.#round;
    if (!round?.isComplete || round.awaited(message.client)?.start !== message.exchange) return false;
    this.#early.push({ session, message });
    return true;
  }

  #takeEarly(): void {
    for (const { session, message } of this.#early.splice(0)) {
      if (session.member === undefined || !this.#connections.isOpen(session)) continue;
      if (message.kind === 'update') this.#update(session, session.member, message);
      else this.#failed(session, session.member, message);
    }
  }

  #failed(session: Session, { clients }: Member, failure: MessageOf<'failed'>): void {
    if (this.#isEarly(session, failure)) return;
    const { client, exchange, attempt, sentence } = failure;
    const round = this.#round;
    const asked = round?.awaited(client);
    if (round === undefined || asked?.start !== exchange || !isAmong(clients, client)) return;
    if (asked.attempt !== attempt) return;
    this.#do({
      kind: 'log',
      level: 'warn',
      sentence: `client ${client} failed: ${sentence}`,
      fields: { exchange },
    });
    this.#again(session, round, client, `its update failed: ${sentence}`);
  }

  /** Asks a client once more, or gives it up for good. */
  #again(session: Session, round: Round, client: number, why: string): void {
    round.askAgain(client);
    const asked = round.awaited(client);
    if (asked && asked.attempt < ATTEMPTS) {
      this.#sendTasks(session, round, [client]);
      return;
    }
    this.#dropped.set(client, why);
    this.#do({ kind: 'log', level: 'warn', sentence: `client ${client} is not asked any more: ${why}` });
    this.#ask(round, round.giveUp(client, why));
    if (session.member?.clients.every((one) => this.#dropped.has(one))) {
      this.#connections.turnAway(session, 'dropped', 'too many updates of this worker were refused');
    }
    this.#finishIfComplete();
  }

  #lostFrom(client: number): number | undefined {
    const isAccepted = this.#round?.accepted.has(client) ?? false;
    return isAccepted || this.#counted.hasAny(client) ? this.#nextFor(client) : undefined;
  }

  /** The next exchange that a client may submit to. */
  #nextFor(client: number): number {
    const round = this.#round;
    if (round === undefined) return this.#progress.exchanges + 1;
    return round.awaited(client) === undefined ? round.number + 1 : round.number;
  }

  #deadline(): void {
    const round = this.#round;
    if (round === undefined || round.isComplete) return;
    const { deadlineMs = 0, minimum } = this.#rules;
    if (round.accepted.size < minimum) {
      const sentence = `the deadline has passed with ${round.accepted.size} of at least ${minimum} updates`;
      this.#do({
        kind: 'log',
        level: 'warn',
        sentence: `${sentence}: waiting on`,
        fields: { exchange: round.number },
      });
      this.#do({ kind: 'setTimer', name: 'deadline', afterMs: deadlineMs });
      return;
    }
    this.#endEarly(round, 'deadline');
  }

  /** Ends an exchange without those who have not answered. */
  #endEarly(round: Round, why: string): void {
    const late = [...round.waiting];
    for (const client of late) round.giveUp(client, why);
    for (const [session, clients] of this.#connections.byOwner(late)) {
      this.#send(session, { kind: 'cancel', exchange: round.number, clients });
    }
    this.#finishIfComplete();
  }

  #finishIfComplete(): void {
    const round = this.#round;
    if (round === undefined) return;
    if (!round.isComplete && round.accepted.size >= round.exchange.enough) {
      this.#endEarly(round, 'enough others were faster');
      return;
    }
    // The next event's evaluation comes after the one that is under way.
    if (!round.isComplete || this.#evaluation !== undefined) return;
    this.#do({ kind: 'clearTimer', name: 'deadline' });
    let finished: Finished;
    try {
      if (round.accepted.size === 0 && round.missing.size > 0) throw new NobodyAnsweredError(round);
      finished = round.exchange.finish();
    } catch (error) {
      if (!(error instanceof DivergedError || error instanceof NobodyAnsweredError)) throw error;
      this.#fail(error);
      return;
    }
    this.#finish(round, finished);
  }

  #finish(round: Round, { event, progress, evaluates }: Finished): void {
    this.#round = undefined;
    this.#before = round;
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
    const { stop, rounds } = this.#federation.recipe;
    if (!evaluates || (stop === undefined && progress.exchanges < rounds)) this.#beginExchange();
  }

  /** Tells workers which of their clients counted. */
  #announce(round: Round): void {
    const exchange = round.number;
    const { durable } = this.#counted;
    for (const [session, clients] of this.#connections.byOwner(round.accepted.keys())) {
      const commits = [{ exchange, clients }];
      this.#send(session, { kind: 'committed', exchange, durable, commits });
    }
  }

  // Evaluation, checkpoints and the end

  #evaluate({ exchanges, current: model }: FederatedProgress): void {
    this.#evaluation = new ModelEvaluation(this.#federation, exchanges, model);
    const { round, heldOut: on } = this.#evaluation;
    if (on.length > 0) this.#do({ kind: 'evaluate', round, on, model });
    for (const session of this.#connections.present) this.#askOfModel(session);
    this.#evaluated();
  }

  #askOfModel(session: Session): void {
    const { member, held } = session;
    const request = member && held && this.#evaluation?.requestFor(member, held);
    if (request) this.#send(session, request);
  }

  #evaluated(): void {
    const events = this.#evaluation?.events;
    if (events === undefined) return;
    this.#evaluation = undefined;
    for (const event of events) this.#do({ kind: 'event', event });
    const reached = meetsTarget(this.#federation.recipe, events);
    this.#progress = concluded(this.#progress, this.#federation.recipe, reached);
    if (this.#progress.ended !== undefined) {
      this.#end();
      return;
    }
    this.#persistIfDue();
    if (this.#round === undefined) this.#beginExchange();
    else this.#finishIfComplete();
  }

  /** Between two exchanges, once all their events are told. */
  #persistIfDue(): void {
    if (this.#now >= this.#persistAfter) this.#persist();
  }

  #persist(): void {
    if (this.#persisting || this.#evaluation !== undefined) return;
    this.#persisting = true;
    const content = {
      progress: this.#progress,
      lastCounted: this.#counted.snapshot(),
      dropped: new Map(this.#dropped),
    };
    this.#do({ kind: 'persistProgress', exchange: this.#progress.exchanges, content });
  }

  #end(): void {
    this.#over = true;
    const { current, exchanges: rounds, ended = 'rounds' } = this.#progress;
    const outcome = { ...current, weightsSha256: sha256(current.weights) };
    this.#do({ kind: 'finish', outcome, rounds, ended });
  }

  #sayFarewell(): void {
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    this.#epilogue = new Epilogue(this.#members.record, this.#settings.farewellMs, (effect) => {
      this.#do(effect);
    });
    this.#epilogue.begin(this.#connections.all);
  }

  /** Training has diverged, or nobody is left: the run ends without a result. */
  #fail(error: Error): void {
    this.#over = true;
    this.#leave('done', `The run has failed: ${error.message}`);
    this.#do({ kind: 'exit', error });
  }

  #interrupt(): void {
    if (this.#over) return;
    this.#over = true;
    this.#persist();
    this.#leave('goingAway', 'The coordinator is shutting down.', 1000);
    this.#do({ kind: 'exit' });
  }

  #leave(reason: 'done' | 'goingAway', sentence: string, retryAfterMs?: number): void {
    this.#do({ kind: 'clearTimer', name: 'heartbeat' });
    this.#do({ kind: 'clearTimer', name: 'deadline' });
    this.#connections.turnAllAway(reason, sentence, retryAfterMs);
  }
}
