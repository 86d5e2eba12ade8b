/**
 * A look at the population of models while their nodes wait: exact partial sums make its mean, then the distances from
 * it are measured where the models are. No model comes here.
 */
import { divergedNode } from '../../rounds/index.js';
import { figuresOf, type Measured, type Survey, type Tested } from '../../gossip/index.js';
import type { DivergedError } from '../../errors/index.js';
import { ExactSum, sha256 } from '../../numerics/index.js';
import { numbersOf, ProtocolError, tensorOf, type MessageOf, type Tensor } from '../../protocol/index.js';
import type { Federation } from '../../recipe/index.js';
import { isAmong, rangesOf } from '../client-ranges.js';
import type { RegisteredWorker } from '../worker-registry.js';
import { checkSummary } from './check-summary.js';

type Request = Omit<MessageOf<'summarize'>, 'epoch' | 'id'>;
type Summary = MessageOf<'summary'>;

export class PopulationSurvey {
  /** Counts what is asked. */
  #id: number;
  #step: 'sum' | 'measure' | 'done' = 'sum';
  #waiting: Set<string>;
  readonly #sum: ExactSum;
  #mean: Float32Array<ArrayBuffer> | undefined;
  readonly #tested: Tested[] = [];
  readonly #measured: Measured[] = [];
  readonly #digests = new Map<number, string>();

  /**
   * @param survey whom to look at
   * @param wants at which point of the round, whether the distances from the mean are wanted, and the digests of all models
   */
  constructor(
    readonly federation: Federation,
    readonly members: readonly RegisteredWorker[],
    readonly survey: Survey,
    readonly wants: {
      readonly models: MessageOf<'summarize'>['models'];
      readonly distances: boolean;
      readonly digests: boolean;
    },
    firstId: number,
  ) {
    this.#id = firstId;
    this.#sum = new ExactSum(federation.model.manifest.length);
    this.#waiting = new Set(members.map(({ worker }) => worker));
  }

  get id(): number {
    return this.#id;
  }

  get isComplete(): boolean {
    return this.#step === 'done';
  }

  /** What a worker is to be asked now; nothing where it has answered. */
  requestFor({ worker, clients }: RegisteredWorker): (Request & { readonly id: number }) | undefined {
    if (!this.#waiting.has(worker)) return undefined;
    const among = (nodes: readonly number[]) => nodes.filter((node) => isAmong(clients, node));
    const { measured } = this.survey;
    const own = rangesOf(among(measured));
    const tensors = new Map<string, Tensor>();
    const { digests, models } = this.wants;
    if (this.#mean === undefined) {
      const tests = this.survey.tests.map(({ nodes, ...test }) => ({ ...test, nodes: among(nodes) }));
      const all = digests ? { digests: rangesOf(clients) } : {};
      return { kind: 'summarize', id: this.#id, models, sum: own, tests, ...all, tensors };
    }
    tensors.set('mean', tensorOf(this.#mean));
    return { kind: 'summarize', id: this.#id, models, tests: [], measure: own, tensors };
  }

  /**
   * @returns whether something else is to be asked now, or all is known
   * @throws ProtocolError where the summary is not what was asked for; SumOverflowError where the models diverged
   */
  take({ worker, clients }: RegisteredWorker, summary: Summary): boolean {
    if (summary.id > this.#id) {
      throw new ProtocolError('malformed', `id of a summary is ${summary.id}; ${this.#id} was asked for`);
    }
    if (summary.id < this.#id || !this.#waiting.has(worker)) return false;
    checkSummary(this.federation, this.requestFor({ worker, clients }), summary, this.survey.measured.length);
    const { tested, measured, digests } = summary;
    if (this.#mean === undefined) this.#include(summary);
    this.#waiting.delete(worker);
    this.#tested.push(...tested.map((one) => ({ ...one, lossSum: one.lossSum ?? NaN })));
    this.#measured.push(...measured);
    for (const { node, sha256: digest } of digests) this.#digests.set(node, digest);
    if (this.#waiting.size > 0) return false;
    this.#goOn();
    return true;
  }

  /** The mean of the models that were measured. */
  get mean(): Float32Array<ArrayBuffer> {
    if (this.#mean === undefined) throw new TypeError('the mean is not known yet');
    return this.#mean;
  }

  /** The error that the nodes' tests are, where a loss is not finite. */
  divergedIn(round: number): DivergedError | undefined {
    return divergedNode(this.federation.recipe, round, this.#tested);
  }

  get figures() {
    return figuresOf(this.federation, this.mean, this.#measured, this.#tested);
  }

  /** What the nodes that were tested got right. */
  get tested(): readonly Tested[] {
    return this.#tested;
  }

  /** Of the digests of all models, in node order. */
  get weightsSha256(): string {
    const inOrder = [...this.#digests].sort(([a], [b]) => a - b);
    return sha256(inOrder.map(([, digest]) => digest).join(''));
  }

  #include({ sum, tensors }: Summary): void {
    if (sum === undefined) return;
    const sums = numbersOf(tensors, 'sum', 'int64');
    const { terms, largest, weights } = sum;
    const exact = { sum: BigInt(weights.sum), weight: BigInt(weights.weight) };
    this.#sum.include({ sums, terms, largest, weights: exact });
  }

  #goOn(): void {
    if (this.#step === 'sum') {
      this.#mean = this.#sum.mean();
      this.#sum.release();
      this.#step = this.wants.distances ? 'measure' : 'done';
      this.#id++;
      if (this.wants.distances) this.#waiting = new Set(this.members.map(({ worker }) => worker));
    } else this.#step = 'done';
  }
}
