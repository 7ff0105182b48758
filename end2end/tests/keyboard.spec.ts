import type { Locator, Page } from '@playwright/test';
import { passwords } from '../support/server.mjs';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

test.use({ role: 'nobody' });

/** Presses a key until the focus is there; fails when it goes round without coming by. */
async function reach(page: Page, target: Locator, key = 'Tab') {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reaches ${target}`);
}

test('an auditor works with the keyboard alone, from signing in to signing out', async ({ page }) => {
  const report = new ReportPage(page);
  const keys = page.keyboard;
  await page.goto('/reports/events/password-view?columns=id,date,user,reason&zone=UTC');
  await expect(page.getByLabel('Username')).toBeFocused();
  await keys.type('auditor');
  await keys.press('Tab');
  await keys.type(passwords.auditor);
  await keys.press('Enter');
  await report.loaded();

  await test.step('filters by a reason', async () => {
    await reach(page, report.filters.getByRole('button', { name: 'Add filter' }));
    await keys.press('Enter');
    const column = report.filters.getByRole('combobox', { name: 'Column', exact: true });
    await expect(column).toBeFocused();
    await keys.type('Reason');
    await expect(column).toHaveValue('reason');
    await reach(page, report.filters.getByRole('checkbox', { name: 'Incident' }));
    await keys.press('Space');
    await reach(page, report.filters.getByRole('button', { name: 'Add this filter' }));
    await keys.press('Enter');
    await report.everyRow('Reason', (reason) => reason === 'Incident');
    await expect(report.filters.getByRole('button', { name: 'Add filter' })).toBeFocused();
  });

  await test.step('sorts by the user', async () => {
    await reach(page, report.header('User').getByRole('button'));
    await keys.press('Enter');
    await expect(report.header('User')).toHaveAttribute('aria-sort', 'ascending');
    await report.loaded();
  });

  await test.step('opens a row, reads it and closes it', async () => {
    await reach(page, report.rows.first());
    await keys.press('ArrowDown');
    await expect(report.rows.nth(1)).toBeFocused();
    await keys.press('Enter');
    await expect(report.details.getByRole('heading', { level: 2 })).toBeFocused();
    await keys.press('Escape');
    await expect(report.details).toBeHidden();
    await expect(report.rows.nth(1)).toBeFocused();
  });

  await test.step('turns the page', async () => {
    const first = (await report.column('ID'))[0];
    await reach(page, report.pages.getByRole('button', { name: 'Next' }));
    await keys.press('Enter');
    await expect.poll(async () => (await report.column('ID'))[0]).not.toBe(first);
  });

  await test.step('signs out', async () => {
    await reach(page, page.getByRole('button', { name: /^User menu/ }), 'Shift+Tab');
    await keys.press('Enter');
    await reach(page, page.getByRole('button', { name: 'Sign out' }));
    await keys.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  });
});

test.describe('signed in', () => {
  test.use({ role: 'auditor' });
  test('the first Tab offers to skip the menu', async ({ page }) => {
    await new ReportPage(page).open('password-view');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  });
});
