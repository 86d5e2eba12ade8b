/** Streams a large JSON object: the members of one of its objects come one at a time, the rest is parsed whole. */

export interface Member {
  readonly key: string;
  readonly value: unknown;
  /** Whether it is a member of the streamed object; else it is one of the file's. */
  readonly streamed: boolean;
}

/** The most characters of a value that is parsed whole; the longest string has twice as many. */
const LONGEST = 2 ** 28;

/**
 * The members of the object in a JSON text, and of the object that its member `streamed` is, in the order of the text.
 * After its members this one comes as an empty object.
 * @throws Error that names the file where it is not whole JSON, is no object, or has a key twice
 */
export function* jsonMembers(
  pieces: Iterable<string>,
  streamed: string,
  path: string,
  longest = LONGEST,
): Generator<Member, undefined> {
  const text = new JsonText(pieces, path, longest);
  for (const key of text.keys()) {
    if (key === streamed && text.peek() === '{') {
      for (const inner of text.keys()) yield { key: inner, value: text.value(inner), streamed: true };
      yield { key, value: {}, streamed: false };
    } else yield { key, value: text.value(key), streamed: false };
  }
  if (text.peek() !== '') throw text.broken(`'${text.peek()}' follows its end`);
}

/** Reads JSON from pieces of text, from left to right. */
class JsonText {
  readonly #pieces: Iterator<string>;
  #piece = '';
  #at = 0;

  constructor(
    pieces: Iterable<string>,
    readonly path: string,
    readonly longest: number,
  ) {
    this.#pieces = pieces[Symbol.iterator]();
  }

  broken(why: string): Error {
    return new Error(`'${this.path}' is not whole JSON (${why})`);
  }

  /** The next character that is no white space, which stays; empty at the end. */
  peek(): string {
    while (this.#more()) {
      const character = this.#piece[this.#at];
      if (!' \n\r\t'.includes(character)) return character;
      this.#at++;
    }
    return '';
  }

  /** The keys of the object that begins here; whoever takes a key reads its value before the next. */
  *keys(): Generator<string, undefined> {
    this.#expect('{');
    const known = new Set<string>();
    while (this.peek() !== '}') {
      if (known.size > 0) this.#expect(',');
      if (this.peek() !== '"') throw this.broken(`a key is expected, not '${this.peek()}'`);
      const key = String(this.#parse(this.#string(), 'a key'));
      if (known.has(key)) throw new Error(`'${this.path}' has the key '${key}' twice in one object`);
      known.add(key);
      this.#expect(':');
      yield key;
    }
    this.#expect('}');
  }

  /** Parses the value that begins here. */
  value(key: string): unknown {
    const first = this.peek();
    if (first === '"') return this.#parse(this.#string(), key);
    if (first !== '{' && first !== '[') return this.#parse(this.#until(/[,}\]\s]/g, key), key);
    let text = '';
    let depth = 0;
    do {
      text += this.#until(/["[\]{}]/g, key);
      const character = this.peek();
      if (character === '') throw this.broken(`it ends within '${key}'`);
      if (character === '"') text += this.#string();
      else {
        depth += character === '[' || character === '{' ? 1 : -1;
        text += character;
        this.#at++;
      }
      if (text.length > this.longest) throw this.#tooLong(key);
    } while (depth > 0);
    return this.#parse(text, key);
  }

  /** Whether there is a character left. */
  #more(): boolean {
    while (this.#at >= this.#piece.length) {
      const next = this.#pieces.next();
      if (next.done === true) return false;
      this.#piece = next.value;
      this.#at = 0;
    }
    return true;
  }

  #expect(character: string): void {
    const found = this.peek();
    if (found !== character) {
      throw this.broken(found === '' ? 'it ends too early' : `'${found}' stands where '${character}' should`);
    }
    this.#at++;
  }

  /** The text up to the first match, which stays, or to the end. */
  #until(end: RegExp, key: string): string {
    let found = '';
    while (this.#more()) {
      end.lastIndex = this.#at;
      const to = end.exec(this.#piece)?.index;
      found += this.#piece.slice(this.#at, to);
      this.#at = to ?? this.#piece.length;
      if (to !== undefined) break;
      if (found.length > this.longest) throw this.#tooLong(key);
    }
    return found;
  }

  /** The string that begins here, with its quotes. */
  #string(): string {
    let found = '"';
    this.#at++;
    for (;;) {
      found += this.#until(/["\\]/g, 'a string');
      if (!this.#more()) throw this.broken('it ends within a string');
      const character = this.#piece[this.#at++];
      found += character;
      if (character === '"') return found;
      if (!this.#more()) throw this.broken('it ends within a string');
      found += this.#piece[this.#at++];
    }
  }

  #tooLong(key: string): Error {
    return new Error(
      `'${this.path}': '${key}' has more than ${this.longest} characters, more than are read at once`,
    );
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
