/** What workers tell of each round of their nodes, until it is known of all. */
import { RoundTotals, type TotalsParts } from '../../hosting/index.js';
import { ProtocolError, type MessageOf } from '../../protocol/index.js';
import type { NodeTrace } from '../../runs/index.js';
import { isAmong } from '../client-ranges.js';
import type { Member } from '../members.js';

type Report = MessageOf<'report'>;

/** What happened at all nodes in a round. */
export interface WholeRound {
  readonly totals: RoundTotals;
  readonly bytes: number;
  readonly relayed: number;
  readonly direct: number;
  readonly time: number;
  /** What happened at each node, where that was not known beforehand. */
  readonly trace: readonly NodeTrace[] | undefined;
}

export class Reports {
  readonly #byRound = new Map<number, Map<string, Report>>();
  /** Of each worker, the last round that it told of. */
  readonly #reached = new Map<string, number>();

  /**
   * However often it comes, it counts once.
   * @throws ProtocolError where it tells of nodes that are not the worker's
   */
  add({ worker, clients }: Member, report: Report): void {
    const { round, missing, trace = [] } = report;
    if ([...missing, ...trace.map(({ node }) => node)].some((node) => !isAmong(clients, node))) {
      throw new ProtocolError('malformed', "a report tells of nodes that are not the worker's");
    }
    const reports = this.#byRound.get(round) ?? new Map<string, Report>();
    this.#byRound.set(round, reports.set(worker, report));
    this.#reached.set(worker, Math.max(round, this.reachedBy(worker)));
  }

  reachedBy(worker: string): number {
    return this.#reached.get(worker) ?? 0;
  }

  /** A round that all of these workers have told of; it is then forgotten. */
  take(round: number, workers: readonly string[]): WholeRound | undefined {
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
