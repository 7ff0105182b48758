import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, Route } from '@playwright/test';
import { ReportPage } from '../support/report';
import { debugBinary, passwords, sessionCookie, startServer } from '../support/server.mjs';
import { expect, test } from '../support/test';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const TOOLS = /\/tools-[0-9a-f]{16}\.wasm$/;
const POPOVERS = /\/popovers-[0-9a-f]{16}\.wasm$/;
const LIVE = /\/live-[0-9a-f]{16}\.wasm$/;
const PAGES = /\/(administration|execution)-[0-9a-f]{16}\.wasm$/;
const build = () => /vigia-page-([0-9a-f]{16})\.js/.exec(readFileSync(join(dist, 'index.html'), 'utf8'))?.[1] ?? '';

/** Holds what matches back until `release` is called. */
async function hold(page: Page, what: RegExp | string) {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const handler = async (route: Route) => {
    await held;
    await route.continue();
  };
  await page.route(what, handler);
  return release;
}

/** The parts that were asked for, as they are asked for. */
function asked(page: Page) {
  const names: string[] = [];
  page.on('request', (request) => {
    if (/\.wasm$/.test(request.url())) names.push(new URL(request.url()).pathname);
  });
  return names;
}

test('a report loads one wasm before its rows, and what it is used with when there is time', async ({ page }) => {
  const names = asked(page);
  const release = await hold(page, '**/fn/report_page');
  const report = new ReportPage(page);
  await page.goto('/reports/events/password-view');
  await expect(report.region).toHaveAttribute('aria-busy', 'true');
  // The rows are held back, so the network is never idle: an idle moment of the page is when it would ask for more.
  await page.evaluate(() => new Promise((idle) => requestIdleCallback(() => setTimeout(idle, 500))));
  expect(names).toEqual([`/vigia-page-${build()}_bg.wasm`]);
  release();
  await report.loaded();
  await expect.poll(() => names.filter((name) => TOOLS.test(name)).length).toBe(1);
  expect(names.filter((name) => PAGES.test(name))).toEqual([]);
});

test('a page whose rows cannot be kept up to date says so, and can be made to', async ({ page, provoked }) => {
  provoked.push(/ERR_FAILED|\.wasm|WebAssembly/);
  await page.route(LIVE, (route) => route.abort());
  const report = new ReportPage(page);
  await report.open('password-view');
  const again = page.getByRole('button', { name: 'Not live. Try again' });
  await expect(again).toBeVisible();
  await page.unroute(LIVE);
  await again.click();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(again).toBeHidden();
});

test('every part is kept for a year, and comes compressed', async ({ request }) => {
  const names = readdirSync(dist).filter((name) => /\.(wasm|js)$/.test(name));
  expect(names.length).toBeGreaterThanOrEqual(4);
  for (const name of names) {
    const answer = await request.get(`/${name}`, { headers: { 'Accept-Encoding': 'br' } });
    expect(answer.headers(), name).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', 'content-encoding': 'br' });
    expect(name, 'the build that it is of').toContain(build());
  }
});

test('details that were asked for before their part has come open when it comes, with the focus on their title', async ({ page }) => {
  const release = await hold(page, TOOLS);
  const report = new ReportPage(page);
  await report.open('password-view');
  await report.rows.first().click();
  await expect(report.details).toHaveAttribute('aria-busy', 'true');
  await expect(report.details.getByText('Loading')).toBeAttached();
  release();
  await expect(report.details.getByRole('heading', { level: 2 })).toBeFocused();
});

test('the editor of filters opens when its part has come, with the focus in it', async ({ page }) => {
  const release = await hold(page, POPOVERS);
  const report = new ReportPage(page);
  await report.open('password-view');
  await report.filters.getByRole('button', { name: 'Add filter', expanded: false }).click();
  await expect(report.filters.getByText('Loading')).toBeAttached();
  release();
  await expect(report.filters.getByRole('combobox', { name: 'Column', exact: true })).toBeFocused();
});

test.describe('as an administrator', () => {
  test.use({ role: 'admin' });

  test('a row menu and a question wait for their part, and say so', async ({ page }) => {
    const release = await hold(page, TOOLS);
    const report = new ReportPage(page);
    await report.open('password-operation', 'status=Error&device.starts=srv-db&operation=Change password');
    await report.rows.first().hover();
    await report.rows.first().getByRole('button', { name: 'Restart execution' }).click();
    await expect(page.getByText('One moment: this part of the page is being loaded.')).toBeVisible();
    release();
    await expect(page.getByRole('dialog', { name: /^Restart execution: / })).toBeVisible();
    await expect(page.getByText('One moment')).toBeHidden();
  });

  test('a page of administrators shows its frame while its part comes, and nothing is lost by going elsewhere', async ({ page }) => {
    const names = asked(page);
    const release = await hold(page, PAGES);
    await page.goto('/admin/tokens');
    await expect(page.getByRole('heading', { level: 1, name: 'API tokens' })).toBeVisible();
    await expect(page).toHaveTitle(/^API tokens/);
    await expect(page.getByRole('main').getByText('Loading')).toBeAttached();
    await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Audit tracking' }).click();
    const report = new ReportPage(page);
    await report.loaded();
    release();
    await expect(page.getByRole('heading', { level: 1, name: 'Audit tracking' })).toBeVisible();
    await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'API tokens' }).click();
    await expect(page.getByRole('form', { name: 'New token' })).toBeVisible();
    expect(names.filter((name) => PAGES.test(name))).toHaveLength(1);
  });
});

const failures: [string, (route: Route) => Promise<void>][] = [
  ['is not there', (route) => route.fulfill({ status: 404, body: 'There is no such file.\n' })],
  ['is not to be had', (route) => route.fulfill({ status: 503 })],
  ['is cut short', (route) => route.fulfill({ status: 200, contentType: 'application/wasm', body: Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 1]) })],
  ['is a page instead', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><p>Sign in to the network' })],
  ['does not come', (route) => route.abort()],
];

for (const [what, answer] of failures) {
  test(`a part that ${what} is told of, and had by trying again, while everything else goes on`, async ({ page, provoked }) => {
    provoked.push(/tools-[0-9a-f]{16}\.wasm|WebAssembly|wasm|Failed to fetch/);
    await page.route(TOOLS, answer);
    const report = new ReportPage(page);
    await report.open('password-view');
    await report.rows.first().click();
    const trouble = report.details.getByRole('alert');
    await expect(trouble.getByRole('heading')).toHaveText('This part of the page could not be loaded');
    await report.details.getByRole('button', { name: 'Close details' }).click();
    await expect(report.details).toBeHidden();
    await report.turn('Next');
    await expect(page).toHaveURL(/cursor=/);
    await report.loaded();
    await report.rows.nth(1).click();
    await expect(trouble).toBeVisible();
    await page.unroute(TOOLS);
    await trouble.getByRole('button', { name: 'Try again' }).click();
    await expect(report.details.getByRole('heading', { level: 2 })).toContainText(/\w/);
    await expect(report.details.getByRole('term').first()).toBeVisible();
  });
}

/** Puts another build into the folder that a server serves: the same files, under the names of another build. */
function deploy(folder: string, from: string, to: string) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (/\.(br|gz)$/.test(name)) rmSync(file);
    else if (/^index\.html$|\.js$/.test(name)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
  }
  for (const name of readdirSync(folder)) if (name.includes(from)) renameSync(join(folder, name), join(folder, name.replace(from, to)));
}

test.describe('after a new version was installed', () => {
  test.use({ role: 'nobody' });

  test('a page of the old version that misses a part says so and becomes the new one, once, at the same address', async ({ page, context, provoked }) => {
    provoked.push(/status of 404|\.wasm|WebAssembly/);
    const assets = mkdtempSync(join(tmpdir(), 'vigia-assets-'));
    cpSync(dist, assets, { recursive: true });
    const server = await startServer(debugBinary, { assets });
    try {
      await context.addCookies([{ ...(await sessionCookie(server.url, 'admin', passwords.admin)), url: server.url }]);
      // By time: what is sorted otherwise, a server that has just been started may have to answer later.
      await page.goto(`${server.url}/reports/events/audit-tracking?zone=UTC`);
      const report = new ReportPage(page);
      await report.loaded();
      await page.waitForLoadState('networkidle');
      deploy(assets, build(), 'aaaaaaaaaaaaaaaa');
      // What was loaded goes on.
      await report.openRow(0);
      await page.keyboard.press('Escape');
      let loads = 0;
      page.on('load', () => (loads += 1));
      await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Quarantine' }).click();
      await expect(page.getByRole('heading', { name: 'Vigia was updated' })).toBeVisible();
      await expect(page.getByRole('main').getByRole('heading', { level: 1, name: 'Quarantine' })).toBeVisible();
      await expect(page.locator('link[rel=modulepreload]')).toHaveAttribute('href', /aaaaaaaaaaaaaaaa/);
      await expect(page.getByRole('heading', { name: 'Vigia was updated' })).toBeHidden();
      await expect(page).toHaveURL(`${server.url}/admin/quarantine`);
      await expect(page.getByText('The quarantine is empty.')).toBeVisible();
      expect(loads, 'how often the page was loaded anew').toBe(1);
    } finally {
      // A page that outlived its server would say so in the console.
      await page.close();
      await server.stop();
      rmSync(assets, { recursive: true, force: true });
    }
  });
});

test.describe('where two versions answer at one address', () => {
  test.use({ role: 'admin' });

  test('the page is loaded anew once, and then leaves it to the reader', async ({ page, provoked }) => {
    provoked.push(/status of 404|\.wasm|WebAssembly/);
    let loads = 0;
    page.on('load', () => (loads += 1));
    await page.route(PAGES, (route) => route.fulfill({ status: 404 }));
    // Only what the page asks for by itself is of the other version: documents come from this one.
    await page.route('**/index.html', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><link href="/vigia-page-bbbbbbbbbbbbbbbb.js">' }));
    await page.goto('/admin/tokens');
    await expect.poll(() => loads).toBe(2);
    const button = page.getByRole('button', { name: 'Load the new version' });
    await expect(button).toBeVisible();
    expect(loads).toBe(2);
    await page.unrouteAll();
    await button.click();
    await expect(page.getByRole('form', { name: 'New token' })).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/tokens$/);
  });
});
