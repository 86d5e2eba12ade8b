/** What a run's events say, put in order by round: the lists that curves are drawn from. */
import type {
  ClientsEvent,
  EvaluationEvent,
  RoundEvent,
  PopulationEvent,
  RunEvent,
} from '../../records/index.js';

export interface Progress {
  readonly rounds: readonly RoundEvent[];
  readonly test: readonly EvaluationEvent[];
  readonly validation: readonly EvaluationEvent[];
  readonly clients: readonly ClientsEvent[];
  readonly populations: readonly PopulationEvent[];
  /** Bytes moved up to the end of a round, where the events say so. */
  readonly bytesBy: (round: number) => number | undefined;
  /** Local steps of all clients or nodes up to the end of a round, where the events say so. */
  readonly stepsBy: (round: number) => number | undefined;
  /** Virtual time at the end of a round, where the events say so. */
  readonly timeBy: (round: number) => number | undefined;
}

export function progressOf(events: readonly RunEvent[]): Progress {
  const rounds = events.filter((event) => event.type === 'round');
  const evaluations = events.filter((event) => event.type === 'evaluation');
  const populations = events.filter((event) => event.type === 'population');
  return {
    rounds,
    test: evaluations.filter((event) => event.on === 'test'),
    validation: evaluations.filter((event) => event.on === 'validation'),
    clients: events.filter((event) => event.type === 'clients'),
    populations,
    bytesBy: bytesMoved(rounds, populations),
    stepsBy: localSteps(rounds, populations),
    timeBy: virtualTime(rounds, populations),
  };
}

/** Moved in a round: server to clients and back, or from node to node. */
const bytesOf = ({ bytesDown = 0, bytesUp = 0, bytesBetweenNodes = 0 }: RoundEvent) =>
  bytesDown + bytesUp + bytesBetweenNodes;

function bytesMoved(rounds: readonly RoundEvent[], populations: readonly PopulationEvent[]) {
  const byRound = new Map(populations.map((event) => [event.round, event.bytesSent]));
  let total = 0;
  for (const event of rounds) {
    total += bytesOf(event);
    if (populations.length === 0) byRound.set(event.round, total);
  }
  return (round: number) => byRound.get(round) ?? (round === 0 ? 0 : undefined);
}

/** Of a population up to where its models were measured, which can be before the round's training. */
function localSteps(rounds: readonly RoundEvent[], populations: readonly PopulationEvent[]) {
  const byRound = new Map([...rounds, ...populations].map((event) => [event.round, event.localSteps]));
  return (round: number) => byRound.get(round) ?? (round === 0 ? 0 : undefined);
}

/** Of gossip, and of a buffered schedule in the simulator. */
function virtualTime(rounds: readonly RoundEvent[], populations: readonly PopulationEvent[]) {
  const byRound = new Map(
    [...rounds, ...populations].flatMap(({ round, virtualTime: time }): [number, number][] =>
      time === undefined ? [] : [[round, time]],
    ),
  );
  return (round: number) => byRound.get(round) ?? (round === 0 && byRound.size > 0 ? 0 : undefined);
}
