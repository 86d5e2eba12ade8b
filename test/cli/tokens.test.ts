import { expect } from 'chai';
import { readToken } from '../../cli/tokens.js';
import { parseKeys } from '../../server/index.js';
import { temporaryFolder } from '../support/folder.js';
import { refused } from '../support/refused.js';
import { smallRecipe } from '../support/small-recipe.js';

describe('a join token or a key', () => {
  const folder = temporaryFolder();
  const longest = 'x'.repeat(256);

  it('is the value itself if it has no slash, backslash or dot, or else what the file holds', () => {
    for (const value of ['secret', 'a-b_c+d==', longest, ' secret\n']) {
      expect(readToken('--token', value)).to.equal(value.trim());
      expect(readToken('--key', folder.write('token', `${value}\n`))).to.equal(value.trim());
    }
    expect(readToken('--token', undefined)).to.equal(undefined);
  });

  it('is refused if it is empty, of spaces, too long, a file that is missing, or a bare file name', () => {
    const cases: Readonly<Record<string, readonly string[]>> = {
      'is empty': ['', ' ', '\n\t', folder.write('empty', ''), folder.write('blank', ' \n\n')],
      'of at most 256 characters': [
        `${longest}x`,
        'two words',
        folder.write('long', `${longest}x`),
        folder.write('two', 'a\nb\n'),
      ],
      'there is no file': ['./none', '/none', 'none.txt', 'a/b', 'a\\b', folder.path('none'), '~/token'],
      'is no file': [folder.path()],
      // The tests run where it is.
      'write ./LICENSE': ['LICENSE'],
    };
    for (const [sentence, values] of Object.entries(cases)) {
      for (const value of values) {
        for (const option of ['--token', '--key'] as const) {
          expect(() => readToken(option, value), JSON.stringify(value)).to.throw(Error, sentence);
        }
      }
    }
  });

  it('of a file of keys is refused if it is too long', () => {
    expect(parseKeys(`0-2 ${longest}`)).to.have.length(1);
    expect(() => parseKeys(`0-2 ${longest}x`)).to.throw('line 1 has more than 256 characters');
  });

  it('is refused by serve and join before they do anything, also if it is in a variable', async () => {
    const recipe = folder.write('recipe.yaml', smallRecipe());
    const serve = ['serve', recipe, '--out', folder.path('out'), '--port', '0'];
    const join = ['join', 'ws://127.0.0.1:9', '--state', folder.path('state')];
    expect(await refused(2, serve, { env: { MURMUR_TOKEN: '' } })).to.include('MURMUR_TOKEN) is empty');
    expect(await refused(2, [...serve, '--keys', folder.write('keys', '# none\n')])).to.include(
      'holds no keys',
    );
    expect(await refused(2, join, { env: { MURMUR_KEY: ' ' } })).to.include('MURMUR_KEY) is empty');
    expect(await refused(2, [...join, '--token', 'missing.txt'])).to.include('there is no file');
  });
});
