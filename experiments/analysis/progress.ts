/** What a run's events say, put in order by round: the lists that curves are drawn from. */
import type {
  ClientsEvent,
  EvaluationEvent,
  ExchangeEvent,
  PopulationEvent,
  RunEvent,
} from '../../runs/index.js';

export interface Progress {
  readonly exchanges: readonly ExchangeEvent[];
  readonly test: readonly EvaluationEvent[];
  readonly validation: readonly EvaluationEvent[];
  readonly clients: readonly ClientsEvent[];
  readonly populations: readonly PopulationEvent[];
  /** Bytes moved up to the end of a round, where the events say so. */
  readonly bytesBy: (round: number) => number | undefined;
  /** Virtual time at the end of a round, where the events say so. */
  readonly timeBy: (round: number) => number | undefined;
}

export function progressOf(events: readonly RunEvent[]): Progress {
  const exchanges = events.filter((event) => event.type === 'exchange');
  const evaluations = events.filter((event) => event.type === 'evaluation');
  const populations = events.filter((event) => event.type === 'population');
  return {
    exchanges,
    test: evaluations.filter((event) => event.on === 'test'),
    validation: evaluations.filter((event) => event.on === 'validation'),
    clients: events.filter((event) => event.type === 'clients'),
    populations,
    bytesBy: bytesMoved(exchanges, populations),
    timeBy: virtualTime(populations),
  };
}

function bytesMoved(exchanges: readonly ExchangeEvent[], populations: readonly PopulationEvent[]) {
  const byRound = new Map(populations.map((event) => [event.round, event.bytesSent]));
  let total = 0;
  for (const event of exchanges) {
    total += event.bytesDown + event.bytesUp;
    if (populations.length === 0) byRound.set(event.round, total);
  }
  return (round: number) => byRound.get(round) ?? (round === 0 ? 0 : undefined);
}

function virtualTime(populations: readonly PopulationEvent[]) {
  const byRound = new Map(populations.map((event) => [event.round, event.virtualTime]));
  return (round: number) => byRound.get(round) ?? (round === 0 && byRound.size > 0 ? 0 : undefined);
}
