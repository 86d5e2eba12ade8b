/** Tables as LaTeX: `\input` them where `\usepackage{booktabs}` stands, and for long ones `\usepackage{longtable}`. */
import { boldSentence, inWords, shownColumns, type Table } from './table.js';

export interface LatexOptions {
  /** For `\ref`. */
  readonly label: string;
  /** Whether the best of what is compared is bold. */
  readonly bold?: boolean;
  /** Whether the table may break between pages, its head on each. */
  readonly long?: boolean;
}

export function latexTable(table: Table, { label, bold = false, long = false }: LatexOptions): string {
  const { head, groups, rows } = inWords(table);
  const columns = shownColumns(table);
  const alignment = columns.map((column) => ('names' in column ? 'l' : 'r')).join('');
  const isBest = (row: number, at: number) => {
    const column = columns[at];
    return bold && 'amounts' in column && column.best?.has(row) === true;
  };
  const heads = [...groupRows(groups), row(head.map(latex))];
  const body = rows.map((cells, i) =>
    row(cells.map((cell, at) => (isBest(i, at) ? `\\textbf{${latex(cell)}}` : latex(cell)))),
  );
  const caption = `\\caption{${latex([table.caption, ...(bold ? boldSentence(table) : [])].join(' '))}}`;
  const named = `\\label{tab:${label.replace(/[^\w:.-]/g, '-')}}`;
  const lines = long
    ? longTable({ caption: caption + named, alignment, heads, body })
    : floating({ caption, named, alignment, heads, body });
  return [...lines, ''].join('\n');
}

interface Parts {
  readonly caption: string;
  readonly alignment: string;
  readonly heads: readonly string[];
  readonly body: readonly string[];
}

const floating = ({ caption, named, alignment, heads, body }: Parts & { readonly named: string }) => [
  '\\begin{table}',
  '  \\centering',
  `  ${caption}`,
  `  ${named}`,
  `  \\begin{tabular}{${alignment}}`,
  ...['\\toprule', ...heads, '\\midrule', ...body, '\\bottomrule'].map((line) => `    ${line}`),
  '  \\end{tabular}',
  '\\end{table}',
];

const longTable = ({ caption, alignment, heads, body }: Parts) => [
  `\\begin{longtable}{${alignment}}`,
  ...[
    `${caption} \\\\`,
    ...['\\toprule', ...heads, '\\midrule', '\\endfirsthead'],
    '\\caption[]{(continued)} \\\\',
    ...['\\toprule', ...heads, '\\midrule', '\\endhead'],
    ...['\\bottomrule', '\\endfoot'],
    ...body,
  ].map((line) => `  ${line}`),
  '\\end{longtable}',
];

const row = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;

/** A row of what stands over several columns, with a rule under each; none where there are no groups. */
function groupRows(groups: readonly string[]): string[] {
  if (groups.every((group) => group === '')) return [];
  const spans: { group: string; from: number; to: number }[] = [];
  groups.forEach((group, i) => {
    const last = spans.at(-1);
    if (last?.group === group && group !== '') last.to = i + 1;
    else spans.push({ group, from: i + 1, to: i + 1 });
  });
  const cells = spans.map(({ group, from, to }) =>
    group === '' ? '' : `\\multicolumn{${to - from + 1}}{c}{${latex(group)}}`,
  );
  const rules = spans.flatMap(({ group, from, to }) =>
    group === '' ? [] : [`\\cmidrule(lr){${from}-${to}}`],
  );
  return [row(cells), rules.join(' ')];
}

const commands: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '$<$',
  '>': '$>$',
  '|': '\\textbar{}',
  '"': "''",
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  '÷': '$\\div$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '∞': '$\\infty$',
  '√': '$\\surd$',
  '→': '$\\to$',
  '·': '$\\cdot$',
  '–': '--',
  '—': '---',
  '…': '\\dots{}',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
  '\u00a0': '~',
  ...greek(),
};

/** Greek letters, which pdfTeX's fonts for text do not have. Capitals like Latin ones are those. */
function greek(): Record<string, string> {
  const small =
    'alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon varphi chi psi omega';
  const large = 'A B Gamma Delta E Z H Theta I K Lambda M N Xi O Pi P - Sigma T Upsilon Phi X Psi Omega';
  const letters = (names: string, first: number) =>
    names.split(' ').map((name, i) => {
      const command = name.length === 1 ? name : `\\${name}`;
      return [String.fromCharCode(first + i), `$${command}$`] as const;
    });
  return Object.fromEntries([
    ...letters(small, 0x3b1),
    ...letters(large, 0x391),
    ['ϵ', '$\\epsilon$'],
    ['ϕ', '$\\phi$'],
    ['φ', '$\\varphi$'],
    ['µ', '$\\mu$'],
  ]);
}

/** Text with everything escaped that LaTeX would take for a command, or has no letter for. */
export const latex = (text: string) =>
  text.replace(
    /[&%$#_{}]|[^\w \n]/gu,
    (character) => commands[character] ?? (/[&%$#_{}]/.test(character) ? `\\${character}` : character),
  );
