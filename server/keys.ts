/** Keys of clients, in place of one token for all: who has a key may take part with its clients and with no others. */
import { sameSecret } from '../transport/index.js';
import { LONGEST_SECRET } from '../protocol/index.js';

/** A line of the file of keys. */
export interface ClientKey {
  /** Clients by number, both ends included, or one by its name, where clients bring their own data. */
  readonly clients: readonly [first: number, last: number] | string;
  readonly key: string;
}

/** Whether a client may be the worker's. */
export type Allows = (client: number) => boolean;

/**
 * Lines of clients and a key: `0-99 KEY`, `7 KEY`, or `north KEY`; what follows a # is a comment.
 * @throws Error, a sentence, where a line is not of this form
 */
export function parseKeys(text: string): ClientKey[] {
  return text.split('\n').flatMap((line, index): ClientKey[] => {
    const words = line.replace(/#.*/, '').trim();
    if (words === '') return [];
    const parts = words.split(/\s+/);
    if (parts.length !== 2) {
      throw new Error(`line ${index + 1} of the keys must be clients and a key, as in: 0-99 KEY`);
    }
    const [clients, key] = parts;
    if (key.length < SHORTEST) {
      throw new Error(
        `the key in line ${index + 1} has fewer than ${SHORTEST} characters: it could be guessed`,
      );
    }
    if (key.length > LONGEST_SECRET) {
      throw new Error(`the key in line ${index + 1} has more than ${LONGEST_SECRET} characters`);
    }
    const range = /^(\d+)(?:-(\d+))?$/.exec(clients);
    if (range === null) return [{ clients, key }];
    const first = Number(range[1]);
    return [{ clients: [first, Number(range.at(2) ?? first)], key }];
  });
}

const SHORTEST = 16;

/** The clients of a key; undefined where nobody has that key. Every key is compared, whichever is right. */
export function clientsOfKey(
  keys: readonly ClientKey[],
  given: string,
  names: readonly string[] | undefined,
): Allows | undefined {
  const own = keys.filter(({ key }) => sameSecret(given, key));
  if (own.length === 0) return undefined;
  return (client) =>
    own.some(({ clients }) =>
      typeof clients === 'string'
        ? names?.[client] === clients
        : client >= clients[0] && client <= clients[1],
    );
}
