/** Tables of Markdown. */

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** @param names how many of the first columns hold words; the others are numbers, set to the right */
export const table = (head: readonly string[], names: number, rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map((_, i) => (i < names ? '---' : '--:'))), ...rows.map(row)].join('\n');
