/** Tables as GitHub's Markdown. */
import { inWords, type Table } from './table.js';

export function markdownTable(table: Table): string {
  const { head, rows } = inWords(table);
  const rule = table.columns.map((column) => ('names' in column ? '---' : '---:'));
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`);
  return `${escaped(table.caption)}\n\n${lines.join('\n')}\n`;
}

/** Characters that would end a cell or begin markup. */
const escaped = (text: string) => text.replace(/[\\|`*_<[\]~]/g, '\\$&').replace(/\s+/g, ' ');
