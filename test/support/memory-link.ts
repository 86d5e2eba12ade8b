/** A connection between a worker and a coordinator in memory: messages go through the codec, and can be replaced on the way. */
import {
  closeCodes,
  encodeFrame,
  FrameReader,
  HANDSHAKE_LIMITS,
  ProtocolError,
  type CloseReason,
  type FrameLimits,
  type Message,
  type MessageGoing,
  type Way,
} from '../../protocol/index.js';

/** What comes in place of a message, as the frames that are sent; nothing where it goes as it is. */
export type Intercept = (message: Message) => readonly Uint8Array<ArrayBuffer>[] | undefined;

/** What one side is told. */
export interface Side<In extends Way> {
  message(message: MessageGoing[In]): void;
  /** What came is no message. */
  broken(reason: CloseReason, sentence: string): void;
  closed(code: number, sentence: string): void;
}

interface End {
  receive(frame: Uint8Array<ArrayBuffer>): void;
  closed(code: number, sentence: string): void;
}

function endOf<In extends Way>(reader: FrameReader<In>, side: Side<In>): End {
  return {
    receive(frame) {
      let message: MessageGoing[In] | undefined;
      try {
        message = reader.read(frame);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        side.broken(error.reason, error.message);
        return;
      }
      if (message !== undefined) side.message(message);
    },
    closed: (code, sentence) => {
      side.closed(code, sentence);
    },
  };
}

const WORKER_LIMITS: FrameLimits = { frameBytes: 2 ** 31 - 1, headerBytes: 2 ** 26, tensors: 2 ** 15 };

export class MemoryLink {
  readonly #reader = new FrameReader('toCoordinator', HANDSHAKE_LIMITS);
  readonly #coordinator: End;
  readonly #worker: End;
  /** Sides that have closed: they hear nothing more. */
  readonly #deaf = new Set<End>();

  /** @param later lets something happen after all that was to happen before */
  constructor(
    readonly later: (happen: () => void) => void,
    readonly intercept: { readonly up: Intercept; readonly down: Intercept },
    coordinator: Side<'toCoordinator'>,
    worker: Side<'toWorker'>,
  ) {
    this.#coordinator = endOf(this.#reader, coordinator);
    this.#worker = endOf(new FrameReader('toWorker', WORKER_LIMITS), worker);
  }

  /** The worker has said who it is. */
  trust(limits: FrameLimits): void {
    this.#reader.limits = limits;
  }

  toCoordinator(message: Message): void {
    this.#send(this.#coordinator, message, this.intercept.up);
  }

  toWorker(message: Message): void {
    this.#send(this.#worker, message, this.intercept.down);
  }

  closeByCoordinator(reason: CloseReason, sentence: string): void {
    this.#close(this.#coordinator, this.#worker, closeCodes[reason].code, sentence);
  }

  closeByWorker(reason: CloseReason, sentence: string): void {
    this.#close(this.#worker, this.#coordinator, closeCodes[reason].code, sentence);
  }

  /** The worker's process has ended. */
  break(): void {
    this.#close(this.#worker, this.#coordinator, 1006, 'the connection was lost');
  }

  #send(to: End, message: Message, intercept: Intercept): void {
    for (const frame of intercept(message) ?? [encodeFrame(message)]) {
      this.later(() => {
        if (!this.#deaf.has(to)) to.receive(frame.slice());
      });
    }
  }

  /** The other side hears what was sent before, then of the close; who closes hears of its answer. */
  #close(by: End, other: End, code: number, sentence: string): void {
    if (this.#deaf.has(by)) return;
    this.#deaf.add(by);
    const crosses = this.#deaf.has(other);
    this.later(() => {
      // Who has closed too hears with which code the other did.
      if (crosses) other.closed(code, sentence);
      else if (!this.#deaf.has(other)) {
        this.#deaf.add(other);
        other.closed(code, sentence);
        by.closed(code, sentence);
      }
    });
  }
}
