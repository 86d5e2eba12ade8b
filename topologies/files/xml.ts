/** The tags of an XML document in order, read by saxes, which rejects documents that are not well-formed. */
import { SaxesParser } from 'saxes';

export interface Tag {
  /** The name without its namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly line: number;
}

/** @throws Error with the line if the document is not well-formed */
export function parseTags(text: string): Tag[] {
  const tags: Tag[] = [];
  const parser = new SaxesParser();
  let line = 1;
  parser.on('error', ({ message }) => {
    throw new Error(`line ${parser.line}: it is not well-formed XML: ${message.replace(/^\d+:\d+: /, '')}`);
  });
  parser.on('opentagstart', () => {
    // A line end after the name is counted already.
    line = parser.line - (parser.column === 0 ? 1 : 0);
  });
  parser.on('opentag', ({ name, attributes }) => {
    tags.push({
      name: name.slice(name.indexOf(':') + 1),
      attributes: new Map(Object.entries(attributes)),
      line,
    });
  });
  parser.write(text).close();
  return tags;
}
