/** The training and test parts of a dataset in LEAF's form. */
import { sharedBytes, type SharedBytes } from '../files.js';
import type { CataloguedName } from '../catalogue.js';
import { readLeaf, type LeafUser } from '../formats/leaf.js';
import { locateLeaf } from '../locate.js';

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

/** @throws Error where files are missing, or that names the file and user where something is wrong */
export function readLeafParts(name: CataloguedName, home: string, conversion: LeafConversion): LeafParts {
  const paths = locateLeaf(name, home);
  const [train, test] = [new Collector(conversion), new Collector(conversion)];
  const checksums: Record<string, string> = {};
  for (const [part, collector] of [
    [paths.train, train],
    [paths.test, test],
  ] as const) {
    for (const path of part) {
      const { users, checksum } = readLeaf(path);
      Object.assign(checksums, checksum);
      for (const user of users) collector.add(user);
    }
  }
  const owners = [...new Set(train.owners)];
  return { train: train.part(owners), test: test.part(owners), owners, checksums };
}

/** Collects examples user by user, so that no more than one file's JSON is in memory. */
class Collector {
  readonly owners: string[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #labels: number[] = [];

  constructor(readonly conversion: LeafConversion) {}

  add({ path, user, x, y }: LeafUser): void {
    try {
      for (let i = 0; i < x.length; i++) {
        this.#inputs.push(this.conversion.input(x[i]));
        this.#labels.push(this.conversion.label(y[i]));
        this.owners.push(user);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Error(`'${path}', user '${user}': ${error.message}`, { cause: error });
    }
  }

  part(owners: readonly string[]): LeafPart {
    const { bytes } = this.conversion;
    const count = this.#labels.length;
    const numbers = new Map(owners.map((owner, number) => [owner, number]));
    const inputs = sharedBytes(bytes * count);
    const labels = new Int32Array(new SharedArrayBuffer(4 * count));
    const owner = new Int32Array(new SharedArrayBuffer(4 * count));
    for (let i = 0; i < count; i++) {
      inputs.set(this.#inputs[i], i * bytes);
      labels[i] = this.#labels[i];
      owner[i] = numbers.get(this.owners[i]) ?? -1;
    }
    return { inputs, labels, owner };
  }
}
