/** Addresses in an engine's memory, given out one after another. */

export class Arena {
  /** @param end the first free address */
  constructor(public end: number) {}

  /** So many bytes; on a cache line's border. */
  reserve(bytes: number): number {
    const start = this.end;
    this.end += Math.ceil(bytes / 64) * 64;
    return start;
  }
}
