/** Tables as LaTeX: `\input` them where `\usepackage{booktabs}` stands. */
import { inWords, type Table } from './table.js';

/** @param label for `\ref` */
export function latexTable(table: Table, label: string): string {
  const { head, rows } = inWords(table);
  const alignment = table.columns.map((column) => ('names' in column ? 'l' : 'r')).join('');
  const row = (cells: readonly string[]) => `    ${cells.map(latex).join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${latex(table.caption)}}`,
    `  \\label{tab:${label.replace(/[^\w:.-]/g, '-')}}`,
    `  \\begin{tabular}{${alignment}}`,
    '    \\toprule',
    row(head),
    '    \\midrule',
    ...rows.map(row),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

const commands: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '$<$',
  '>': '$>$',
  '|': '\\textbar{}',
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  α: '$\\alpha$',
  '–': '--',
  '’': "'",
};

/** Text with everything escaped that LaTeX would take for a command. */
export const latex = (text: string) =>
  text.replace(/[\\~^<>|±−×α–’]|[&%$#_{}]/g, (character) => commands[character] ?? `\\${character}`);
