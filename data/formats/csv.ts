/** CSV as RFC 4180 describes it, from text of any length: commas, line ends of either kind, quotes doubled in quotes. */

export interface Table {
  /** The names in the first line, without blanks around them. */
  readonly columns: readonly string[];
  /** The rows below it, each as long as the header; read once, as they come. */
  readonly rows: Iterable<CsvRecord>;
}

export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line of the file on which it begins, counted from 1. */
  readonly line: number;
}

/** More characters than this are no field: a quote was never closed. */
const LONGEST_FIELD = 2 ** 24;

/**
 * A table whose first line names the columns. Empty lines are passed over.
 * @param pieces the text, cut anywhere but within `\r\n`
 * @throws Error that names file and line where two columns have one name, a row has more or fewer fields, or a quote
 * is never closed
 */
export function parseCsv(pieces: Iterable<string>, path: string, longestField = LONGEST_FIELD): Table {
  const records = parseRecords(pieces, path, longestField);
  const header = records.next();
  if (header.done === true) throw new Error(`'${path}' is empty; its first line should name the columns`);
  const columns = header.value.fields.map((name) => name.trim());
  const places = new Map<string, number>();
  for (const [place, name] of columns.entries()) {
    const first = places.get(name);
    places.set(name, place);
    if (name === '' || first === undefined) continue;
    throw new Error(
      `'${path}' names columns ${first + 1} and ${place + 1} '${name}'; every column needs a name of its own`,
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

type State = 'begin' | 'plain' | 'quoted' | 'quote in quotes';

const ENDS = { begin: /[^",\r\n]*/y, plain: /[^",\r\n]*/y, quoted: /[^"]*/y };

function* parseRecords(
  pieces: Iterable<string>,
  path: string,
  longestField: number,
): Generator<CsvRecord, undefined> {
  let fields: string[] = [];
  let field = '';
  let state: State = 'begin';
  let [line, begin, opened] = [1, 1, 1];
  const misplaced = (at: number) =>
    new Error(`'${path}' line ${at}: a quote is out of place or never closed`);

  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at++) {
      if (state !== 'quote in quotes') {
        const end = ENDS[state];
        end.lastIndex = at;
        const [text] = end.exec(piece) ?? [''];
        field += text;
        at += text.length;
        if (state === 'quoted') line += lineEnds(text);
        else if (text !== '') state = 'plain';
        if (field.length > longestField) throw misplaced(opened);
        if (at === piece.length) break;
      }
      const character = piece[at];
      if (character === '"') {
        if (state === 'plain') throw misplaced(line);
        if (state === 'begin') opened = line;
        if (state === 'quote in quotes') field += '"';
        state = state === 'quoted' ? 'quote in quotes' : 'quoted';
        continue;
      }
      if (character !== ',' && character !== '\r' && character !== '\n') throw misplaced(opened);
      fields.push(field);
      field = '';
      state = 'begin';
      if (character === ',') continue;
      if (character === '\r' && piece[at + 1] === '\n') at++;
      line++;
      if (fields.length > 1 || fields[0] !== '') yield { fields, line: begin };
      fields = [];
      begin = line;
    }
  }
  if (state === 'quoted') throw misplaced(opened);
  if (fields.length > 0 || field !== '') yield { fields: [...fields, field], line: begin };
}

const lineEnds = (text: string) => text.match(/\r\n|\r|\n/g)?.length ?? 0;
