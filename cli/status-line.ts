/** A line that renews itself on a terminal; elsewhere (a log, a pipe) a line now and then. */
import { performance } from 'node:perf_hooks';
import { clearLine, cursorTo } from 'node:readline';

export interface StatusLine {
  show(text: string): void;
  /** Clears the line. */
  end(): void;
}

/** Away from a terminal, at most one line in so many milliseconds. */
const PLAIN_INTERVAL = 2000;
/** On a terminal the eye needs no more. */
const TERMINAL_INTERVAL = 50;

export function statusLine(output: NodeJS.WriteStream = process.stderr): StatusLine {
  let shownAt = -Infinity;
  const erase = () => {
    clearLine(output, 0);
    cursorTo(output, 0);
  };
  return {
    show(text) {
      const now = performance.now();
      if (now - shownAt < (output.isTTY ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) return;
      shownAt = now;
      if (output.isTTY) {
        erase();
        output.write(text.slice(0, output.columns - 1));
      } else output.write(`${text}\n`);
    },
    end() {
      if (output.isTTY) erase();
    },
  };
}
