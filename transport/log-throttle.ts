/**
 * Limits log lines that come again and again: the first few of each kind are logged, the others counted, and the counts
 * told now and then. Memory is bounded: what is beyond `most` kinds is one kind together.
 */
export interface ThrottleRule {
  /** Lines of a kind that are logged at once. */
  readonly first: number;
  /** How often the others are told, as a count. */
  readonly everyMs: number;
  readonly most: number;
}

export interface Summary<Line> {
  readonly held: number;
  readonly overMs: number;
  /** The last of those that were held back. */
  readonly line: Line;
  /** Whether they are of more than one kind, as too many kinds are being told apart. */
  readonly isMixed: boolean;
}

interface Kind<Line> {
  logged: number;
  held: number;
  since: number;
  line: Line;
}

/** Of the kinds that are not told apart any more. No other kind is named so. */
const REST = '';

export class LogThrottle<Line> {
  readonly #kinds = new Map<string, Kind<Line>>();

  constructor(readonly rule: ThrottleRule) {}

  /** @returns whether to log the line; if not, it is counted */
  takes(kind: string, line: Line, now: number): boolean {
    const name = this.#kinds.has(kind) || this.#kinds.size < this.rule.most ? kind : REST;
    const known = this.#kinds.get(name) ?? { logged: 0, held: 0, since: now, line };
    this.#kinds.set(name, known);
    known.line = line;
    if (known.logged < this.rule.first) {
      known.logged++;
      return true;
    }
    known.held++;
    return false;
  }

  /** What was held back and is due; a kind of which nothing came for a while is forgotten. */
  due(now: number): Summary<Line>[] {
    return this.#summaries(now, this.rule.everyMs);
  }

  /** Whatever was held back. */
  rest(now: number): Summary<Line>[] {
    return this.#summaries(now, 0);
  }

  #summaries(now: number, everyMs: number): Summary<Line>[] {
    const summaries: Summary<Line>[] = [];
    for (const [name, kind] of this.#kinds) {
      const { held, line, since } = kind;
      if (now - since < everyMs) continue;
      if (held === 0) this.#kinds.delete(name);
      else {
        summaries.push({ held, line, overMs: now - since, isMixed: name === REST });
        kind.held = 0;
        kind.since = now;
      }
    }
    return summaries;
  }
}
