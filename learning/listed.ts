/** Names as part of a sentence: the first few of them, and how many more there are. */
const SHOWN = 8;

export const listed = (names: readonly string[]): string =>
  names.length <= SHOWN + 1
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
