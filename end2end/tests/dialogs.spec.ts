import type { Page } from '@playwright/test';
import { ReportPage } from '../support/report';
import { expect, run, test } from '../support/test';

test.use({ role: 'admin' });

const dialog = (page: Page) => page.getByRole('dialog');

/** Failed operations of the demo that the connectors file has a route for. */
const FAILED = 'status=Error&device.starts=srv-db&operation=Change password&zone=UTC';

const tomorrow = () => new Date(Date.now() + 864e5).toISOString();

/** Asks for an operation of a device that no other test uses. */
async function create(page: Page, device: string, more: object) {
  const data = { operation: 'Change password', device, username: 'root', credential_type: 'Local User', ...more };
  const answer = await page.request.post('/api/v1/operations', { data });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** Opens the confirmation of an action of the first row that matches. */
async function ask(page: Page, search: string, action: string, row = 0) {
  const report = new ReportPage(page);
  await report.open('password-operation', search);
  await report.rows.nth(row).hover();
  await report.rows.nth(row).getByRole('button', { name: /^More for/ }).click();
  await page.locator('.row-menu').getByRole('button', { name: action }).click();
  await expect(dialog(page)).toBeVisible();
  return report;
}

test('Enter does what can be undone, and closes what it was refused with', async ({ page }) => {
  await create(page, 'srv-dialog-1', { connector: 'script', schedule: tomorrow() });
  const report = await ask(page, 'device=srv-dialog-1&zone=UTC', 'Request immediate execution');
  await expect(dialog(page)).toHaveAccessibleName(/^Request immediate execution: .+\?$/);
  await expect(dialog(page)).toHaveAccessibleDescription(/not at its scheduled time\./);
  await expect(dialog(page).getByRole('button', { name: 'Request immediate execution' })).toBeFocused();
  // Somebody else is quicker.
  const id = await report.rows.first().getByRole('button', { name: /^More for/ }).getAttribute('data-menu');
  expect((await page.request.post('/api/v1/operations/actions', { data: { action: 'cancel', ids: [id] } })).status()).toBe(200);
  await page.keyboard.press('Enter');
  const close = dialog(page).getByRole('button', { name: 'Close' });
  await expect(close).toBeFocused();
  await expect(close).toHaveAccessibleDescription(/Canceled/i);
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(report.rows.first()).toContainText('Canceled');
});

test('nothing is drawn anew while the mouse is down: a button gets the click that began on it', async ({ page }) => {
  await create(page, 'srv-dialog-8', { connector: 'script', schedule: tomorrow() });
  const report = new ReportPage(page);
  await report.open('password-operation', 'device=srv-dialog-8&zone=UTC');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  const row = report.rows.first();
  const id = await row.getByRole('button', { name: /^More for/ }).getAttribute('data-menu');
  await row.hover();
  await row.getByRole('button', { name: 'Request immediate execution' }).hover();
  await page.mouse.down();
  const known = page.waitForResponse(async (answer) => answer.url().includes('/fn/report_refresh') && (await answer.text()).includes('Canceled'));
  expect((await page.request.post('/api/v1/operations/actions', { data: { action: 'cancel', ids: [id] } })).status()).toBe(200);
  await known;
  await page.mouse.up();
  await expect(dialog(page)).toHaveAccessibleName(/^Request immediate execution: .+\?$/);
  await expect(row).toContainText('Canceled');
});

test('Escape leaves what can be undone', async ({ page }) => {
  // After a refused sign-in it is asked in other words: the first one that failed otherwise.
  const restart = dialog(page).getByRole('button', { name: 'Restart execution' });
  let report = await ask(page, FAILED, 'Restart execution');
  for (let row = 1; !(await restart.isVisible()); row += 1) {
    await page.keyboard.press('Escape');
    report = await ask(page, FAILED, 'Restart execution', row);
  }
  await expect(dialog(page)).toHaveAccessibleDescription(/It failed at .+ Earlier attempts stay on record\./);
  await expect(restart).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(report.rows.first()).toContainText('Error');
});

for (const [action, search, made] of [
  ['Cancel', 'device=srv-dialog-2&zone=UTC', ['srv-dialog-2', { connector: 'script', schedule: tomorrow() }]],
  ['Disapprove', 'device=srv-dialog-3&zone=UTC', ['srv-dialog-3', { connector: 'approved' }]],
  ['Restart execution', 'status=Success&device.starts=srv-db&operation=Change password&zone=UTC', null],
] as const) {
  test(`Enter leaves what cannot be undone: ${action}`, async ({ page }) => {
    if (made) await create(page, ...made);
    const report = await ask(page, search, action);
    const before = await report.rows.first().innerText();
    const harmless = dialog(page).getByRole('button', { name: 'Leave it' });
    await expect(harmless).toBeFocused();
    await dialog(page).getByLabel('Note (optional)').fill('typed by mistake');
    await page.keyboard.press('Enter');
    await expect(dialog(page), 'Enter in the field is not a yes').toBeVisible();
    await expect(dialog(page).getByRole('button', { name: 'Working' })).toHaveCount(0);
    await harmless.focus();
    await page.keyboard.press('Enter');
    await expect(dialog(page)).toHaveCount(0);
    expect(await report.rows.first().innerText()).toBe(before);
  });
}

test('several rows are asked about in the same way', async ({ page }) => {
  for (const device of ['srv-dialog-4', 'srv-dialog-5']) await create(page, device, { connector: 'script', schedule: tomorrow() });
  const report = new ReportPage(page);
  await report.open('password-operation', 'device=srv-dialog-4&device=srv-dialog-5&status=Scheduled&zone=UTC');
  await report.region.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
  const bar = page.getByRole('group', { name: 'Selected operations' });
  await bar.getByRole('button', { name: /^Cancel/ }).click();
  await expect(dialog(page).getByRole('button', { name: 'Leave it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await bar.getByRole('button', { name: /^Request immediate execution/ }).click();
  await expect(dialog(page).getByRole('button', { name: /^Run \d operations at once/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});

test('the menu of a row takes Enter and Escape', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', FAILED);
  const more = report.rows.first().getByRole('button', { name: /^More for/ });
  await report.rows.first().hover();
  await more.click();
  await expect(page.locator('.row-menu').getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(more).toBeFocused();
  await more.press('Enter');
  await page.keyboard.press('End');
  await page.locator('.row-menu').getByRole('button', { name: 'Details' }).press('Enter');
  await expect(report.details.getByRole('heading', { level: 2 })).toBeFocused();
});

test('a token is revoked by more than Enter', async ({ page }) => {
  run(['token', 'create', '--scope', 'write', 'enter-e2e']);
  await page.goto('/admin/tokens');
  const row = page.getByRole('row', { name: /^enter-e2e/ });
  const revoke = row.getByRole('button', { name: 'Revoke enter-e2e' });
  for (const key of ['Enter', 'Escape']) {
    await revoke.press('Enter');
    await expect(dialog(page)).toHaveAccessibleName('Revoke enter-e2e');
    await expect(dialog(page)).toHaveAccessibleDescription(/cannot be brought back/);
    await expect(dialog(page).getByRole('button', { name: 'Leave it' })).toBeFocused();
    await page.keyboard.press(key);
    await expect(dialog(page)).toHaveCount(0);
    await expect(row).toContainText('Valid');
    await expect(revoke).toBeFocused();
  }
});

test('pausing the executors, which can be undone, takes Enter', async ({ page }) => {
  // Others need the executors: what is asked is asked, and left.
  await page.goto('/admin/operations');
  await page.getByRole('button', { name: 'Pause the executors' }).press('Enter');
  await expect(dialog(page).getByRole('button', { name: 'Pause the executors' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Executors' })).toContainText('At work');
});
