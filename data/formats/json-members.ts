/** Streams a large JSON object: yields the members of one nested object one at a time, and parses all other values whole. */

export interface Member {
  readonly key: string;
  readonly value: unknown;
  /** Whether it is a member of the streamed object, not of the top-level object. */
  readonly streamed: boolean;
}

/** The maximum length of a value that is parsed whole, half of the longest string. */
const MAX_LENGTH = 2 ** 28;

/**
 * The members of the object in a JSON text, and of its member `streamed`, in the order of the text. `streamed` itself follows its
 * members as an empty object.
 * @throws Error that names the file if it is not a whole JSON object or has a key twice
 */
export function* jsonMembers(
  chunks: Iterable<string>,
  streamed: string,
  path: string,
  maxLength = MAX_LENGTH,
): Generator<Member, undefined> {
  const text = new JsonText(chunks, path, maxLength);
  for (const key of text.keys()) {
    if (key === streamed && text.peek() === '{') {
      for (const inner of text.keys()) yield { key: inner, value: text.value(inner), streamed: true };
      yield { key, value: {}, streamed: false };
    } else yield { key, value: text.value(key), streamed: false };
  }
  if (text.peek() !== '') throw text.syntaxError(`'${text.peek()}' follows its end`);
}

/** Reads JSON from chunks of text, from left to right. */
class JsonText {
  readonly #chunks: Iterator<string>;
  #chunk = '';
  #at = 0;

  constructor(
    chunks: Iterable<string>,
    readonly path: string,
    readonly maxLength: number,
  ) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  syntaxError(reason: string): Error {
    return new Error(`'${this.path}' is not whole JSON (${reason})`);
  }

  /** The next character after white space, not consumed; empty at the end. */
  peek(): string {
    while (this.#more()) {
      const character = this.#chunk[this.#at];
      if (!' \n\r\t'.includes(character)) return character;
      this.#at++;
    }
    return '';
  }

  /** The keys of the object that starts here; the caller reads each key's value before the next key. */
  *keys(): Generator<string, undefined> {
    this.#expect('{');
    const known = new Set<string>();
    while (this.peek() !== '}') {
      if (known.size > 0) this.#expect(',');
      if (this.peek() !== '"') throw this.syntaxError(`expected a key, found '${this.peek()}'`);
      const key = String(this.#parse(this.#string(), 'a key'));
      if (known.has(key)) throw new Error(`'${this.path}' has the key '${key}' twice in one object`);
      known.add(key);
      this.#expect(':');
      yield key;
    }
    this.#expect('}');
  }

  /** Parses the value that starts here. */
  value(key: string): unknown {
    const first = this.peek();
    if (first === '"') return this.#parse(this.#string(), key);
    if (first !== '{' && first !== '[') return this.#parse(this.#until(/[,}\]\s]/g, key), key);
    let text = '';
    let depth = 0;
    do {
      text += this.#until(/["[\]{}]/g, key);
      const character = this.peek();
      if (character === '') throw this.syntaxError(`it ends within '${key}'`);
      if (character === '"') text += this.#string();
      else {
        depth += character === '[' || character === '{' ? 1 : -1;
        text += character;
        this.#at++;
      }
      if (text.length > this.maxLength) throw this.#tooLong(key);
    } while (depth > 0);
    return this.#parse(text, key);
  }

  /** Whether characters remain. */
  #more(): boolean {
    while (this.#at >= this.#chunk.length) {
      const next = this.#chunks.next();
      if (next.done === true) return false;
      this.#chunk = next.value;
      this.#at = 0;
    }
    return true;
  }

  #expect(character: string): void {
    const found = this.peek();
    if (found !== character) {
      throw this.syntaxError(
        found === '' ? 'it ends too early' : `expected '${character}', found '${found}'`,
      );
    }
    this.#at++;
  }

  /** The text up to the first match, which is not consumed, or to the end. */
  #until(end: RegExp, key: string): string {
    let found = '';
    while (this.#more()) {
      end.lastIndex = this.#at;
      const to = end.exec(this.#chunk)?.index;
      found += this.#chunk.slice(this.#at, to);
      this.#at = to ?? this.#chunk.length;
      if (to !== undefined) break;
      if (found.length > this.maxLength) throw this.#tooLong(key);
    }
    return found;
  }

  /** The string that starts here, with its quotes. */
  #string(): string {
    let found = '"';
    this.#at++;
    for (;;) {
      found += this.#until(/["\\]/g, 'a string');
      if (!this.#more()) throw this.syntaxError('it ends within a string');
      const character = this.#chunk[this.#at++];
      found += character;
      if (character === '"') return found;
      if (!this.#more()) throw this.syntaxError('it ends within a string');
      found += this.#chunk[this.#at++];
    }
  }

  #tooLong(key: string): Error {
    return new Error(`'${this.path}': '${key}' has more than ${this.maxLength} characters; split the file`);
  }

  #parse(text: string, key: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`'${this.path}' is not whole JSON (within '${key}': ${reason})`, { cause: error });
    }
  }
}
