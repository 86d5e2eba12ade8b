/** `npm run screenshots -- FILE.html…`: pictures of pages in light, in dark and narrow, to look at. */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { openBrowser, openFile } from '../test/support/browser.js';

const looks = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: 'narrow', colorScheme: 'light', width: 390 },
] as const;

await new Command('screenshots')
  .description('Takes pictures of whole pages: FOLDER-light.png, FOLDER-dark.png, FOLDER-narrow.png.')
  .argument('<pages...>', 'HTML files')
  .requiredOption('--out <dir>', 'where the pictures go')
  .option('--part <selector>', 'only the first element that a CSS selector finds')
  .action(async (files: string[], { out, part }: { out: string; part?: string }) => {
    mkdirSync(out, { recursive: true });
    const browser = await openBrowser();
    try {
      for (const file of files) {
        const { page } = await openFile(browser, resolve(file));
        for (const { name, colorScheme, width } of looks) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          const path = join(out, `${basename(dirname(resolve(file)))}-${name}.png`);
          if (part === undefined) await page.screenshot({ path, fullPage: true });
          else await page.locator(part).first().screenshot({ path });
          process.stdout.write(`${path}\n`);
        }
      }
    } finally {
      await browser.close();
    }
  })
  .parseAsync();
