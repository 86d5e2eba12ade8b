/** What the registry of algorithms holds: told apart by family, each with the interface its hosts drive. */
import type { FederatedAlgorithm } from './federated.js';

/** An algorithm around a server. Other families (gossip) join this union. */
export type Algorithm = { readonly family: 'federated' } & FederatedAlgorithm;

/** What making an algorithm takes besides its options; its draws come from the streams that hosts hand it. */
export type AlgorithmContext = Readonly<Record<string, never>>;
