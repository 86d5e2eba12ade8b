/** The tags of an XML file in order, as much of XML as graph files use; anything malformed is refused. */

export interface Tag {
  /** Without a namespace's prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Names of the elements around it, from the outside in. */
  readonly inside: readonly string[];
  readonly line: number;
}

const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>[]*>|<(?<end>\/?)(?<name>[\w:.-]+)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @throws Error, a sentence with the line, where tags do not fit */
export function tags(text: string): Tag[] {
  const found: Tag[] = [];
  const open: string[] = [];
  let at = 0;
  let line = 1;
  const pass = (to: number) => {
    const between = text.slice(at, to);
    line += between.split('\n').length - 1;
    at = to;
  };
  for (const match of text.matchAll(MARKUP)) {
    refuseStray(text.slice(at, match.index), line);
    pass(match.index);
    const { end, name, attributes, empty } = match.groups ?? {};
    if (name && end) {
      const last = open.pop();
      if (last !== name)
        throw new Error(`line ${line}: </${name}> closes ${last === undefined ? 'nothing' : `<${last}>`}`);
    } else if (name) {
      found.push({ name: local(name), attributes: read(attributes), inside: open.map(local), line });
      if (!empty) open.push(name);
    }
    pass(match.index + match[0].length);
  }
  refuseStray(text.slice(at), line);
  if (open.length > 0)
    throw new Error(`<${open[open.length - 1]}> is never closed; the file ends in the middle`);
  return found;
}

function refuseStray(between: string, line: number): void {
  const stray = between.indexOf('<');
  if (stray < 0) return;
  const at = line + between.slice(0, stray).split('\n').length - 1;
  throw new Error(`line ${at}: '${between.slice(stray, stray + 30).trim()}' is not a tag of XML`);
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function read(attributes: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [, name, quoted] of attributes.matchAll(ATTRIBUTE))
    values.set(name, decode(quoted.slice(1, -1)));
  return values;
}

function decode(value: string): string {
  return value.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (typeof decimal === 'string') return String.fromCodePoint(Number(decimal));
    if (typeof hex === 'string') return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[String(name)] ?? whole;
  });
}
