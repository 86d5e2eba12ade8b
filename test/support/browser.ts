/** Debian's Chromium, without a window and without the network, on a profile of its own. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

export const chromiumPath = '/usr/bin/chromium';
export const hasChromium = () => existsSync(chromiumPath);

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'murmuration-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-sync',
      '--no-first-run',
    ],
    viewport: { width: 1280, height: 900 },
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What a page did that a report never does. */
export interface Complaints {
  /** Errors and warnings on its console, and errors thrown. */
  readonly said: string[];
  /** Requests for anything but the file itself. */
  readonly requested: string[];
}

/** A page that opens a file, and notes what it complains of. */
export async function openFile(
  { context }: Browser,
  file: string,
): Promise<{ page: Page; complaints: Complaints }> {
  const page = await context.newPage();
  const url = `file://${file}`;
  const complaints: Complaints = { said: [], requested: [] };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.said.push(message.text());
  });
  page.on('pageerror', (error) => complaints.said.push(error.message));
  page.on('request', (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith('data:')) complaints.requested.push(asked);
  });
  await page.goto(url);
  return { page, complaints };
}
