/**
 * Edge lists as networkx, igraph and SNAP write them: one edge per line, two names separated by commas, semicolons, tabs or
 * blanks. A line with one name declares a node, `#` starts a comment, attributes (`a b {'weight': 1}`) are ignored. This is not
 * CSV of RFC 4180, which has one separator, no comments and strict quotes; `data/formats/csv.ts` parses that.
 */
import type { NamedEdges } from './named-edges.js';

/** Column names that mark the first line as a header. */
const HEADERS = [
  ['source', 'target'],
  ['from', 'to'],
];

/** A Python dictionary at the end of a line. */
const ATTRIBUTES = /[\s,;]\s*\{.*\}$/;

interface Line {
  readonly text: string;
  readonly where: string;
}

interface Field {
  readonly name: string;
  readonly quoted: boolean;
}

/** @throws Error with the line */
export function parseEdgeList(text: string): NamedEdges {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i): Line => ({ text: line.trim().replace(ATTRIBUTES, ''), where: `line ${i + 1}` }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  const separator = separatorOf(lines);
  const header = lines.length > 0 ? columnsOf(fieldsOf(lines[0].text, separator)) : undefined;
  const declared: { name: string; where: string }[] = [];
  const edges: { from: string; to: string; where: string }[] = [];
  for (const line of header ? lines.slice(1) : lines) {
    const fields = fieldsOf(line.text, separator);
    if (!header) refuseMixed(fields, separator, line.where);
    const names = fields.map(({ name }) => name);
    const [from, to] = header ? [names.at(header[0]), names.at(header[1])] : names;
    if (names.length === 1) {
      declared.push({ name: names[0], where: line.where });
    } else if (names.length > 2 && !header) {
      throw new Error(
        `${line.where} has ${names.length} fields; an edge has two, unless a first line such as source,target,weight ` +
          'names the columns (other columns are ignored)',
      );
    } else if (!from || !to) {
      throw new Error(`${line.where} lacks one end of its edge; write two names`);
    } else edges.push({ from, to, where: line.where });
  }
  return declared.length > 0 ? { declared, edges } : { edges };
}

const withoutQuoted = (text: string) => text.replace(/"[^"]*"?/g, '""');

/** The separator of names, one for the whole file. */
function separatorOf(lines: readonly Line[]): string {
  for (const { text } of lines) {
    const found = /[,;\t]/.exec(withoutQuoted(text));
    if (found) return found[0];
  }
  return ' ';
}

/** Splits a line at separators outside quotes. */
function fieldsOf(text: string, separator: string): Field[] {
  const fields = [{ name: '', quoted: false }];
  let inside = false;
  for (const character of text) {
    const field = fields[fields.length - 1];
    if (character === '"') {
      inside = !inside;
      field.quoted = true;
    } else if (character === separator && !inside) fields.push({ name: '', quoted: false });
    else field.name += character;
  }
  const trimmed = fields.map(({ name, quoted }) => ({ name: name.trim(), quoted }));
  return separator === ' ' ? trimmed.filter(({ name }) => name !== '') : trimmed;
}

/** Without this check a line with another separator would declare one node, or an edge between wrong names. */
function refuseMixed(fields: readonly Field[], separator: string, where: string): void {
  const odd = fields.find(({ name, quoted }) => !quoted && /[\s,;]/.test(name));
  if (odd === undefined) return;
  const by = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' }[separator] ?? 'blanks';
  throw new Error(
    `${where}: '${odd.name}' contains blanks or separators in a file whose names are separated by ${by}; put the name in quotes, ` +
      'or name the columns in a first line such as source,target',
  );
}

function columnsOf(fields: readonly Field[]): [number, number] | undefined {
  const names = fields.map(({ name }) => name.toLowerCase());
  for (const [from, to] of HEADERS) {
    if (names.includes(from) && names.includes(to)) return [names.indexOf(from), names.indexOf(to)];
  }
  return undefined;
}
