/** What algorithms send: a small header and named float vectors. Hosts share, transfer or serialize them. */

export interface Payload<Header = unknown, Names extends string = string> {
  /** Plain data that survives JSON. */
  readonly header: Header;
  readonly vectors: Readonly<Record<Names, Float32Array>>;
}

/** Numbers that are reduced like vectors; among them the mean training loss. */
export type Scalars = Readonly<Record<string, number>> & { readonly loss: number };

/** A client's answer to a message. */
export interface ClientUpdate<Names extends string = string, Header = unknown> extends Payload<
  Header,
  Names
> {
  /** How many examples stand behind it. */
  readonly samples: number;
  readonly scalars: Scalars;
}

/** An answer as its host passes it on: with the optimizer steps that the client took for it. */
export interface HostedUpdate extends ClientUpdate {
  readonly steps: number;
}
