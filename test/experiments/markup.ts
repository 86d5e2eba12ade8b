/** What the tests ask of markup: whether its tags are balanced, and what a reader sees of it. */

const empty = new Set(['meta', 'link', 'br', 'hr', 'img', 'input']);

/** The first tag that is closed without being open, or left open; nothing where all are balanced. */
export function unbalanced(markup: string): string | undefined {
  const open: string[] = [];
  const plain = markup.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
  for (const [tag, slash, name, attributes] of plain.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*)>/g,
  )) {
    if (slash === '/') {
      if (open.pop() !== name) return tag;
    } else if (!empty.has(name) && !attributes.endsWith('/')) {
      open.push(name);
    }
  }
  return open.at(-1);
}

/** The text between the tags, spaces run together, entities resolved. */
export function textOf(markup: string): string {
  return markup
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}
