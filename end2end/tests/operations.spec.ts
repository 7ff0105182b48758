import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { violations } from '../support/axe';
import { ReportPage } from '../support/report';
import { expect, folder, run, test } from '../support/test';

const SCREENS = 'test-results/screens';
/** The executor works for four seconds, and shares the machine with the other tests. */
const RUNS = { timeout: 60_000 };

/** Operations of the demo that the connectors file has a route for. */
const ROUTED = 'device.starts=srv-db&operation=Change password';

async function sound(page: Page, where: string) {
  expect.soft(await violations(page), where).toEqual([]);
}

/** Creates an operation with the form; its details are open afterwards. */
async function create(page: Page, connector: string, device: string, username: string) {
  await page.goto('/operations/new');
  const form = page.getByRole('form', { name: 'New operation' });
  await form.getByLabel('Connector').selectOption({ label: `${connector} (command)` });
  await form.getByLabel('Device').fill(device);
  await form.getByLabel('Username').fill(username);
  await form.getByRole('button', { name: 'Create the operation' }).click();
  const report = new ReportPage(page);
  const heading = report.details.getByRole('heading', { level: 2 });
  await expect(heading).toHaveText(`Change password of ${username} on ${device}`);
  // Among the demo's operations, many of which are scheduled for later, it may not be on the first page.
  await report.open('password-operation', `device=${device}&zone=UTC`);
  await report.openRow(0);
  await expect(heading).toHaveText(`Change password of ${username} on ${device}`);
  return report;
}

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('creates an operation that fails, follows it without reloading, and restarts it', async ({ page, provoked }) => {
    provoked.push(/400 \(Bad Request\)/);
    await page.goto('/operations/new');
    await page.getByRole('button', { name: 'Create the operation' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'The device is missing' })).toBeVisible();
    await expect(page.getByLabel('Device')).toBeFocused();
    await sound(page, 'new operation');
    const report = await create(page, 'script', 'srv-e2e-1', 'locked-account');
    const story = report.details.getByRole('list', { name: 'What happened, first to last' });
    const first = story.getByRole('listitem').filter({ hasText: 'Attempt 1' });
    await expect(story.getByRole('listitem').first()).toContainText('Submitted.');
    await expect(first).toContainText('Account locked', RUNS);
    await expect(first).toContainText('linux, version 3');
    await first.getByText('2 log lines').click();
    await expect(first.getByText('step 2')).toBeVisible();
    await expect(report.rows.filter({ hasText: 'srv-e2e-1' })).toContainText('Error');
    await sound(page, 'attempts');

    await report.details.getByRole('button', { name: 'Restart execution' }).click();
    const ask = page.getByRole('dialog', { name: 'Restart execution: Change password of locked-account on srv-e2e-1?' });
    await expect(ask).toContainText('It failed at');
    await expect(ask).toContainText('The connector script carries it out on srv-e2e-1.');
    await expect(ask).toContainText('It failed with Account locked. Each further try with the same password is one more refused sign-in');
    await sound(page, 'confirmation');
    await ask.getByLabel('Note (optional)').fill('unlocked by the directory team');
    await ask.getByRole('button', { name: 'The cause is fixed: restart' }).click();
    await expect(ask).toBeHidden();
    await expect(page.getByText('Change password of locked-account on srv-e2e-1 was restarted.')).toBeVisible();
    await expect(story).toContainText('unlocked by the directory team', RUNS);
    const second = story.getByRole('listitem').filter({ hasText: 'Attempt 2' });
    await expect(second).toContainText(/Running.*so far/, RUNS);
    await page.screenshot({ path: `${SCREENS}/running.png`, animations: 'disabled' });
    await expect(second).toContainText('Account locked', RUNS);
    await expect(story.getByRole('listitem').filter({ hasText: 'Attempt 1' })).toContainText('Account locked');
    await page.screenshot({ path: `${SCREENS}/attempts.png`, animations: 'disabled' });
  });

  test('performs what has succeeded once more only after stronger words', async ({ page }) => {
    const report = await create(page, 'script', 'srv-e2e-2', 'root');
    const row = report.rows.filter({ hasText: 'srv-e2e-2' });
    await expect(row).toContainText('Success', RUNS);
    await expect(report.details.getByRole('heading', { level: 2 }), 'the focus stays while what is known of it changes').toBeFocused();
    await page.keyboard.press('Escape');
    await expect(report.details).toBeHidden();
    await row.hover();
    await row.getByRole('button', { name: 'Restart execution' }).click();
    const ask = page.getByRole('dialog');
    await expect(ask).toContainText(/It succeeded at .+ Restarted, it is performed once more/);
    await ask.getByRole('button', { name: 'Leave it' }).click();
    await expect(row).toContainText('Success');
    await row.hover();
    await row.getByRole('button', { name: 'Restart execution' }).click();
    await ask.getByRole('button', { name: 'Perform it once more' }).click();
    await expect(row).toContainText(/Scheduled|Running/);
    await expect(row).toContainText('Success', RUNS);
    await expect(row.getByRole('button', { name: '2 attempts, view' })).toBeVisible(RUNS);
  });

  test('is told why an operation of another system cannot be restarted', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', 'status=Error&device.starts=srv-win&zone=UTC');
    const row = report.rows.first();
    await row.hover();
    await row.getByRole('button', { name: /^More for/ }).click();
    const menu = page.locator('.row-menu');
    await expect(menu.getByRole('button')).toHaveText(['View attempts', 'Details']);
    await expect(menu).toContainText('no route leads from it to a connector here');
    await sound(page, 'row menu without actions');
    await menu.getByRole('button', { name: 'Details' }).click();
    await expect(report.details.getByText('The connectors file has no route for this operation.')).toBeVisible();
    await expect(report.details.getByRole('button', { name: 'Restart execution' })).toHaveCount(0);
    // Chosen, it cannot be acted on either.
    await page.keyboard.press('Escape');
    await row.getByRole('checkbox').check();
    await expect(page.getByRole('group', { name: 'Selected operations' })).toContainText('None of them can be acted on as they stand.');
    await report.open('password-operation', `${ROUTED}&status=Error&zone=UTC`);
    await report.rows.first().hover();
    await report.rows.first().getByRole('button', { name: /^More for/ }).click();
    await expect(menu.getByRole('button')).toHaveText(['Restart execution', 'View attempts', 'Details']);
    await sound(page, 'row menu');
  });

  test('chooses rows with the keyboard, and acts on all of them', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', `${ROUTED}&status=Success&zone=UTC`);
    await report.rows.first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    const bar = page.getByRole('group', { name: 'Selected operations' });
    await expect(bar).toContainText('3 operations selected');
    await expect(bar.getByRole('button', { name: 'Restart execution (3 can)' })).toBeVisible();
    await sound(page, 'selection');
    await page.screenshot({ path: `${SCREENS}/selection.png`, animations: 'disabled' });
    await bar.getByRole('button', { name: 'Restart execution (3 can)' }).click();
    const ask = page.getByRole('dialog', { name: 'Restart 3 operations?' });
    await expect(ask).toContainText('3 operations succeeded already.');
    await expect(ask).toContainText(/The connector script carries them out on \d devices?: srv-db-\d+/);
    await sound(page, 'confirmation with its destinations');
    await page.screenshot({ path: `${SCREENS}/destinations.png`, animations: 'disabled' });
    await ask.getByRole('button', { name: 'Restart 3 operations' }).click();
    await expect(page.getByText('3 operations were restarted.')).toBeVisible();
    await expect(bar).toBeHidden();
  });

  test('takes all that the filter matches, with the count confirmed', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', 'status=Canceled&zone=UTC&limit=30');
    const count = (await page.getByText(/^[\d,]+ rows/).innerText()).replace(/ rows.*/s, '');
    await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check();
    const bar = page.getByRole('group', { name: 'Selected operations' });
    await bar.getByRole('button', { name: `Select all ${count} that the filter matches` }).click();
    await expect(bar).toContainText(`All ${count} operations that the filter matches`);
    await bar.getByRole('button', { name: 'Cancel', exact: true }).click();
    const ask = page.getByRole('dialog', { name: `Cancel ${count} operations?` });
    await ask.getByRole('button', { name: `Cancel ${count} operations` }).click();
    const told = page.getByRole('dialog', { name: `All ${count} operations were refused.` });
    await expect(told.getByRole('listitem')).toHaveCount(Math.min(Number(count), 100));
    await sound(page, 'refusals');
    await page.screenshot({ path: `${SCREENS}/refusals.png`, animations: 'disabled' });
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await report.turn('Next');
    await report.loaded();
    await expect(bar).toBeHidden();
  });

  test('finds failures by their cause, shows them, and is asked before they are restarted', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', 'device.starts=srv-db&zone=UTC');
    await page.getByRole('button', { name: /operations failed/ }).click();
    const groups = page.getByRole('list', { name: 'Failures by cause' }).getByRole('listitem');
    // Of a group, those are restarted that a route leads to a connector.
    const restart = /^Restart (\d+) operations?$/;
    const group = groups.filter({ has: page.getByRole('button', { name: restart }) }).first();
    const words = await group.locator('b').innerText();
    const [, count, device] = /^(\d+) operations? failed: .+, (.+)$/.exec(words) ?? [];
    await sound(page, 'failures');
    await page.screenshot({ path: `${SCREENS}/failures.png`, animations: 'disabled' });
    const button = group.getByRole('button', { name: restart });
    expect(Number(restart.exec(await button.innerText())?.[1])).toBeLessThanOrEqual(Number(count));
    await button.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave it' }).click();
    if (!(await group.isVisible())) await page.getByRole('button', { name: /operations failed/ }).click();
    await group.getByRole('button', { name: 'Show them' }).click();
    await report.loaded();
    await report.everyRow('Device', (text) => text === device);
    await report.everyRow('Status', (text) => text === 'Error');
    await expect(report.rows).toHaveCount(Number(count));
  });

  test('shows failures of a device whatever it is called', async ({ page }) => {
    const devices = ['d'.repeat(300), 'srv\ttab', 'srv\nline'];
    const start = '2026-11-20T10:00:00Z';
    const failed = (device: string, at: number) => ({
      report: 'password-operation', source_id: `odd-${at}`, time: start, device, username: 'root', operation: 'Change password', status: 'Error',
      attempts: [{ start, result: 'Error', error_class: 'Connectivity', message: 'refused' }],
    });
    const file = join(folder(), 'odd-devices.jsonl');
    writeFileSync(file, devices.map((device, at) => `${JSON.stringify(failed(device, at))}\n`).join(''));
    run(['import', '--format', 'vigia', '--source', 'odd-devices', file]);
    const report = new ReportPage(page);
    const groups = page.getByRole('list', { name: 'Failures by cause' }).getByRole('listitem');
    for (const at of devices.keys()) {
      await report.open('password-operation', 'source=odd-devices&zone=UTC');
      await page.getByRole('button', { name: '3 operations failed' }).click();
      await expect(groups).toHaveCount(3);
      await groups.nth(at).getByRole('button', { name: 'Show them' }).click();
      await expect(page).toHaveURL(/[?&]device=/);
      await expect(report.rows).toHaveCount(1);
      await page.reload();
      await expect(report.rows).toHaveCount(1);
    }
  });

  test('cannot approve what they asked for, but can disapprove it', async ({ page }) => {
    const report = await create(page, 'approved', 'srv-e2e-3', 'root');
    const row = report.rows.filter({ hasText: 'srv-e2e-3' });
    await expect(row).toContainText('Awaiting approval');
    await report.details.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('dialog')).toContainText('somebody else has to approve it');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await report.details.getByRole('button', { name: 'Disapprove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disapprove' }).click();
    await expect(row).toContainText('Canceled');
    await expect(report.details).toContainText('Canceled', RUNS);
  });

  test.describe('on a telephone', () => {
    test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    test('acts by touch, and nothing is cut off', async ({ page }) => {
      const report = new ReportPage(page);
      await report.open('password-operation', `${ROUTED}&status=Error&zone=UTC`);
      const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await fits();
      await page.screenshot({ path: `${SCREENS}/390-operations.png`, animations: 'disabled' });
      await report.rows.first().getByRole('checkbox').tap();
      await expect(page.getByRole('group', { name: 'Selected operations' })).toContainText('1 operation selected');
      await page.screenshot({ path: `${SCREENS}/390-selection.png`, animations: 'disabled' });
      await page.getByRole('button', { name: 'Clear selection' }).tap();
      await report.rows.first().getByRole('button', { name: /^More for/ }).tap();
      await page.screenshot({ path: `${SCREENS}/390-menu.png`, animations: 'disabled' });
      await page.locator('.row-menu').getByRole('button', { name: 'Restart execution' }).tap();
      await expect(page.getByRole('dialog', { name: /^Restart execution/ })).toBeInViewport({ ratio: 1 });
      await page.screenshot({ path: `${SCREENS}/390-ask.png`, animations: 'disabled' });
      await page.getByRole('button', { name: 'Leave it' }).tap();
      await report.rows.first().getByRole('button', { name: /^More for/ }).tap();
      await page.locator('.row-menu').getByRole('button', { name: 'View attempts' }).tap();
      await expect(report.details).toBeInViewport({ ratio: 0.9 });
      await fits();
      await sound(page, 'attempts on a telephone');
      await page.screenshot({ path: `${SCREENS}/390-attempts.png`, animations: 'disabled' });
    });
  });
});

for (const role of ['manager', 'auditor'] as const) {
  test.describe(`a ${role}`, () => {
    test.use({ role });
    test(`looks, and is offered nothing to do, as ${role}`, async ({ page, provoked }) => {
      provoked.push(/403/);
      const report = new ReportPage(page);
      await report.open('password-operation', 'status=Error&zone=UTC');
      await expect(report.table.getByRole('checkbox')).toHaveCount(0);
      await report.rows.first().hover();
      for (const name of ['View attempts', 'Details']) await expect(report.rows.first().locator('td.actions').getByRole('button', { name })).toBeVisible();
      await expect(report.rows.first().locator('td.actions').getByRole('button')).toHaveCount(2);
      await report.rows.first().getByRole('button', { name: 'View attempts' }).click();
      await expect(report.details.getByRole('heading', { name: 'Attempts' })).toBeVisible();
      await expect(page.getByRole('button', { name: /Restart|Cancel|Approve/ })).toHaveCount(0);
      await page.getByRole('button', { name: /operations failed/ }).click();
      await expect(page.getByRole('list', { name: 'Failures by cause' }).getByRole('button', { name: 'Show them' }).first()).toBeVisible();
      await expect(page.getByRole('button', { name: /Restart/ })).toHaveCount(0);
      await page.goto('/operations/new');
      await expect(page.getByRole('alert').filter({ hasText: 'administrators' })).toBeVisible();
    });
  });
}
