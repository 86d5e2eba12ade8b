/** CSV as RFC 4180 describes it: commas, line ends of either kind, fields in quotes with quotes doubled. */

export interface Table {
  readonly columns: readonly string[];
  /** The rows after the header, each as long as the header. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file on which each row begins, counted from 1. */
  readonly lines: readonly number[];
}

/**
 * A table whose first line names the columns. Empty lines are passed over.
 * @throws Error that names file and line where a row has more or fewer fields, or a quote is never closed
 */
export function parseCsv(text: string, path: string): Table {
  const records = parseRecords(text.replace(/^\uFEFF/, ''), path);
  if (records.length === 0) throw new Error(`'${path}' is empty; its first line should name the columns`);
  const [header, ...rows] = records;
  for (const { fields, line } of rows) {
    if (fields.length === header.fields.length) continue;
    throw new Error(
      `'${path}' line ${line} has ${fields.length} fields, the first line names ${header.fields.length} columns`,
    );
  }
  return {
    columns: header.fields,
    rows: rows.map(({ fields }) => fields),
    lines: rows.map(({ line }) => line),
  };
}

interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
}

/** One field and what ends it: a comma, a line end, or the end of the text. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;

function parseRecords(text: string, path: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let line = 1;
  let begin = 1;
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const match = FIELD.exec(text);
    if (match === null) throw new Error(`'${path}' line ${line}: a quote is out of place or never closed`);
    const [whole, quoted, plain, end] = match;
    fields.push(whole.startsWith('"') ? quoted.replaceAll('""', '"') : plain);
    line += whole.match(/\r\n|\r|\n/g)?.length ?? 0;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') records.push({ fields, line: begin });
    fields = [];
    begin = line;
  }
  return records;
}
