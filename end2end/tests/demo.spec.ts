import type { Page } from '@playwright/test';
import { violations } from '../support/axe';
import { ReportPage } from '../support/report';
import { debugBinary, passwords, sessionCookie, startServer } from '../support/server.mjs';
import { expect, test as base } from '../support/test';

const SCREENS = 'test-results/screens';
/** An operation takes two to four seconds, and shares the machine with the other tests. */
const RUNS = { timeout: 60_000 };

interface Servers {
  /** What `vigia serve --demo` sets up by itself. */
  plain: { url: string };
}

/** Signed in as the administrator of a server of its own. */
const test = base.extend<object, Servers>({
  plain: [
    async ({}, use) => {
      const server = await startServer(debugBinary, { plain: true });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ plain }, use) => use(plain.url),
  storageState: async ({ plain }, use) => use(await signedIn(plain.url)),
});

async function signedIn(url: string, role: keyof typeof passwords = 'admin') {
  const { name, value } = await sessionCookie(url, role, passwords[role]);
  const cookie = { name, value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' as const };
  return { cookies: [cookie], origins: [] };
}

async function sound(page: Page, where: string) {
  expect.soft(await violations(page), where).toEqual([]);
}

/** Devices and accounts that something is wrong with. */
const TROUBLED = 'device.not=srv-win-05&device.not=rt-sin-wan-1&device.not=sw-tlv-core-1&device.not=srv-app-04';

test.describe.configure({ mode: 'serial' });

test('a failed operation is restarted, and succeeds in the table without reloading', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', `status=Error&operation=Change password&${TROUBLED}&zone=UTC&columns=device,status,operation,attempts`);
  // Not the filter of the status: the row has to stay while it moves.
  const device = (await report.column('Device'))[0];
  await report.open('password-operation', `device=${device}&operation=Change password&status=Error&status=Scheduled&status=Running&status=Success&zone=UTC`);
  const row = report.rows.filter({ hasText: 'Error' }).first();
  const at = await row.getAttribute('data-at');
  const same = report.table.locator(`tr[data-at='${at}']`);
  let loads = 0;
  page.on('framenavigated', () => loads++);
  await row.hover();
  await row.getByRole('button', { name: 'Restart execution' }).click();
  const ask = page.getByRole('dialog', { name: /^Restart execution/ });
  await ask.getByRole('button', { name: /restart/i }).click();
  await expect(same).toContainText('Running', RUNS);
  await page.screenshot({ path: `${SCREENS}/demo-running.png`, animations: 'disabled' });
  await expect(same).toContainText('Success', RUNS);
  expect(loads, 'the page was not loaded anew').toBe(0);
  await same.click();
  await expect(report.details).toContainText('demo-device, version 2');
  await expect(report.details).toContainText('the old one is refused');
});

test('a device that is down fails, is tried again, and is told of', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'device=rt-sin-wan-1&status=Error&operation=Change password&zone=UTC');
  await report.openRow(0);
  await report.details.getByRole('button', { name: 'Restart execution' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart execution' }).click();
  const story = report.details.getByRole('list', { name: 'What happened, first to last' });
  const tries = story.getByRole('listitem').filter({ hasText: /Attempt \d+/ }).filter({ hasText: 'no route to host (vigia demo --mend' });
  await expect(tries, 'it is tried three times').toHaveCount(3, RUNS);
  await expect(tries.last()).toContainText('Connectivity');
  await page.screenshot({ path: `${SCREENS}/demo-down.png`, animations: 'disabled' });

  await page.goto('/admin/notifications');
  const box = page.getByRole('region', { name: 'Mailbox of the demo' });
  const mail = box.getByRole('listitem').filter({ hasText: '1 operation failed on rt-sin-wan-1: Connectivity' });
  await expect(mail.first()).toBeVisible(RUNS);
  await expect(mail.first()).toContainText('to operations-centre@meridiano.example');
  await expect(page.getByRole('row', { name: /^Failures \(demo\)/ })).toContainText('On');
  await sound(page, 'the mailbox');
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `${SCREENS}/demo-mailbox-${width}-${scheme}.png`, animations: 'disabled' });
    }
  }
});

test('what waits is approved, canceled, and run at once', async ({ page }) => {
  const report = new ReportPage(page);
  const act = async (search: string, action: string, confirm: string, then: RegExp) => {
    await report.open('password-operation', `${search}&zone=UTC&source=demo`);
    await report.openRow(0);
    const heading = await report.details.getByRole('heading', { level: 2 }).innerText();
    await report.details.getByRole('button', { name: action, exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: confirm, exact: true }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(report.details.getByRole('heading', { level: 2 })).toHaveText(heading);
    await expect(report.details.locator('.standing')).toContainText(then, RUNS);
  };
  await act('status=Awaiting approval', 'Approve', 'Approve', /Scheduled|Running|Success/);
  await act('status=Awaiting approval', 'Disapprove', 'Disapprove', /Canceled/);
  await act('status=Scheduled', 'Cancel', 'Cancel the operation', /Canceled/);
  await act('status=Scheduled', 'Request immediate execution', 'Request immediate execution', /Success/);
});

test('a restart that would lock accounts again asks first, and says why', async ({ page }) => {
  // How many of these the made-up nights have depends on the hour: at some there is one.
  for (const username of ['helpdesk', 'MERIDIANO\\svc-iis']) {
    const data = { operation: 'Change password', device: 'srv-win-05', username, credential_type: 'Local User', connector: 'demo' };
    const answer = await page.request.post('/api/v1/operations', { data });
    expect(answer.status(), await answer.text()).toBe(201);
  }
  const report = new ReportPage(page);
  const failures = page.getByRole('button', { name: /operations failed/ });
  await expect(async () => {
    await report.open('password-operation', 'device=srv-win-05&username=helpdesk&username=MERIDIANO%5Csvc-iis&operation=Change password&status=Error&zone=UTC&time=last-7-days');
    await expect(failures).toBeVisible({ timeout: 2_000 });
  }).toPass(RUNS);
  await failures.click();
  const group = page.getByRole('list', { name: 'Failures by cause' }).getByRole('listitem').filter({ hasText: 'Account locked' });
  await group.getByRole('button', { name: /^Restart \d+ operations$/ }).click();
  const ask = page.getByRole('dialog', { name: /^Restart \d+ operations\?$/ });
  await expect(ask).toContainText('They failed with Account locked. Each further try with the same password is one more refused sign-in');
  await expect(ask).toContainText('First unlock the account on its device');
  await sound(page, 'the confirmation');
  for (const [width, scheme] of [[1440, 'light'], [1440, 'dark'], [1024, 'light'], [390, 'light']] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: `${SCREENS}/demo-locks-${width}-${scheme}.png`, animations: 'disabled' });
  }
  await ask.getByRole('button', { name: 'Leave it' }).click();

  // One row, and its details, ask the same.
  await page.setViewportSize({ width: 1440, height: 900 });
  const row = report.rows.filter({ hasText: 'Error' }).first();
  await row.hover();
  await row.getByRole('button', { name: 'Restart execution' }).click();
  const one = page.getByRole('dialog', { name: /^Restart execution/ });
  await expect(one).toContainText('It failed with Account locked.');
  await one.getByRole('button', { name: 'Leave it' }).click();
  await row.click();
  await report.details.getByRole('button', { name: 'Restart execution' }).click();
  await expect(one).toContainText('It failed with Account locked.');
  await one.getByRole('button', { name: 'The cause is fixed: restart' }).click();
  await expect(report.details.locator('.standing')).toContainText('Error', RUNS);
  await expect(report.details).toContainText(/is locked on srv-win-05 after 3 refused sign-ins/, RUNS);
});

test('what nobody here can carry out is not offered, and the menu says why', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'operation=User creation&status=Success&zone=UTC');
  const row = report.rows.first();
  await row.hover();
  await expect(row.getByRole('button', { name: 'Restart execution' })).toHaveCount(0);
  await row.getByRole('button', { name: /^More for/ }).click();
  const menu = page.locator('.row-menu');
  await expect(menu.getByRole('button')).toHaveText(['View attempts', 'Details']);
  await expect(menu).toContainText('no route leads from it to a connector here');
  await page.screenshot({ path: `${SCREENS}/demo-not-offered.png`, animations: 'disabled' });
});

test('the page says that all of it is a demo', async ({ page }) => {
  await page.goto('/');
  const mark = page.locator('.demo-mark');
  await mark.getByText('Demo', { exact: true }).click();
  await expect(mark).toContainText('Everything here is made up');
  await expect(mark).toContainText('vigia demo --remove');
  await sound(page, 'the mark of a demo');
  for (const [width, scheme] of [[1440, 'light'], [1440, 'dark'], [1024, 'light'], [390, 'light'], [390, 'dark']] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: `${SCREENS}/demo-mark-${width}-${scheme}.png`, animations: 'disabled' });
    await expect(mark.locator('p')).toBeInViewport({ ratio: 1 });
  }
});

test('managers see pseudonyms where that is set, and find nobody by name', async ({ page, browser, plain }) => {
  const asked = 'time=last-30-days&zone=UTC';
  const users = (page: Page) => page.locator('.panel').filter({ has: page.getByRole('heading', { name: 'Views by User' }) });
  await page.goto(`/dashboard/pam-core/behavior?${asked}`);
  const name = await users(page).getByRole('link').first().innerText();
  const set = page.getByLabel('Managers see pseudonyms');
  await set.check();
  await expect(set).toBeChecked();
  const context = await browser.newContext({ baseURL: plain.url, storageState: await signedIn(plain.url, 'manager') });
  const manager = await context.newPage();
  await manager.goto(`/dashboard/pam-core/behavior?${asked}`);
  const alias = users(manager).getByRole('link').first();
  await expect(alias).toHaveText(/^Alias-/);
  await expect(manager.getByText(name)).toHaveCount(0);
  await manager.screenshot({ path: `${SCREENS}/pseudonyms.png`, animations: 'disabled' });
  const called = await alias.innerText();
  // The name leads to the user's page, and the number beside it to the views.
  await users(manager).getByRole('link').nth(1).click();
  const report = new ReportPage(manager);
  await expect(report.rows.first()).toBeVisible();
  expect(new Set(await report.column('User'))).toEqual(new Set([called]));
  await report.openRow(0);
  await expect(report.details).not.toContainText(name);
  await manager.goto(`/reports/events/password-view?${asked}&user=${encodeURIComponent(name)}`);
  await expect(manager.getByRole('heading', { name: 'No event matches' })).toBeVisible();
  await manager.goto(`/reports/events/password-view?${asked}&sort=user`);
  await expect(manager.getByText('you see pseudonyms in place of names')).toBeVisible();
  await context.close();
  await set.uncheck();
  await expect(set).not.toBeChecked();
});

test('whether the policy of backups is kept stands at the head of their report, in the period that it shows', async ({ page, browser, plain }) => {
  const report = new ReportPage(page);
  const standing = page.locator('.standing');
  // The server makes the one of today and restores it within its first minute.
  const drilled = async () => (await page.request.get('/api/v1/backups/standing').then((answer) => answer.json())).restore_seconds;
  await expect.poll(drilled, RUNS).not.toBeNull();
  await report.open('performed-backups', 'zone=UTC');
  await expect(standing).toContainText(/^Full: daily 02:00 UTC, last good \d.* ago\. Missed: 1\..*\d+(\.\d)?% of scheduled backups kept\. Up to \d.* would be lost\. A restore took \d.*\.\s*$/);
  await expect(standing.locator('.tone.warning')).toHaveText(/^Full: /);
  await sound(page, 'the standing of backups');
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SCREENS}/standing-${width}-${colorScheme}.png`, animations: 'disabled' });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `at ${width}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  // Of the last hour there was no time, or it was kept.
  await report.open('performed-backups', 'time=last-hour&zone=UTC');
  await expect(standing).toContainText('Full: daily 02:00 UTC');
  await expect(standing).not.toContainText('Missed');
  await page.goto('/admin/backups');
  await expect(standing).toContainText('Missed: 1.');
  await sound(page, 'the page of backups');
  for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark']] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${SCREENS}/standing-admin-${width}.png`, animations: 'disabled' });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await report.open('audit-tracking', 'zone=UTC');
  await expect(standing).toHaveCount(0);
  const context = await browser.newContext({ baseURL: plain.url, storageState: await signedIn(plain.url, 'manager') });
  const manager = await context.newPage();
  await manager.goto('/reports/events/performed-backups?zone=UTC');
  await expect(manager.locator('.standing')).toContainText('Full: daily 02:00 UTC');
  await context.close();
});

test('where no connector is set up, nothing is offered, and the page says what to do', async ({ browser }) => {
  const server = await startServer(debugBinary, { connectors: '' });
  try {
    const context = await browser.newContext({ baseURL: server.url, storageState: await signedIn(server.url), viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const report = new ReportPage(page);
    await report.open('password-operation', 'status=Error&zone=UTC');
    await expect(report.rows.getByRole('button', { name: /Restart/ })).toHaveCount(0);
    await report.rows.first().hover();
    await report.rows.first().getByRole('button', { name: /^More for/ }).click();
    const menu = page.locator('.row-menu');
    await expect(menu.getByRole('button')).toHaveText(['View attempts', 'Details']);
    await page.screenshot({ path: `${SCREENS}/no-connector-menu.png`, animations: 'disabled' });
    await menu.getByRole('button', { name: 'Details' }).click();
    await expect(report.details).toContainText('No connector is set up, so nothing can be carried out.');
    await expect(report.details.getByRole('button', { name: /Restart/ })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await report.rows.first().getByRole('checkbox').check();
    const bar = page.getByRole('group', { name: 'Selected operations' });
    await expect(bar).toContainText('None of them can be acted on');
    await page.screenshot({ path: `${SCREENS}/no-connector.png`, animations: 'disabled' });
    await bar.getByRole('link', { name: 'No connector is set up: what to do' }).click();
    await expect(page.getByText(/Write a connectors file .+VIGIA_CONNECTORS/)).toBeVisible();
    await context.close();
  } finally {
    await server.stop();
  }
});
