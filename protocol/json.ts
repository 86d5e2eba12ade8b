/** Headers are JSON, read strictly: UTF-8, no field twice, of limited depth. */
import { ProtocolError } from './codes.js';

/** Headers nest no deeper: what checks them calls itself for each level. */
const DEPTH = 32;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const encodeJson = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** @throws ProtocolError where the bytes are not the JSON of a value whose objects name each field once */
export function decodeJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new ProtocolError('malformed', 'the header is not UTF-8');
  }
  checkStructure(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProtocolError('malformed', 'the header is not JSON');
  }
}

/** Goes over brackets and strings only; whether the text is JSON at all, JSON.parse says afterwards. */
function checkStructure(text: string): void {
  /** Of each bracket that is open: the names so far of an object, nothing of an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '{' || character === '[') {
      if (open.length === DEPTH)
        throw new ProtocolError('malformed', `the header nests deeper than ${DEPTH}`);
      open.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, i);
      const names = open.at(-1);
      if (names && isName(text, end)) noteName(text.slice(i, end), names);
      i = end - 1;
    }
  }
}

/** Where the string that begins at `start` is over. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** Whether a colon follows. */
function isName(text: string, from: number): boolean {
  let i = from;
  while (' \t\n\r'.includes(text[i] ?? '.')) i++;
  return text[i] === ':';
}

function noteName(quoted: string, names: Set<string>): void {
  const name = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
  if (names.has(name)) throw new ProtocolError('malformed', `the header has the field ${quoted} twice`);
  if (name === '__proto__') throw new ProtocolError('malformed', 'no field may be called "__proto__"');
  names.add(name);
}

function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
