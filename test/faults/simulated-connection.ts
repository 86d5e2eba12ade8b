/**
 * A WebSocket in memory, that bad luck strikes. Messages go through the codec, in chunks. A real one keeps their order
 * and delivers each once or not at all; here some come twice, and those overtake whose order must not matter.
 */
import {
  closeCodes,
  encode,
  FrameReader,
  type CloseReason,
  type Message,
  type MessageGoing,
  type MessageKind,
  type Way,
} from '../../protocol/index.js';
import type { SimulatedNetwork } from './simulated-network.js';

/** What an end is told. */
export interface End<In extends Way> {
  message(message: MessageGoing[In]): void;
  closed(code: number, sentence: string): void;
}

/** Each by itself means the same whenever, and however often, it comes. */
const independent: ReadonlySet<MessageKind> = new Set(['update', 'failed', 'evaluated', 'ping', 'pong']);
const repeatable: ReadonlySet<MessageKind> = new Set([
  ...independent,
  ...(['task', 'accepted', 'refused', 'committed', 'cancel', 'evaluate'] as const),
  ...(['membership', 'returnTo', 'returned', 'start', 'gossip', 'acknowledge', 'report'] as const),
  ...(['summarize', 'summary', 'checkpoint', 'checkpointed'] as const),
]);

const LIMITS = { frameBytes: 2 ** 24, headerBytes: 2 ** 20, tensors: 2 ** 10 };
const CHUNK_BYTES = 2 ** 10;
const LINGER_MS = 5_000;

/** One way of a connection. */
class Lane<To extends Way> {
  readonly #reader: FrameReader<To>;
  #lastArrival = 0;
  #isCut = false;
  end: End<To> | undefined;

  constructor(
    readonly network: SimulatedNetwork,
    readonly to: To,
  ) {
    this.#reader = new FrameReader(to, LIMITS);
  }

  send(message: Message): void {
    this.#deliver(message);
    if (repeatable.has(message.kind) && this.network.happens(this.network.rates.duplicate)) {
      this.#deliver(message);
    }
  }

  /** What is under way, and whatever is sent from now on, is lost. */
  cut(): void {
    this.#isCut = true;
  }

  /**
   * Says that the other end has closed, after what it sent before.
   * @param answer done where that arrives
   */
  close(code: number, sentence: string, answer?: () => void): void {
    this.#arrive(false, () => {
      const { end } = this;
      if (this.#isCut) return;
      this.end = undefined;
      if (end !== undefined) answer?.();
      end?.closed(code, sentence);
    });
  }

  #deliver(message: Message): void {
    const frames = [...encode(message, CHUNK_BYTES)];
    const { overtake } = this.network.rates;
    this.#arrive(independent.has(message.kind) && this.network.happens(overtake), () => {
      if (this.end === undefined || this.#isCut) return;
      let read: MessageGoing[To] | undefined;
      for (const frame of frames) read = this.#reader.read(frame);
      if (read !== undefined) this.end.message(read);
    });
  }

  #arrive(overtakes: boolean, happen: () => void): void {
    const { network } = this;
    let at = network.now + network.delay(network.rates.latency);
    if (!overtakes) this.#lastArrival = at = Math.max(at, this.#lastArrival);
    network.after(at - network.now, happen);
  }
}

/** Between two parties, of which one listened and the other dialled. */
export class Connection<Up extends Way, Down extends Way> {
  readonly #up: Lane<Up>;
  readonly #down: Lane<Down>;
  #isBroken = false;

  /** @param ways which messages go to the listener, and which to the dialler */
  constructor(
    readonly network: SimulatedNetwork,
    readonly number: number,
    ways: { readonly up: Up; readonly down: Down },
    listener: End<Up>,
    dialler: End<Down>,
  ) {
    this.#up = new Lane(network, ways.up);
    this.#down = new Lane(network, ways.down);
    this.#up.end = listener;
    this.#down.end = dialler;
  }

  sendUp(message: MessageGoing[Up]): void {
    this.#send(this.#up, message);
  }

  sendDown(message: MessageGoing[Down]): void {
    this.#send(this.#down, message);
  }

  closeByDialler(reason: CloseReason, sentence: string): void {
    this.#down.end = undefined;
    this.#up.close(closeCodes[reason].code, sentence);
  }

  /** Nothing that still comes is read, but for the answer to the close; without one, there is none after a while. */
  closeByListener(reason: CloseReason, sentence: string): void {
    const { end } = this.#up;
    if (end === undefined) return;
    const { code } = closeCodes[reason];
    this.#up.end = {
      message: () => undefined,
      closed: (...how) => {
        end.closed(...how);
      },
    };
    this.network.after(LINGER_MS, () => {
      this.#up.end?.closed(1006, 'no answer came to the close');
      this.#up.end = undefined;
    });
    this.#down.close(code, sentence, () => {
      this.#up.close(code, sentence);
    });
  }

  /** What is under way is lost; the ends notice after a while, or not at all. */
  break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    for (const lane of [this.#up, this.#down]) {
      lane.cut();
      if (this.network.happens(this.network.rates.halfOpen)) continue;
      this.network.after(this.network.delay(this.network.rates.latency), () => {
        lane.end?.closed(1006, 'the connection was lost');
        lane.end = undefined;
      });
    }
  }

  #send(lane: Lane<Up> | Lane<Down>, message: Message): void {
    if (this.#isBroken) return;
    if (this.network.happens(this.network.rates.breaks)) this.break();
    else lane.send(message);
  }
}
