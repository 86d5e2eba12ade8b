/** What the parts of the bench have in common: how they are run, and tables of what they measured. */

export interface BenchOptions {
  /** Rounds of federated learning in a run; left out, as many as the part needs for a figure. */
  readonly rounds?: number;
  /** How often everything is run, in turns. */
  readonly turns: number;
}

export interface Part {
  readonly name: string;
  readonly summary: string;
  run(options: BenchOptions): Promise<void> | void;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints rows under a header; columns after the first are set to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)),
  );
  for (const row of [header, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    say(`  ${cells.join('  ').trimEnd()}`);
  }
  say('');
}
