/** Two network namespaces with a wire between them: two machines in one. Only for root, on Linux. */
import { execFileSync } from 'node:child_process';
import { hasProgram, need } from './requirements.js';

export interface Wired {
  /** What runs a program on the first machine, and on the second. */
  readonly prefixes: readonly (readonly string[])[];
  /** Where the first is reached. */
  readonly address: string;
  /** Pulls the wire out, or puts it back. */
  plug(isIn: boolean): void;
  /** How many packets the wire has lost. */
  lost(): number;
  remove(): void;
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();

/**
 * How a wire is bad, the first of these that the kernel can do: delayed and lost at random, else as wide as little, so that
 * packets wait, and are lost where too many do.
 */
const DISTURBANCES = [
  'netem delay 5ms 3ms loss 3%',
  // What is lost and late follows from how much is sent.
  'tbf rate 40mbit burst 8kb latency 4ms',
];

/**
 * Makes them, with a bad wire. Skips the test where `ip` and `tc` are missing; also, whatever MURMUR_REQUIRE_ALL says,
 * where this user or this machine may not make namespaces, which no installation would change.
 */
export function wire(test: Mocha.Context): Wired {
  need(test, 'ip, of iproute2', hasProgram('ip'));
  need(test, 'tc, of iproute2', hasProgram('tc'));
  const names = [0, 1].map((i) => `murmur-${process.pid}-${i}`);
  const remove = () => {
    for (const name of names) {
      try {
        ip('netns', 'delete', name);
      } catch {
        // It was not made.
      }
    }
  };
  try {
    for (const name of names) ip('netns', 'add', name);
    ip('-n', names[0], 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', names[1]);
  } catch {
    remove();
    test.skip();
  }
  const inside = (i: number, program: string, ...args: string[]) =>
    ip('netns', 'exec', names[i], program, ...args);
  for (const [i, name] of names.entries()) {
    ip('-n', name, 'address', 'add', `10.77.0.${i + 1}/24`, 'dev', 'wire');
    for (const device of ['wire', 'lo']) ip('-n', name, 'link', 'set', device, 'up');
    disturb((words) => inside(i, 'tc', 'qdisc', 'add', 'dev', 'wire', 'root', ...words));
  }
  return {
    prefixes: names.map((name) => ['ip', 'netns', 'exec', name]),
    address: '10.77.0.1',
    plug(isIn) {
      ip('-n', names[1], 'link', 'set', 'wire', isIn ? 'up' : 'down');
    },
    lost: () =>
      names.reduce((sum, _, i) => {
        const told = inside(i, 'tc', '-s', 'qdisc', 'show', 'dev', 'wire');
        return sum + Number(/dropped (\d+)/.exec(told)?.[1]);
      }, 0),
    remove,
  };
}

function disturb(add: (words: readonly string[]) => void): void {
  let failure: unknown;
  for (const disturbance of DISTURBANCES) {
    try {
      add(disturbance.split(' '));
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw new Error('no queue of the kernel makes a wire bad', { cause: failure });
}
