/**
 * CSV of RFC 4180 in text of any length: commas, LF or CRLF line ends, doubled quotes within quotes. Not by a library: csv-parse 7
 * reads a whole file or an asynchronous stream of Buffers, reports an unclosed quote at the file's last line, expects the first
 * line's line end everywhere, and takes three times as long.
 */

export interface Table {
  /** The trimmed names in the first line. */
  readonly columns: readonly string[];
  /** The rows below the header, each as long as it; can be iterated once. */
  readonly rows: Iterable<CsvRecord>;
}

export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line of the file where the record starts, counted from 1. */
  readonly line: number;
}

/** A longer field is taken for a quote that is never closed. */
const MAX_FIELD_LENGTH = 2 ** 24;

/**
 * Parses a table whose first line names the columns. Ignores empty lines.
 * @param chunks the text; no chunk ends between `\r` and `\n`
 * @throws Error that names file and line if two columns have the same name, a row has more or fewer fields than columns, or a
 * quote is never closed
 */
export function parseCsv(chunks: Iterable<string>, path: string, maxFieldLength = MAX_FIELD_LENGTH): Table {
  const records = parseRecords(chunks, path, maxFieldLength);
  const header = records.next();
  if (header.done === true) throw new Error(`'${path}' is empty; its first line must name the columns`);
  const columns = header.value.fields.map((name) => name.trim());
  const places = new Map<string, number>();
  for (const [place, name] of columns.entries()) {
    const first = places.get(name);
    places.set(name, place);
    if (name === '' || first === undefined) continue;
    throw new Error(
      `'${path}' names columns ${first + 1} and ${place + 1} '${name}'; give every column a different name`,
    );
  }
  return { columns, rows: rowsBelow(columns.length, records, path) };
}

function* rowsBelow(width: number, records: Iterable<CsvRecord>, path: string): Generator<CsvRecord> {
  for (const record of records) {
    const { fields, line } = record;
    if (fields.length !== width) {
      throw new Error(
        `'${path}' line ${line} has ${fields.length} fields, the first line names ${width} columns`,
      );
    }
    yield record;
  }
}

type State = 'start' | 'plain' | 'quoted' | 'quote in quotes';

const ENDS = { start: /[^",\r\n]*/y, plain: /[^",\r\n]*/y, quoted: /[^"]*/y };

function* parseRecords(
  chunks: Iterable<string>,
  path: string,
  maxFieldLength: number,
): Generator<CsvRecord, undefined> {
  let fields: string[] = [];
  let field = '';
  let state: State = 'start';
  let [line, start, opened] = [1, 1, 1];
  const misplaced = (at: number) => new Error(`'${path}' line ${at}: a quote is misplaced or never closed`);

  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at++) {
      if (state !== 'quote in quotes') {
        const end = ENDS[state];
        end.lastIndex = at;
        const [text] = end.exec(chunk) ?? [''];
        field += text;
        at += text.length;
        if (state === 'quoted') line += lineEnds(text);
        else if (text !== '') state = 'plain';
        if (field.length > maxFieldLength) throw misplaced(opened);
        if (at === chunk.length) break;
      }
      const character = chunk[at];
      if (character === '"') {
        if (state === 'plain') throw misplaced(line);
        if (state === 'start') opened = line;
        if (state === 'quote in quotes') field += '"';
        state = state === 'quoted' ? 'quote in quotes' : 'quoted';
        continue;
      }
      if (character !== ',' && character !== '\r' && character !== '\n') throw misplaced(opened);
      fields.push(field);
      field = '';
      state = 'start';
      if (character === ',') continue;
      if (character === '\r' && chunk[at + 1] === '\n') at++;
      line++;
      if (fields.length > 1 || fields[0] !== '') yield { fields, line: start };
      fields = [];
      start = line;
    }
  }
  if (state === 'quoted') throw misplaced(opened);
  if (fields.length > 0 || field !== '') yield { fields: [...fields, field], line: start };
}

const lineEnds = (text: string) => text.match(/\r\n|\r|\n/g)?.length ?? 0;
