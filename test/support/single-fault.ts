/** A simulated disk on which exactly one operation goes wrong, the n-th. */
import { SimulatedDisk } from '../faults/simulated-disk.js';
import { SimulatedNetwork } from '../faults/simulated-network.js';

/** The process is killed, with its machine or without, or the operation fails, and those after it in an outage. */
export type Fault = 'kill' | 'power failure' | 'EIO' | 'ENOSPC' | 'EROFS' | 'EMFILE';

export const faults: readonly Fault[] = ['kill', 'power failure', 'EIO', 'ENOSPC', 'EROFS', 'EMFILE'];

/** The chances by which the network is asked for a kill, a fault of the disk, a power failure. */
const KILL = 0.25;
const DISK = 0.125;
const POWER = 0.5;
/** Where a kind of failure is drawn. */
const KINDS: Readonly<Partial<Record<Fault, number>>> = { EIO: 0, ENOSPC: 0.5, EROFS: 0.8, EMFILE: 0.9 };

class SingleFaultNetwork extends SimulatedNetwork {
  #before: number;
  hasHappened = false;

  /** @param part how much of what is under way is done: of a write, of what was not synced */
  constructor(
    readonly fault: Fault,
    at: number,
    readonly part: number,
  ) {
    super(0, { crash: 4 * KILL, disk: DISK, clearsAt: 1 });
    this.#before = at;
  }

  override happens(chance: number): boolean {
    const isKill = KINDS[this.fault] === undefined;
    if (chance === POWER) return this.fault === 'power failure';
    if (chance !== (isKill ? KILL : DISK) || this.hasHappened) return false;
    this.hasHappened = --this.#before < 0;
    return this.hasHappened;
  }

  override fraction(): number {
    return this.hasHappened ? (KINDS[this.fault] ?? this.part) : this.part;
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.now = 1;
  }
}

/**
 * Calls `use` with a disk whose n-th operation goes wrong, for each n until nothing does, and then `check` with what is
 * left, on which nothing goes wrong any more.
 * @returns how many operations there were
 */
export function withEachOperation(
  fault: Fault,
  part: number,
  use: (disk: SimulatedDisk) => void,
  check: (disk: SimulatedDisk, place: string) => void,
): number {
  for (let at = 0; ; at++) {
    const network = new SingleFaultNetwork(fault, at, part);
    const disk = new SimulatedDisk(network);
    const thrown = errorOf(() => {
      use(disk);
    });
    if (!network.hasHappened) {
      if (thrown) throw thrown;
      return at;
    }
    disk.end();
    network.clear();
    check(disk, `${fault} at operation ${at}: ${thrown?.message ?? 'no error'}`);
  }
}

function errorOf(act: () => void): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
