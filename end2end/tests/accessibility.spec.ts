import type { Page } from '@playwright/test';
import { violations } from '../support/axe';
import { ReportPage, reports } from '../support/report';
import { expect, test } from '../support/test';
import { inDark } from '../support/themes';

/** By every rule; by those that colours decide in dark, too. */
async function sound(page: Page, where: string) {
  expect.soft(await violations(page), `${where}, light`).toEqual([]);
  await inDark(page, async () => expect.soft(await violations(page, ['color-contrast', 'link-in-text-block']), `${where}, dark`).toEqual([]));
}

test.use({ colorScheme: 'light' });

for (const { key, title } of reports) {
  test(`${title} is accessible`, async ({ page }) => {
    const report = new ReportPage(page);
    await report.open(key);
    await sound(page, title);
    await report.openRow(0);
    await sound(page, `${title}, details open`);
  });
}

test('what opens is accessible', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'status=Error&attempts.min=2');
  await report.filters.getByRole('button', { name: 'Add filter', expanded: false }).click();
  await sound(page, 'filter editor');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Columns' }).click();
  await sound(page, 'column chooser');
  await page.keyboard.press('Escape');
  await report.filters.getByRole('button', { name: /^Time range/ }).click();
  await sound(page, 'time range');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^User menu/ }).click();
  await sound(page, 'user menu');
});

test('the other pages are accessible', async ({ page }) => {
  for (const [path, heading] of [
    ['/account', 'Account'],
    ['/reports/review', 'Review'],
    ['/nowhere', 'There is no such page'],
    ['/api/docs', 'REST API'],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await sound(page, path);
  }
  await page.goto('/reports/events/password-view?user=nobody-of-this-name');
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
  await sound(page, 'nothing found');
  await page.goto('/reports/events/password-view?sort=colour');
  await expect(page.getByRole('alert').filter({ hasText: 'colour' })).toBeVisible();
  await sound(page, 'an address that cannot be read');
});

test.describe('signed out', () => {
  test.use({ role: 'nobody' });
  test('signing in is accessible', async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await sound(page, 'sign-in');
  });
});

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test('report, menu and details are accessible on a telephone', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-view');
    await sound(page, 'report');
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await sound(page, 'menu');
    await page.keyboard.press('Escape');
    await report.openRow(0);
    await sound(page, 'details');
  });
});
