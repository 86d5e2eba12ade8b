/**
 * What is found out of the population after the rounds that the recipe names: its figures, and how good its mean is.
 * With the digests of all models at the end, that is all that a run ends in.
 */
import { meetsTarget, type Outcome } from '../../rounds/index.js';
import { surveyOf, takesSnapshots } from '../../gossip/index.js';
import type { DivergedError } from '../../errors/index.js';
import { range } from '../../numerics/index.js';
import type { MessageOf } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import type { RunRecord } from '../../records/index.js';
import type { EvaluationCollector } from '../evaluation-collector.js';
import type { CoordinatorEffect } from '../events.js';
import type { RegisteredWorker } from '../worker-registry.js';
import { PopulationSurvey } from './population-survey.js';
import type { CompleteRound } from './round-reports.js';

/** The round that the nodes are at, and what is known of the rounds so far. */
export interface RoundState {
  readonly round: number;
  readonly latest: CompleteRound | undefined;
  readonly bytesSent: number;
}

export class EvaluationState {
  readonly #federation: Federation;
  readonly #members: () => readonly RegisteredWorker[];
  readonly #evaluation: EvaluationCollector;
  readonly #emit: (effect: CoordinatorEffect) => void;
  /** The last round after which the population was looked at. */
  #examined: number;
  #survey: PopulationSurvey | undefined;
  #ids = 0;
  /** Why the run is over, and what it ended in. */
  ended: RunRecord['ended'] | undefined;
  outcome: Outcome | undefined;
  /** An evaluation that was no result. */
  diverged: DivergedError | undefined;

  constructor(
    federation: Federation,
    members: () => readonly RegisteredWorker[],
    examined: number,
    /** Of the mean. It goes on also where nodes return meanwhile. */
    evaluation: EvaluationCollector,
    emit: (effect: CoordinatorEffect) => void,
  ) {
    this.#federation = federation;
    this.#members = members;
    this.#examined = examined;
    this.#evaluation = evaluation;
    this.#emit = emit;
  }

  /** Nodes return: what they were asked is asked again when they are where they were. */
  giveUp(): void {
    this.#survey = undefined;
  }

  /** Nodes go on after a round, and not as they did before: nothing that was found since counts. */
  returnTo(round: number): void {
    this.#examined = Math.min(this.#examined, round);
    this.ended = this.outcome = undefined;
  }

  /** All nodes wait at the end of a round. @returns whether there is something to ask them */
  begin(round: number): boolean {
    const { recipe, partition } = this.#federation;
    const isLast = round >= recipe.rounds;
    if (round > this.#examined && (isLast || round % recipe.evaluate.every === 0)) {
      // The run ends in the nodes' latest models: where others are evaluated, these are looked at afterwards.
      const digests = isLast && !this.#takesSnapshots;
      const survey = surveyOf(this.#federation, round, isLast);
      this.#look(survey, { models: 'evaluated', distances: true, digests });
    } else if (round === this.#examined && this.ended !== undefined) {
      // The digests of all models, and their mean, are all that is left to be known.
      const measured = Array.from(range(partition.clients));
      const wants = { models: 'latest', distances: false, digests: true } as const;
      this.#look({ measured, tests: [] }, wants);
    } else return false;
    return true;
  }

  /** What a worker is to be asked of its nodes. */
  requestFor(member: RegisteredWorker, epoch: number): MessageOf<'summarize'> | undefined {
    const request = this.#survey?.requestFor(member);
    return request && { ...request, epoch };
  }

  /** @returns whether more is to be asked, or all is known and the mean is being evaluated, or the run is over */
  take(
    member: RegisteredWorker,
    summary: MessageOf<'summary'>,
    standing: RoundState,
  ): 'waiting' | 'more' | 'evaluating' | 'over' | 'diverged' {
    const examination = this.#survey;
    if (examination?.take(member, summary) !== true) return 'waiting';
    this.#ids = examination.id;
    if (!examination.isComplete) return 'more';
    this.#survey = undefined;
    const { model } = this.#federation;
    const weights = examination.mean;
    this.diverged = examination.divergedIn(standing.round);
    if (this.diverged) return 'diverged';
    if (examination.wants.digests) {
      this.outcome = { model, weights, weightsSha256: examination.weightsSha256 };
    }
    if (!examination.wants.distances) return 'over';
    this.#tell(examination, standing);
    this.#evaluation.begin(standing.round, { model, weights }, examination.tested);
    return 'evaluating';
  }

  /** Tells what the evaluation found. @returns whether it is over just now */
  concluded(): boolean {
    const found = this.#evaluation.conclude();
    if (found === undefined) return false;
    const { recipe } = this.#federation;
    this.diverged = found.diverged;
    if (meetsTarget(recipe, found.events)) this.ended = 'target';
    else if (found.round >= recipe.rounds) this.ended = 'rounds';
    return true;
  }

  get #takesSnapshots(): boolean {
    const { algorithm, recipe } = this.#federation;
    return algorithm.family === 'gossip' && takesSnapshots(recipe, algorithm);
  }

  #look(survey: PopulationSurvey['survey'], wants: PopulationSurvey['wants']): void {
    this.#survey = new PopulationSurvey(this.#federation, this.#members(), survey, wants, ++this.#ids);
  }

  #tell({ figures }: PopulationSurvey, { round, latest, bytesSent }: RoundState): void {
    this.#examined = round;
    const correction = latest?.totals.correction;
    this.#emit({
      kind: 'event',
      event: {
        type: 'population',
        round,
        ...figures,
        ...(correction !== undefined && { correction }),
        bytesSent,
        localSteps: latest?.totals.evaluatedSteps ?? 0,
        virtualTime: latest?.time ?? 0,
      },
    });
  }
}
