/** The engine in Debian's Chromium: its modules as they are built, with what they take of Node.js made for a page. */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { BrowserContext } from 'playwright-core';
import { sha256 } from '../../../numerics/index.js';
import { bitsOfModels } from '../../support/bits-of-models.js';
import { hasChromium, openBrowser, type Browser } from '../../support/browser.js';
import { need } from '../../support/requirements.js';
import { sha256 as plainSha256 } from '../../support/sha256.js';

const root = new URL('../../../../', import.meta.url);
const origin = 'http://murmur.test';

const builtins = ['crypto'];
const imports = {
  zod: '/node_modules/zod/index.js',
  'fastest-levenshtein': '/node_modules/fastest-levenshtein/esm/mod.js',
  seedrandom: '/made/seedrandom',
  'd3-random': '/node_modules/d3-random/dist/d3-random.mjs',
  ...Object.fromEntries(builtins.map((name) => [`node:${name}`, `/made/${name}`])),
};

/** What a page is given in place of modules that are not for browsers. */
async function made(name: string): Promise<string> {
  if (name === 'seedrandom') {
    const text = readFileSync(new URL('node_modules/seedrandom/seedrandom.js', root), 'utf8');
    return `const module = { exports: {} };\n(function (module, exports) {${text}\n}).call(globalThis, module, module.exports);\nexport default module.exports;`;
  }
  if (name === 'crypto') {
    return `import { sha256 } from '/dist/test/support/sha256.js';
      const bytesOf = (content) => typeof content === 'string' ? new TextEncoder().encode(content)
        : new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
      export const createHash = () => {
        const parts = [];
        const hash = {
          update(content) {
            parts.push(bytesOf(content));
            return hash;
          },
          digest() {
            const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
            let at = 0;
            for (const part of parts) {
              bytes.set(part, at);
              at += part.length;
            }
            return sha256(bytes);
          },
        };
        return hash;
      };`;
  }
  const names = Object.keys((await import(`node:${name}`)) as object).filter((key) => key !== 'default');
  // Called where modules begin; nothing of it is used where kernels are WebAssembly's.
  return names.map((key) => `export const ${key} = () => '';`).join('\n');
}

async function serve(context: BrowserContext): Promise<void> {
  await context.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
      return route.fulfill({ contentType: 'text/html', body: `<!doctype html>${map}` });
    }
    const file = new URL(`.${pathname}`, root);
    if (pathname.startsWith('/made/')) {
      return route.fulfill({ contentType: 'text/javascript', body: await made(pathname.slice(6)) });
    }
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: 'text/javascript', body: readFileSync(file) });
  });
}

describe('the engine in Chromium', () => {
  let browser: Browser | undefined;
  before(async function () {
    need(this, 'chromium', hasChromium());
    browser = await openBrowser();
    await serve(browser.context);
  });
  after(() => browser?.close());

  it('has the kernels of this Node.js, and ends in its bits with every named model', async () => {
    if (browser === undefined) throw new Error('the browser is not open');
    const page = await browser.context.newPage();
    await page.goto(origin);
    const there = await page.evaluate(async (path) => {
      const { bitsOfModels: bits } = (await import(path)) as { bitsOfModels: typeof bitsOfModels };
      return bits();
    }, '/dist/test/support/bits-of-models.js');
    expect(there).to.deep.equal(bitsOfModels());
    await page.close();
  });

  it('is compared by hashes that are SHA-256', () => {
    for (const length of [0, 1, 55, 56, 64, 1000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => 37 * i);
      expect(plainSha256(bytes)).to.equal(sha256(bytes));
    }
  });
});
