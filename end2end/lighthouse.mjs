// Measures the first page: Lighthouse with an empty cache, and the time until the first row is there. `make bench` runs it.
import { chromium } from '@playwright/test';
import * as chromeLauncher from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { chromiumArguments, chromiumPath } from './support/chromium.mjs';
import { fastestBinary, passwords, sessionCookie, startServer } from './support/server.mjs';

const PATH = '/reports/events/password-view';
const RUNS = 5;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];

/** Milliseconds from the start of the navigation to the first row with text, in a browser that has seen nothing yet. */
async function firstRow(url, cookie) {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies([{ ...cookie, url }]);
    await context.addInitScript(() => {
      const look = () => {
        const row = document.querySelector('tbody tr:not([aria-hidden])');
        if (row?.textContent?.trim()) window.firstRow = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    const page = await context.newPage();
    await page.goto(url + PATH);
    return await (await page.waitForFunction(() => window.firstRow)).jsonValue();
  } finally {
    await browser.close();
  }
}

async function scores(url, cookie, config) {
  const chrome = await chromeLauncher.launch({ chromePath: chromiumPath, chromeFlags: chromiumArguments, logLevel: 'silent' });
  try {
    const extraHeaders = { Cookie: `${cookie.name}=${cookie.value}` };
    const flags = { port: chrome.port, onlyCategories: CATEGORIES, extraHeaders, logLevel: 'silent', disableStorageReset: false };
    const { lhr } = await lighthouse(url + PATH, flags, config);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const score = (name) => Math.round((lhr.categories[name].score ?? 0) * 100);
    return [...CATEGORIES.map((name) => String(score(name))), lhr.audits['largest-contentful-paint'].displayValue ?? '-'];
  } finally {
    chrome.kill();
  }
}

const server = await startServer(fastestBinary);
try {
  const cookie = await sessionCookie(server.url, 'auditor', passwords.auditor);
  const times = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await firstRow(server.url, cookie));
  times.sort((one, other) => one - other);
  console.log(`| first row visible, cold cache, median of ${RUNS} | ${Math.round(times[Math.floor(RUNS / 2)])} ms |`);
  console.log(`\n| Lighthouse | ${CATEGORIES.join(' | ')} | largest contentful paint |\n|---|---|---|---|---|`);
  for (const [name, config] of [['desktop', desktopConfig], ['mobile', undefined]]) {
    console.log(`| ${name} | ${(await scores(server.url, cookie, config)).join(' | ')} |`);
  }
} finally {
  await server.stop();
}
