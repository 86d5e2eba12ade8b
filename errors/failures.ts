/** How a run can fail at a client, with what is needed to see it again. */

/** Training diverged: an answer, a loss or an evaluation is not finite, or the sum of the answers overflows. */
export class DivergedError extends Error {
  override name = 'DivergedError';
  constructor(
    readonly round: number,
    /** Left out where it cannot be told whose. */
    readonly client: number | undefined,
    algorithm: unknown,
    reason: string,
  ) {
    const rates = learningRates(algorithm);
    const whose = client === undefined ? '' : `, client ${client}`;
    const by = rates.length > 0 ? ` with ${rates.join(', ')}` : '';
    super(`training diverged in round ${round} of ${kindOf(algorithm)}${whose}${by}: ${reason}`);
  }
}

/** The name of the algorithm with these options. */
const kindOf = (options: unknown): string =>
  typeof options === 'object' && options !== null && 'kind' in options
    ? String(options.kind)
    : 'the algorithm';

/** "algorithm.optimizer.learningRate 0.1" for every learning rate that the algorithm's options have. */
function learningRates(options: unknown, field = 'algorithm'): string[] {
  if (typeof options !== 'object' || options === null) return [];
  return Object.entries(options).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'number' && /learningRate$/i.test(key)
      ? [`${field}.${key} ${value}`]
      : learningRates(value, `${field}.${key}`),
  );
}

/** A coordinator or another worker cannot be reached. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
}

/** The coordinator has said that the run has failed, and of what. */
export class RunFailedError extends Error {
  override name = 'RunFailedError';
  constructor(
    message: string,
    readonly reason: 'diverged' | 'runFailed' | 'unreachable',
  ) {
    super(message);
  }
}

/** A client's update threw something; `cause` is what it threw. */
export class UpdateFailedError extends Error {
  override name = 'UpdateFailedError';
  constructor(
    readonly round: number,
    readonly client: number,
    override readonly cause: unknown,
  ) {
    super(`round ${round}, client ${client}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** A thread has ended before it was told to, and with it the tasks that it had. */
export class ThreadEndedError extends Error {
  override name = 'ThreadEndedError';
  constructor(code: number) {
    super(`a worker thread has ended by itself, with the exit code ${code}: does a plugin end the process?`);
  }
}

/** Every client that was asked in a round was refused or failed. */
export class NobodyAnsweredError extends Error {
  override name = 'NobodyAnsweredError';

  /** @param missing who was asked, and why there is no update of theirs that counts */
  constructor(round: number, missing: ReadonlyMap<number, string>) {
    const [[client, why]] = missing;
    super(`round ${round} has no update that counts; client ${client}: ${why}`);
  }
}
