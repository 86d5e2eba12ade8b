/** What workers tell of each round of their nodes, until it is known of all. */
import { RoundTotals, type TotalsParts } from '../../gossip/index.js';
import { ProtocolError, type MessageOf } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import type { NodeTrace } from '../../records/index.js';
import type { RegisteredWorker } from '../worker-registry.js';
import { checkReport } from './check-report.js';

type Report = MessageOf<'report'>;

/** What happened at all nodes in a round. */
export interface CompleteRound {
  readonly totals: RoundTotals;
  readonly bytes: number;
  readonly relayed: number;
  readonly direct: number;
  readonly time: number;
  /** What happened at each node, where that was not known beforehand. */
  readonly trace: readonly NodeTrace[] | undefined;
}

export class RoundReports {
  readonly #byRound = new Map<number, Map<string, Report>>();
  /** Of each worker, the last that it told. */
  readonly #latest = new Map<string, Report>();

  /** @param from the round to which all have returned */
  constructor(
    readonly federation: () => Federation,
    readonly from: number,
  ) {}

  /**
   * However often it comes, it counts once.
   * @param until the round up to which nodes may go
   * @throws ProtocolError where it cannot be what happened
   */
  add(member: RegisteredWorker, report: Report, until: number): void {
    const { worker } = member;
    const { round } = report;
    const latest = this.#latest.get(worker);
    const next = (latest?.round ?? this.from) + 1;
    if (round > Math.min(next, until) || round === 0) {
      throw new ProtocolError(
        'malformed',
        `round of a report is ${round}; it must be ${Math.min(next, until)}`,
      );
    }
    if (round < next) return;
    checkReport(this.federation(), member, report, latest);
    this.#latest.set(worker, report);
    const reports = this.#byRound.get(round) ?? new Map<string, Report>();
    this.#byRound.set(round, reports.set(worker, report));
  }

  reachedBy(worker: string): number {
    return this.#latest.get(worker)?.round ?? this.from;
  }

  /** A round that all of these workers have told of; it is then forgotten. */
  take(round: number, workers: readonly string[]): CompleteRound | undefined {
    const reports = workers.flatMap((worker) => this.#byRound.get(round)?.get(worker) ?? []);
    if (reports.length < workers.length) return undefined;
    this.#byRound.delete(round);
    const totals = new RoundTotals();
    for (const report of reports) totals.include(partsOf(report));
    const sum = (field: 'bytes' | 'relayed' | 'direct') =>
      reports.reduce((all, report) => all + report[field], 0);
    return {
      totals,
      bytes: sum('bytes'),
      relayed: sum('relayed'),
      direct: sum('direct'),
      time: reports.reduce((latest, { time }) => Math.max(latest, time), 0),
      trace: reports.some(({ trace }) => trace !== undefined)
        ? reports.flatMap(({ trace = [] }) => trace).sort((a, b) => a.node - b.node)
        : undefined,
    };
  }
}

const partsOf = ({ loss, factors, ...report }: Report): TotalsParts => ({
  ...report,
  loss: { sum: BigInt(loss.sum), weight: BigInt(loss.weight) },
  factors: { sum: BigInt(factors.sum), weight: BigInt(factors.weight) },
});
