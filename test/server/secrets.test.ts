import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { secretInput, secretOf, ticketOf } from '../../server/secrets.js';

const run = { key: 'k'.repeat(64), run: 'r-1' };

/** Names as a worker may send them, and worse: with whatever an encoding could separate or quote by. */
const PARTS = [
  '',
  'w1',
  'w2',
  'w1/w2',
  'pair',
  'resume',
  '/',
  '"',
  '","',
  '\\',
  '\\"',
  ',',
  '[',
  'é',
  '\u0000',
  ' ',
];

describe('secrets of a run', () => {
  it('are made of inputs that differ wherever label, run or names do', () => {
    const inputs = new Map<string, string>();
    let made = 0;
    const lists = [...PARTS.map((a) => [a]), ...PARTS.flatMap((a) => PARTS.map((b) => [a, b]))];
    for (const label of ['resume', 'pair'] as const) {
      for (const name of PARTS) {
        for (const names of lists) {
          const what = `${label} of ${JSON.stringify([name, names])}`;
          const input = secretInput(label, name, ...names);
          expect(inputs.get(input), what).to.equal(undefined);
          inputs.set(input, what);
          made++;
        }
      }
    }
    expect(inputs.size).to.equal(made);
  });

  it('of a worker are no tickets of a pair, whatever the worker is called', () => {
    const names = ['pair/w1/w2', 'pair', 'w1', 'w1/w2', 'w2/w1', '["w1","w2"]', 'w1","w2'];
    for (const name of names) expect(secretOf(run, name)).not.to.equal(ticketOf(run, 'w1', 'w2'));
  });

  it('of a pair are the same from both sides, and of another pair, run or key others', () => {
    expect(ticketOf(run, 'w1', 'w2')).to.equal(ticketOf(run, 'w2', 'w1'));
    const others = [
      ticketOf(run, 'w1', 'w2'),
      ticketOf(run, 'w1', 'w3'),
      ticketOf({ ...run, run: 'r-2' }, 'w1', 'w2'),
      ticketOf({ ...run, key: 'l'.repeat(64) }, 'w1', 'w2'),
      secretOf(run, 'w1'),
      secretOf(run, 'w2'),
    ];
    expect(new Set(others).size).to.equal(others.length);
  });

  it('are HMAC-SHA-256 of the input under the key, in hexadecimal digits', () => {
    const key = 'clé'.repeat(40);
    const expected = createHmac('sha256', key)
      .update(secretInput('resume', run.run, 'wé'))
      .digest('hex');
    expect(secretOf({ ...run, key }, 'wé')).to.equal(expected);
  });
});
