/** Both reports in a real browser, from disk. */
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { themes } from '../../experiments/index.js';
import { hasChromium, openBrowser, openFile, type Browser } from '../support/browser.js';
import { temporaryFolder } from '../support/folder.js';
import { murmur } from '../support/murmur.js';
import { need } from '../support/requirements.js';
import { writeSweepRuns } from './made-up-sweep.js';

describe('reports in Chromium', () => {
  const folder = temporaryFolder();
  let browser: Browser | undefined;
  before(async function () {
    need(this, 'chromium', hasChromium());
    const [first] = writeSweepRuns(folder.path('runs'));
    for (const [directory, out] of [
      [folder.path('runs'), folder.path('many')],
      [first, folder.path('one')],
    ]) {
      // By the command as it is shipped: the page's script is the text of functions, which a bundler could change.
      const { code, stderr } = await murmur(['report', directory, '--target', '0.7', '--out', out]);
      expect(code, stderr).to.equal(0);
    }
    browser = await openBrowser();
  });
  after(() => browser?.close());

  const open = (report: 'many' | 'one') => {
    if (browser === undefined) throw new Error('the browser is not open');
    return openFile(browser, folder.path(report, 'report.html'));
  };
  const fills = (figure: Locator) =>
    figure.locator('circle').evaluateAll((circles) => circles.map((circle) => getComputedStyle(circle).fill));
  const scrollsSideways = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

  for (const report of ['many', 'one'] as const) {
    it(`${report}: no complaints and no requests, light, dark and narrow`, async () => {
      const { page, complaints } = await open(report);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        expect(paper).to.equal(rgb(themes[colorScheme]['paper']));
      }
      await page.setViewportSize({ width: 360, height: 700 });
      expect(await scrollsSideways(page)).to.equal(false);
      expect(complaints).to.deep.equal({ said: [], requested: [] });
      await page.close();
    });

    it(`${report}: the slider moves through the rounds by the keyboard`, async () => {
      const { page, complaints } = await open(report);
      const figure = page.locator('figure:has([data-player])').first();
      const slider = figure.getByRole('slider', { name: 'Round' });
      const output = figure.locator('output');
      await slider.focus();
      expect(await output.textContent()).to.match(/^10: all nodes, mean \d+\.\d\d\s%/);
      const last = await fills(figure);
      await page.keyboard.press('Home');
      expect(await output.textContent()).to.match(/^2: 6 of 12 nodes tested/);
      expect(await slider.getAttribute('aria-valuetext')).to.match(/^Round 2: /);
      const first = await fills(figure);
      expect(first).not.to.deep.equal(last);
      // Nodes that were never tested are hollow.
      expect(first.filter((fill) => fill === rgb(themes.light['paper']))).to.have.lengthOf(6);
      await page.keyboard.press('ArrowRight');
      expect(await output.textContent()).to.match(/^4: /);
      await page.keyboard.press('End');
      expect(await fills(figure)).to.deep.equal(last);
      await figure.getByRole('checkbox').press('Space');
      expect(await fills(figure)).not.to.deep.equal(last);
      expect(complaints.said).to.deep.equal([]);
      await page.close();
    });
  }

  it('the axis under the curves is chosen by the keyboard', async () => {
    const { page } = await open('many');
    const by = (name: string) => page.locator(`#accuracy-by-${name}-1`);
    expect([await by('round').isVisible(), await by('bytes').isVisible()]).to.deep.equal([true, false]);
    await page.getByRole('radio', { name: 'round' }).first().focus();
    await page.keyboard.press('ArrowDown');
    expect([await by('round').isVisible(), await by('steps').isVisible()]).to.deep.equal([false, true]);
    await page.keyboard.press('ArrowDown');
    expect(await by('bytes').isVisible()).to.equal(true);
    await page.keyboard.press('ArrowDown');
    expect(await by('time').isVisible()).to.equal(true);
    await page.close();
  });

  for (const report of ['many', 'one'] as const) {
    it(`${report}: on paper no controls, what was chosen by name, and tables as wide as the sheet`, async () => {
      const { page } = await open(report);
      await page.emulateMedia({ media: 'print' });
      // A4 between margins of 15 mm.
      await page.setViewportSize({ width: 680, height: 1000 });
      for (const control of ['nav', '.save', 'input', 'details:not([open])']) {
        expect(await page.locator(control).evaluateAll(visible), control).to.equal(0);
      }
      const chosen = await page
        .locator('.switch label')
        .evaluateAll((labels) =>
          labels
            .filter((label) => label.getClientRects().length > 0)
            .map((label) => label.textContent.trim()),
        );
      if (report === 'many') expect(chosen).to.include('round').and.not.include('bytes moved');
      const tooWide = await page
        .locator('table')
        .evaluateAll((tables) => tables.filter((table) => table.getBoundingClientRect().right > 681).length);
      expect(tooWide).to.equal(0);
      expect(await page.locator('.player output').first().isVisible()).to.equal(true);
      await page.close();
    });
  }

  it('a drawing is saved in light colours, as it stands', async () => {
    const { page } = await open('one');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#graph a.save').click(),
    ]);
    expect(download.suggestedFilename()).to.equal('graph.svg');
    const parts: Buffer[] = [];
    for await (const part of await download.createReadStream()) parts.push(part as Buffer);
    const svg = Buffer.concat(parts).toString();
    expect(svg).to.match(/^<svg/).and.not.include('var(--');
    await page.close();
  });
});

/** How many of the elements are seen. */
const visible = (elements: readonly Element[]) =>
  elements.filter((element) => element.getClientRects().length > 0).length;

function rgb(hex: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return `rgb(${parts.join(', ')})`;
}
