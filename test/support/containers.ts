/** Process namespaces: a program is the first process of its own, as in a container. Only for root, on Linux. */
import { execFileSync } from 'node:child_process';
import { hasProgram, need } from './requirements.js';

/** What runs a program as process 1. It ends when `unshare` is killed. */
export const IN_CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** Skips the test where `unshare` is missing, or where this user or this machine may not make namespaces. */
export function needContainers(test: Mocha.Context): void {
  need(test, 'unshare, of util-linux', hasProgram('unshare'));
  try {
    execFileSync(IN_CONTAINER[0], [...IN_CONTAINER.slice(1), 'true'], { stdio: 'ignore' });
  } catch {
    test.skip();
  }
}
