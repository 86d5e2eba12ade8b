/** The engine runs in Chromium, from the modules that the build emits, and trains to the bits of Node.js. */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { BrowserContext } from 'playwright-core';
import { bitsOfModels } from '../../support/bits-of-models.js';
import { hasChromium, openBrowser, type Browser } from '../../support/browser.js';
import { need } from '../../support/requirements.js';

const root = new URL('../../../../', import.meta.url);
const origin = 'http://murmur.test';

const imports = {
  zod: '/node_modules/zod/index.js',
  'fastest-levenshtein': '/node_modules/fastest-levenshtein/esm/mod.js',
  seedrandom: '/seedrandom.js',
  'd3-random': '/node_modules/d3-random/dist/d3-random.mjs',
  '@noble/hashes/': '/node_modules/@noble/hashes/',
};

/** seedrandom is a CommonJS module; the page gets it as an ES module. */
function seedrandomModule(): string {
  const text = readFileSync(new URL('node_modules/seedrandom/seedrandom.js', root), 'utf8');
  return `const module = { exports: {} };\n(function (module, exports) {${text}\n}).call(globalThis, module, module.exports);\nexport default module.exports;`;
}

async function serve(context: BrowserContext): Promise<void> {
  await context.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
      return route.fulfill({ contentType: 'text/html', body: `<!doctype html>${map}` });
    }
    const file = new URL(`.${pathname}`, root);
    if (pathname === imports.seedrandom) {
      return route.fulfill({ contentType: 'text/javascript', body: seedrandomModule() });
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
});
