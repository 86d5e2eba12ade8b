/** What recorded runs say of a claim: sentences and a verdict that follow from them alone. */

/** One observation, and whether it is as the claim says; undefined where it cannot be said. */
export interface Finding {
  readonly holds: boolean | undefined;
  readonly text: string;
}

/**
 * The claim, in how many of the cases it holds, and each case.
 * @param listed 'exceptions' lists only the cases in which it does not hold
 */
export function claim(
  text: string,
  findings: readonly Finding[],
  listed: 'all' | 'exceptions' = 'all',
): string {
  const shown = listed === 'all' ? findings : findings.filter(({ holds }) => holds === false);
  const not = listed === 'exceptions' && shown.length > 0 ? ' Not here:' : '';
  return [`- **${text}** ${verdict(findings)}${not}`, ...shown.map((finding) => `  - ${finding.text}`)].join(
    '\n',
  );
}

function verdict(findings: readonly Finding[]): string {
  const known = findings.filter(({ holds }) => holds !== undefined);
  const held = known.filter(({ holds }) => holds === true).length;
  if (known.length === 0) return 'Not judged yet: what it needs has not run.';
  if (held === known.length)
    return known.length === 1 ? 'Holds in the one case run.' : `Holds in all ${held} cases run.`;
  if (held > 0) return `Holds in ${held} of ${known.length} cases run.`;
  return known.length === 1
    ? 'Does not hold in the one case run.'
    : `Holds in none of ${known.length} cases run.`;
}
