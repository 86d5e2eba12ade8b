import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { murmur } from './support/murmur.js';

describe('the documentation', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
    readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  );

  for (const page of ['recipes', 'messages', 'metrics']) {
    it(`has a reference of ${page} that is up to date (npm run docs)`, async () => {
      const { code, stdout } = await murmur(['reference', page]);
      expect(code).to.equal(0);
      expect(readFileSync(`docs/${page}.md`, 'utf8')).to.equal(stdout);
    });
  }

  it('links to files that are there', () => {
    for (const page of pages) {
      const links = readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g);
      for (const [, link] of links)
        expect(existsSync(join(dirname(page), link)), `${page}: ${link}`).to.equal(true);
    }
  });
});
