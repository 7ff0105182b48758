import type { Page } from '@playwright/test';
import { violations } from '../support/axe';
import { expect, run, test } from '../support/test';
import { inDark, shots } from '../support/themes';

const PAGE = '/dashboard/pam-core/credentials';
const SCREENS = 'test-results/screens';

/** Views of a user of this name: two credentials that a route leads to, and one that none does. */
function seen(user: string) {
  const view = (number: number, device: string, username: string) =>
    JSON.stringify({ report: 'password-view', source_id: `${user}-${number}`, time: `2026-01-20T10:0${number}:00Z`, operation: 'View password', user, actor_kind: 'Person', device, username, credential_type: 'Local User' });
  const lines = [view(0, 'srv-db-71', `${user}-one`), view(1, 'srv-db-71', `${user}-one`), view(2, 'srv-db-72', `${user}-two`), view(3, 'switch-9', `${user}-three`)];
  run(['import', '--format', 'vigia', '--source', 'leavers', '-'], `${lines.join('\n')}\n`);
}

const table = (page: Page) => page.locator('.exposure table');

test('the menu leads there, and a name finds what somebody has seen', async ({ page }) => {
  seen('finder-e2e');
  await page.goto('/reports/events/password-view');
  await page.getByRole('navigation', { name: 'Reports' }).first().getByRole('link', { name: 'Credentials to change' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Credentials to change' })).toBeVisible();
  await expect(table(page).locator('tbody tr').first()).toBeVisible();
  await page.getByLabel('User who leaves').fill('finder-e2e');
  await expect(page.locator('#exposure-people option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/user=finder/);
  await expect(page.getByText('3 credentials of 3 were not changed since.')).toBeVisible();
  await expect(table(page).locator('tbody tr')).toHaveCount(3);
  await expect(page.getByRole('button', { name: /^Request change/ }), 'auditors read').toHaveCount(0);
  // How often leads to those views.
  const row = table(page).getByRole('row', { name: /finder-e2e-one on srv-db-71/ });
  await row.getByRole('cell').getByRole('link').first().click();
  await expect(page).toHaveURL(/\/reports\/events\/password-view\?.*device=srv-db-71/);
  await expect(page.locator('.table-head').getByText('2 rows')).toBeVisible();
  await page.goBack();
  await table(page).getByRole('link', { name: 'Who could know finder-e2e-two on srv-db-72?' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Who could know finder-e2e-two on srv-db-72' })).toBeVisible();
  await expect(table(page).locator('tbody tr')).toHaveCount(1);
  await expect(table(page).getByRole('rowheader', { name: 'finder-e2e' })).toBeVisible();
  await page.getByLabel('Moment').fill('2020-01-01T00:00');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('Nobody is known who had seen it')).toBeVisible();
});

test('only views before a moment count', async ({ page }) => {
  seen('before-e2e');
  // The reader is in Sao Paulo, three hours behind.
  await page.goto(`${PAGE}?user=before-e2e&until=2026-01-20T10:01:30Z`);
  await expect(page.getByLabel('Seen before')).toHaveValue('2026-01-20T07:01');
  await expect(page.getByText('1 credential of 1 was not changed since.')).toBeVisible();
});

test.describe('of administrators', () => {
  test.use({ role: 'admin' });

  test('all that somebody has seen is changed, and what is left is said', async ({ page }) => {
    seen('leaver-e2e');
    await page.goto(`${PAGE}?user=leaver-e2e`);
    await expect(table(page).getByRole('row', { name: /leaver-e2e-one/ })).toContainText('script');
    await expect(table(page).getByRole('row', { name: /leaver-e2e-three/ })).toContainText('has no route');
    await page.getByRole('button', { name: 'Request change for all 2' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('The passwords of 2 credentials will be changed');
    await expect(dialog).toContainText('1 other has no connector');
    await dialog.getByRole('button', { name: 'Request change for all 2' }).click();
    await expect(page.getByText('1 change could not be asked for:')).toBeVisible();
    await expect(page.getByRole('link', { name: /^Changes requested by admin/ })).toBeVisible();
    await expect(page.getByText('1 credential of 3 was not changed since.')).toBeVisible({ timeout: 60_000 });
    await expect(page.locator('.exposure-progress')).toContainText('Success');
    await expect(table(page).locator('tbody tr').first(), 'what is left stands first').toContainText('leaver-e2e-three');
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByText(/^Printed/)).toBeVisible();
    await expect(page.getByLabel('User who leaves')).toBeHidden();
    await page.screenshot({ path: `${SCREENS}/credentials-print.png`, animations: 'disabled' });
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('link', { name: /^Changes requested by admin/ }).click();
    await expect(page).toHaveURL(/\/reports\/events\/password-operation\?.*tags=changes-/);
    await expect(page.locator('.table-head').getByText('2 rows')).toBeVisible();
  });
});

test('the page is accessible, and fits', async ({ page }) => {
  seen('fits-e2e');
  for (const path of [PAGE, `${PAGE}?user=fits-e2e`, `${PAGE}?device=srv-db-71&username=fits-e2e-one`]) {
    await page.goto(path);
    await expect(table(page).locator('tbody tr').first()).toBeVisible();
    expect.soft(await violations(page), `${path}, light`).toEqual([]);
    await inDark(page, async () => expect.soft(await violations(page, ['color-contrast', 'link-in-text-block']), `${path}, dark`).toEqual([]));
  }
  await page.goto(`${PAGE}?user=fits-e2e`);
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await expect(table(page).locator('tbody tr').first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${width} px`).toBeLessThanOrEqual(0);
    await shots(page, width, 'credentials');
  }
});
