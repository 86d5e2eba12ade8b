/** Measures rounds and updates by the messages that a coordinator sends and receives. */
import type { MessageOf, ToWorker } from '../protocol/index.js';

/** A task that has no update yet. */
interface Asked {
  readonly round: number;
  readonly attempt: number;
  readonly at: number;
}

export class TaskTimes {
  /** By client. */
  readonly #asked = new Map<number, Asked>();
  #beganAt: number | undefined;
  /** Gossip nodes go from round to round without being told. */
  #isGossip = false;

  /** @param now in milliseconds */
  sent(message: ToWorker, now: number): void {
    if (message.kind === 'start') {
      this.#isGossip = true;
      this.#beganAt = now;
    } else if (message.kind === 'task') {
      this.#beganAt ??= now;
      const { round, to } = message;
      for (const { client, attempt } of to) {
        const asked = this.#asked.get(client);
        // Sent once more after a reconnection, it is the same task.
        if (asked?.round === round && asked.attempt === attempt) continue;
        this.#asked.set(client, { round, attempt, at: now });
      }
    }
  }

  /** @returns how long the update took, in seconds; undefined where it was not asked for */
  answered({ round, client, attempt }: MessageOf<'update'>, now: number): number | undefined {
    const asked = this.#asked.get(client);
    if (asked?.round !== round || asked.attempt !== attempt) return undefined;
    this.#asked.delete(client);
    return (now - asked.at) / 1000;
  }

  /** @returns how long the round took, in seconds */
  roundEnded(now: number): number | undefined {
    const began = this.#beganAt;
    this.#beganAt = this.#isGossip ? now : undefined;
    return began === undefined ? undefined : (now - began) / 1000;
  }
}
