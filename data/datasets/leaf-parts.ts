/** The training and test parts of a dataset in LEAF's form. */
import type { CatalogueName } from '../catalogue.js';
import { sharedBytes, type SharedBytes } from '../host/read-file.js';
import { readLeaf, type LeafUser } from '../formats/leaf.js';
import { locateLeaf } from '../host/locate.js';

/** How LEAF's values become examples; both functions throw a RangeError that says what is wrong with one. */
export interface LeafConversion {
  /** The length of an input. */
  readonly bytes: number;
  readonly input: (x: unknown) => Uint8Array;
  readonly label: (y: unknown) => number;
}

export interface LeafPart {
  readonly inputs: SharedBytes;
  readonly labels: Int32Array<SharedArrayBuffer>;
  readonly owner: Int32Array<SharedArrayBuffer>;
}

export interface LeafParts {
  readonly train: LeafPart;
  readonly test: LeafPart;
  /** The users with training examples, in the order of the files. */
  readonly owners: readonly string[];
  readonly checksums: Readonly<Record<string, string>>;
}

/** A user's examples as they are stored. */
interface UserExamples {
  readonly path: string;
  readonly inputs: Uint8Array;
  readonly labels: readonly number[];
}

/**
 * @throws Error where files are missing or a part is empty, or that names the file and user where something is wrong
 */
export function readLeafParts(name: CatalogueName, home: string, conversion: LeafConversion): LeafParts {
  const paths = locateLeaf(name, home);
  const [train, test] = [readPart(paths.train, conversion), readPart(paths.test, conversion)];
  const owners = Array.from(train.users).flatMap(([user, { labels }]) => (labels.length > 0 ? [user] : []));
  return {
    train: partOf(train.users, owners, conversion.bytes),
    test: partOf(test.users, owners, conversion.bytes),
    owners,
    checksums: { ...train.checksums, ...test.checksums },
  };
}

/** All users of a part, in the order of its files and of their lists. */
function readPart(paths: readonly string[], conversion: LeafConversion) {
  const users = new Map<string, UserExamples>();
  const checksums: Record<string, string> = {};
  for (const path of paths) {
    const found = new Map<string, UserExamples>();
    const file = readLeaf(path, (user) => found.set(user.user, convert(user, conversion)));
    Object.assign(checksums, file.checksum);
    for (const user of file.users) {
      const [before, own] = [users.get(user), found.get(user)];
      if (before) throw new Error(`user '${user}' is in '${before.path}' and again in '${path}'`);
      if (own) users.set(user, own);
    }
  }
  if (Array.from(users.values()).every(({ labels }) => labels.length === 0)) {
    throw new Error(`there are no examples in '${paths.join("', '")}'`);
  }
  return { users, checksums };
}

function convert({ path, user, x, y }: LeafUser, { bytes, input, label }: LeafConversion): UserExamples {
  const inputs = new Uint8Array(bytes * x.length);
  try {
    for (const [i, value] of x.entries()) inputs.set(input(value), i * bytes);
    return { path, inputs, labels: y.map(label) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error(`'${path}', user '${user}': ${error.message}`, { cause: error });
  }
}

function partOf(
  users: ReadonlyMap<string, UserExamples>,
  owners: readonly string[],
  bytes: number,
): LeafPart {
  const count = Array.from(users.values()).reduce((sum, { labels }) => sum + labels.length, 0);
  const numbers = new Map(owners.map((owner, number) => [owner, number]));
  const inputs = sharedBytes(bytes * count);
  const labels = new Int32Array(new SharedArrayBuffer(4 * count));
  const owner = new Int32Array(new SharedArrayBuffer(4 * count));
  let at = 0;
  for (const [user, own] of users) {
    inputs.set(own.inputs, at * bytes);
    labels.set(own.labels, at);
    owner.fill(numbers.get(user) ?? -1, at, at + own.labels.length);
    at += own.labels.length;
  }
  return { inputs, labels, owner };
}
