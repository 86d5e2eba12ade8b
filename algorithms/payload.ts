/** What algorithms send: a small header and named float vectors. Hosts share, transfer or serialize them. */

export interface Payload<Header = unknown, Names extends string = string> {
  /** Plain data that survives JSON. */
  readonly header: Header;
  readonly vectors: Readonly<Record<Names, Float32Array>>;
}

/** A client's answer to a message. */
export interface Answer<Names extends string = string, Header = unknown> extends Payload<Header, Names> {
  /** How many examples stand behind it. */
  readonly samples: number;
  /** Numbers that are reduced like the vectors, e.g. the training loss. */
  readonly scalars: Readonly<Record<string, number>>;
}
