/** Mutated copies of plain data: each field of it, changed in every way that its type allows. */

export interface Changed<Value = unknown> {
  readonly field: string;
  readonly change: string;
  readonly value: Value;
  /** A JSON text that no JavaScript value is written as, and the text in `value` that it is to replace. */
  readonly raw?: { readonly json: string; readonly place: string };
}

/** @param field the path of the value; empty for the whole */
export function* valueMutations(value: unknown, field = ''): Generator<Changed, void> {
  const own = Array.from(changesOf(value), (changed) => ({ field, ...changed }));
  yield* distinct(value, own);
  if (Array.isArray(value)) yield* listMutations(value, field);
  else if (typeof value === 'object' && value !== null) yield* objectMutations({ ...value }, field);
}

type Change = Omit<Changed, 'field'>;

function* changesOf(value: unknown): Generator<Change, void> {
  if (typeof value === 'number') yield* numberChanges(value);
  else if (typeof value === 'string') yield* textChanges(value);
  else if (typeof value === 'boolean') yield { change: 'the other', value: !value };
  else if (value === null) yield { change: 'a number', value: 0 };
  else if (Array.isArray(value)) yield* listChanges(value);
  else yield { change: 'empty', value: {} };
  yield* wrongTypes.map((other) => ({ change: `wrong type: ${JSON.stringify(other)}`, value: other }));
}

const wrongTypes = [null, true, 'x', 1, [], { x: 0 }];

function* numberChanges(value: number): Generator<Change, void> {
  const numbers: Readonly<Record<string, number>> = {
    zero: 0,
    'one more': value + 1,
    'one less': value - 1,
    negative: -Math.max(1, Math.abs(value)),
    fraction: value + 0.5,
    'a thousandfold negative': -1000 * value,
    tiny: 1e-300,
  };
  for (const [change, number] of Object.entries(numbers)) yield { change, value: number };
  for (const number of [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e308, -1e308]) {
    yield { change: `huge: ${number}`, value: number };
  }
  for (const json of ['NaN', 'Infinity', '1e999', '-1e999']) yield rawChange(json, json);
}

/** What JSON cannot say, or what JSON.stringify would not. */
function rawChange(change: string, json: string): Change {
  const place = '@'.repeat(json.length);
  return { change, value: place, raw: { json, place } };
}

function* textChanges(value: string): Generator<Change, void> {
  const last = value.at(-1) ?? '';
  yield { change: 'empty', value: '' };
  yield { change: 'shorter', value: value.slice(0, -1) };
  yield { change: 'longer', value: `${value}${last || '0'}` };
  yield { change: 'another', value: `${value.slice(0, -1)}${last === '0' ? '1' : '0'}` };
  yield { change: 'upper case', value: value.toUpperCase() };
  yield { change: 'a control character', value: `${value}\u0000` };
  yield { change: 'a path', value: '../../etc/passwd' };
  yield { change: 'very long', value: 'x'.repeat(70_000) };
}

function* listChanges(list: readonly unknown[]): Generator<Change, void> {
  yield { change: 'empty', value: [] };
  if (list.length === 0) {
    yield { change: 'longer', value: [0] };
    return;
  }
  yield { change: 'shorter', value: list.slice(0, -1) };
  yield { change: 'longer, with its last entry twice', value: [...list, list.at(-1)] };
  yield { change: 'the other way round', value: [...list].reverse() };
  yield { change: 'a thousand times its first entry', value: new Array(1000).fill(list[0]) };
}

function* listMutations(list: readonly unknown[], field: string): Generator<Changed, void> {
  for (const [i, entry] of list.entries()) {
    if (i > 1 && i < list.length - 1) continue;
    for (const changed of valueMutations(entry, join(field, String(i)))) {
      yield { ...changed, value: list.with(i, changed.value) };
    }
  }
}

function* objectMutations(
  object: Readonly<Record<string, unknown>>,
  field: string,
): Generator<Changed, void> {
  const names = Object.keys(object);
  for (const [i, name] of names.entries()) {
    const { [name]: value, ...others } = object;
    const path = join(field, name);
    yield { field: path, change: 'missing', value: others };
    yield { field: path, change: 'renamed', value: { ...others, [`${name}x`]: value } };
    yield { field: path, change: 'called constructor', value: { ...others, constructor: value } };
    const json = JSON.stringify(value);
    const twice = rawChange('there twice', `${json},"${name}":${json}`);
    yield { ...twice, field: path, value: { ...object, [name]: twice.value } };
    for (const other of names.slice(i + 1)) {
      if (typeof object[other] !== typeof value || object[other] === value) continue;
      const swapped = { ...object, [name]: object[other], [other]: value };
      yield { field: path, change: `swapped with ${other}`, value: swapped };
    }
    for (const changed of valueMutations(value, path)) {
      yield { ...changed, value: { ...object, [name]: changed.value } };
    }
  }
  yield { field: join(field, 'unknown'), change: 'added', value: { ...object, unknown: 1 } };
}

const join = (field: string, name: string) => (field === '' ? name : `${field}.${name}`);

/** Without those that are the value itself, or come twice. */
function* distinct(value: unknown, changes: readonly Changed[]): Generator<Changed, void> {
  const seen = new Set([JSON.stringify(value)]);
  for (const changed of changes) {
    const json = changed.raw?.json ?? JSON.stringify(changed.value);
    if (seen.has(json)) continue;
    seen.add(json);
    yield changed;
  }
}
