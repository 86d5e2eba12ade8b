/**
 * What goes to one other worker: numbered, in order, and kept until it has come there. What is under way is bounded,
 * and what waits meanwhile goes together, so that neither many small messages nor a slow reader cost much.
 */
import type { MessageOf, Tensor } from '../../protocol/index.js';
import type { Posted } from './events.js';

type Bundle = Omit<MessageOf<'gossip'>, 'peer' | 'epoch'>;

/** Bundles that may be under way. */
export const UNDER_WAY = 4;
/** Of one bundle, but for its first message. */
const BYTES = 2 ** 21;
const MESSAGES = 1000;

export class Outbox {
  readonly #waiting: Posted[] = [];
  #underWay: { readonly bundle: Bundle; readonly tickets: readonly number[] }[] = [];
  #number = 0;

  add(posted: Posted): void {
    this.#waiting.push(posted);
  }

  /** What can go now. */
  next(): Bundle[] {
    const bundles: Bundle[] = [];
    while (this.#underWay.length < UNDER_WAY && this.#waiting.length > 0) {
      const made = bundleOf(++this.#number, this.#waiting);
      const messages = this.#waiting.splice(0, made.messages.length);
      this.#underWay.push({ bundle: made, tickets: messages.flatMap(({ ticket }) => ticket ?? []) });
      bundles.push(made);
    }
    return bundles;
  }

  /** The number of the last bundle that was made. */
  get latest(): number {
    return this.#number;
  }

  /** Everything that went and may not have come, again. */
  again(): Bundle[] {
    return this.#underWay.map(({ bundle }) => bundle);
  }

  /** All up to this number have come. @returns the tickets of what nobody reads any more */
  acknowledged(upTo: number): number[] {
    const come = this.#underWay.filter(({ bundle }) => bundle.number <= upTo);
    this.#underWay = this.#underWay.filter(({ bundle }) => bundle.number > upTo);
    return come.flatMap(({ tickets }) => tickets);
  }
}

/** As many of the messages, from the first on, as go together; a vector that several have is there once. */
function bundleOf(number: number, waiting: readonly Posted[]): Bundle {
  const names = new Map<Tensor, string>();
  const tensors = new Map<string, Tensor>();
  const messages: Bundle['messages'] = [];
  let bytes = 0;
  const nameOf = (tensor: Tensor) => {
    const known = names.get(tensor);
    if (known !== undefined) return known;
    const name = `v${names.size}`;
    names.set(tensor, name);
    tensors.set(name, tensor);
    return name;
  };
  for (const { vectors, bytes: _, ticket: __, ...message } of waiting) {
    const more = Object.values(vectors).reduce(
      (sum, tensor) => sum + (names.has(tensor) ? 0 : tensor.bytes.length),
      0,
    );
    if (messages.length > 0 && (bytes + more > BYTES || messages.length >= MESSAGES)) break;
    bytes += more;
    messages.push({
      ...message,
      vectors: Object.fromEntries(Object.entries(vectors).map(([name, tensor]) => [name, nameOf(tensor)])),
    });
  }
  return { kind: 'gossip', number, messages, tensors };
}
