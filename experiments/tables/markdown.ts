/** Tables as GitHub's Markdown. */
import { boldSentence, inWords, shownColumns, type Table } from './table.js';

/** @param bold whether the best of what is compared is bold */
export function markdownTable(table: Table, bold = false): string {
  const { head, groups, rows } = inWords(table);
  const columns = shownColumns(table);
  const rule = columns.map((column) => ('names' in column ? '---' : '---:'));
  const best = columns.map((column) => ('amounts' in column && bold ? column.best : undefined));
  const body = rows.map((cells, row) =>
    cells.map((cell, i) => (best[i]?.has(row) === true ? `**${escaped(cell)}**` : escaped(cell))),
  );
  const heads = head.map((label, i) => (groups[i] === '' ? label : `${groups[i]}: ${label}`));
  const lines = [heads.map(escaped), rule, ...body].map((cells) => `| ${cells.join(' | ')} |`);
  const caption = [table.caption, ...(bold ? boldSentence(table) : [])].join(' ');
  return `${escaped(caption)}\n\n${lines.join('\n')}\n`;
}

/** Characters that would end a cell or begin markup. */
const escaped = (text: string) => text.replace(/[\\|`*_<[\]~]/g, '\\$&').replace(/\s+/g, ' ');
