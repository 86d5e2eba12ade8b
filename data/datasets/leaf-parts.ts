/** The training and test parts of a dataset in LEAF's format. */
import { LEAF_SETS, type CatalogueName } from '../catalogue.js';
import type { DataFile, DatasetFiles } from '../dataset-files.js';
import { readLeaf, type LeafUser } from '../formats/leaf.js';
import { sharedBytes, sharedInt32, type SharedBytes, type SharedInt32 } from '../shared-arrays.js';

/** Converts LEAF's values to examples; both functions throw a RangeError that says what is wrong with a value. */
export interface LeafConversion {
  /** The length of an input. */
  readonly bytes: number;
  readonly input: (x: unknown) => Uint8Array;
  readonly label: (y: unknown) => number;
}

export interface LeafPart {
  readonly inputs: SharedBytes;
  readonly labels: SharedInt32;
  readonly owner: SharedInt32;
}

export interface LeafParts {
  readonly train: LeafPart;
  readonly test: LeafPart;
  /** The users with training examples, in the order of the files. */
  readonly owners: readonly string[];
  readonly checksums: Readonly<Record<string, string>>;
}

/** A user's stored examples. */
interface UserExamples {
  readonly path: string;
  readonly inputs: Uint8Array;
  readonly labels: readonly number[];
}

/**
 * Reads both parts. Owners of test examples without training examples have the number −1.
 * @throws Error if files are missing, a part is empty, or a value is wrong: which file and user
 */
export function readLeafParts(
  files: DatasetFiles,
  name: CatalogueName,
  conversion: LeafConversion,
): LeafParts {
  const [trainFiles, testFiles] = LEAF_SETS.map((set) => files.ofDataset(name, set));
  const [train, test] = [readPart(trainFiles, conversion), readPart(testFiles, conversion)];
  const owners = Array.from(train.users).flatMap(([user, { labels }]) => (labels.length > 0 ? [user] : []));
  return {
    train: partOf(train.users, owners, conversion.bytes),
    test: partOf(test.users, owners, conversion.bytes),
    owners,
    checksums: { ...train.checksums, ...test.checksums },
  };
}

/** All users of a part, in the order of its files and of each file's list. */
function readPart(files: readonly DataFile[], conversion: LeafConversion) {
  const users = new Map<string, UserExamples>();
  const checksums: Record<string, string> = {};
  for (const file of files) {
    const found = new Map<string, UserExamples>();
    const { users: listed, sha256 } = readLeaf(file, (user) =>
      found.set(user.user, convert(user, conversion)),
    );
    checksums[file.name] = sha256;
    for (const user of listed) {
      const [before, examples] = [users.get(user), found.get(user)];
      if (before) throw new Error(`user '${user}' is in '${before.path}' and again in '${file.path}'`);
      if (examples) users.set(user, examples);
    }
  }
  if (Array.from(users.values()).every(({ labels }) => labels.length === 0)) {
    throw new Error(`there are no examples in '${files.map(({ path }) => path).join("', '")}'`);
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
  const labels = sharedInt32(count);
  const owner = sharedInt32(count);
  let at = 0;
  for (const [user, examples] of users) {
    const next = at + examples.labels.length;
    inputs.set(examples.inputs, at * bytes);
    labels.set(examples.labels, at);
    owner.fill(numbers.get(user) ?? -1, at, next);
    at = next;
  }
  return { inputs, labels, owner };
}
