/**
 * Edge lists as CSV: a line per edge, two names between commas, semicolons, tabs or blanks. A line with one name
 * declares a node; # begins a remark.
 */
import type { NamedEdges } from './named-edges.js';

/** Columns' names that make the first line a header. */
const HEADERS = [
  ['source', 'target'],
  ['from', 'to'],
];

/** @throws Error, a sentence with the line */
export function parseCsv(text: string): NamedEdges {
  const lines = text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ fields: fieldsOf(line), where: `line ${i + 1}` }))
    .filter(({ fields }) => fields.length > 0);
  const header = lines.length > 0 ? columnsOf(lines[0].fields) : undefined;
  const declared: { name: string; where: string }[] = [];
  const edges: { from: string; to: string; where: string }[] = [];
  for (const { fields, where } of header ? lines.slice(1) : lines) {
    const [from, to] = header ? [fields.at(header[0]), fields.at(header[1])] : fields;
    if (fields.length === 1) {
      declared.push({ name: fields[0], where });
    } else if (fields.length > 2 && !header) {
      throw new Error(
        `${where} has ${fields.length} fields; an edge has two, unless a first line such as source,target,weight ` +
          'says which columns they are (the others are left aside)',
      );
    } else if (!from || !to) {
      throw new Error(`${where} lacks one end of its edge; write two names`);
    } else edges.push({ from, to, where });
  }
  return declared.length > 0 ? { declared, edges } : { edges };
}

/** Names between separators; within quotes a separator is part of the name. */
function fieldsOf(line: string): string[] {
  const plain = line
    .replace(/^\uFEFF/, '')
    .replace(/^\s*#.*$/, '')
    .trim();
  if (plain === '') return [];
  const separator = /[,;\t]/.exec(plain)?.[0];
  const fields = [''];
  let quoted = false;
  for (const character of plain) {
    const separates = separator === undefined ? character === ' ' : character === separator;
    if (character === '"') quoted = !quoted;
    else if (separates && !quoted) fields.push('');
    else fields[fields.length - 1] += character;
  }
  const names = fields.map((field) => field.trim());
  return separator === undefined ? names.filter((field) => field !== '') : names;
}

function columnsOf(fields: readonly string[]): [number, number] | undefined {
  const names = fields.map((field) => field.toLowerCase());
  for (const [from, to] of HEADERS) {
    if (names.includes(from) && names.includes(to)) return [names.indexOf(from), names.indexOf(to)];
  }
  return undefined;
}
