import type { Page } from '@playwright/test';
import { violations } from '../support/axe';
import { count, figure, rowsOfReport } from '../support/board';
import { expect, test } from '../support/test';
import { inDark, shots } from '../support/themes';

const BOARD = '/dashboard/pam-core/password-changes';

async function open(page: Page, search = '') {
  await page.goto(`${BOARD}${search && `?${search}`}`);
  await expect(page.locator('.figure')).toHaveCount(7);
}

/** How many rows Password operation says that it has, which a mark has led to. */
async function operations(page: Page) {
  await expect(page).toHaveURL(/\/reports\/events\/password-operation\?/);
  return rowsOfReport(page);
}

test('the menu leads there, and the address says what is shown', async ({ page }) => {
  await page.goto('/reports/events/password-view');
  await page.getByRole('navigation', { name: 'Reports' }).first().getByRole('link', { name: 'Password changes' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Password changes' })).toBeVisible();
  await expect(page).toHaveURL(/\/dashboard\/pam-core\/password-changes\?.*time=last-15-days.*zone=/);
  await page.getByRole('group', { name: 'Which operations count' }).getByRole('button', { name: 'All operations' }).click();
  await expect(page).toHaveURL(/show=all/);
  await expect(page.getByRole('button', { name: 'All operations' })).toHaveAttribute('aria-pressed', 'true');
  await page.goBack();
  await expect(page.getByRole('button', { name: 'All operations' })).toHaveAttribute('aria-pressed', 'false');
  await page.getByRole('link', { name: 'Behavior' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Behavior' })).toBeVisible();
  await expect(page.locator('.chart-picture svg').first()).toBeVisible();
});

test('every figure leads to the rows that it counts', async ({ page }) => {
  await open(page, 'time=last-30-days&show=all&zone=UTC');
  for (const name of ['Awaiting approval', 'Scheduled', 'Succeeded', 'Failed', 'Attempts exhausted', 'Not verified']) {
    const told = count(await figure(page, name).locator('.figure-number').innerText());
    await figure(page, name).click();
    expect(await operations(page), name).toBe(told);
    expect(told, name).toBeGreaterThan(0);
    await page.goBack();
    await expect(page.locator('.figure')).toHaveCount(7);
  }
});

test('a column of the chart and its numbers lead to their rows', async ({ page }) => {
  await open(page, 'time=last-15-days&show=all&zone=UTC');
  await page.locator('.days').getByRole('button', { name: 'Show the numbers' }).click();
  const row = page.getByRole('region', { name: 'The numbers of the chart' }).getByRole('row').nth(8);
  const cells = row.getByRole('cell');
  const [succeeded, again, failed] = [0, 1, 2].map((at) => cells.nth(at));
  const told = { succeeded: count(await succeeded.innerText()), again: count(await again.innerText()), failed: count(await failed.innerText()) };
  expect(told.succeeded).toBeGreaterThan(told.again);

  const chart = page.locator('.days .chart-frame');
  await chart.focus();
  await page.keyboard.press('Home');
  for (let day = 0; day < 7; day += 1) await page.keyboard.press('ArrowRight');
  await expect(page.locator('.chart-tip')).toContainText(String(told.succeeded));
  await page.keyboard.press('Enter');
  expect(await operations(page), 'the column').toBe(told.succeeded + told.failed);
  await page.goBack();
  await page.locator('.days').getByRole('button', { name: 'Show the numbers' }).click();
  await succeeded.getByRole('link').click();
  expect(await operations(page), 'what succeeded').toBe(told.succeeded);
});

test('causes, devices and sites lead to their rows', async ({ page }) => {
  await open(page, 'time=last-30-days&show=all&zone=UTC');
  const panel = (name: string) => page.locator('.panel').filter({ has: page.getByRole('heading', { name, exact: true }) });
  for (const name of ['Failed by cause and device', 'Failed by Error class', 'Failed by Device', 'Failed by Site']) {
    const first = panel(name).getByRole('listitem').filter({ has: page.getByRole('link') }).first();
    const told = count(await first.locator('.top-count').innerText());
    await first.getByRole('link').last().click();
    expect(await operations(page), name).toBe(told);
    await page.goBack();
    await expect(panel(name).getByRole('link').first()).toBeVisible();
  }
});

test('what cannot be read is said, with a way out', async ({ page, provoked }) => {
  provoked.push(/400/);
  await page.goto(`${BOARD}?show=everything`);
  await expect(page.getByRole('alert')).toContainText('"everything" is not what can be shown');
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(page.locator('.figure')).toHaveCount(7);
});

for (const { width, height } of [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height }, colorScheme: 'light' });

    test(`the board fits ${width} px, and is accessible`, async ({ page }) => {
      await open(page, 'time=last-15-days');
      await expect(page.locator('.chart-picture svg')).toHaveCount(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width of the page').toBeLessThanOrEqual(width);
      await shots(page, width, 'changes');
      await page.locator('.tops').evaluate((element) => element.scrollIntoView());
      await shots(page, width, 'changes-below');
      expect.soft(await violations(page), 'light').toEqual([]);
      await inDark(page, async () => expect.soft(await violations(page, ['color-contrast', 'link-in-text-block']), 'dark').toEqual([]));
      await page.goto(`${BOARD}?from=2001-01-01&to=2001-01-02`);
      await expect(page.getByRole('heading', { name: 'No operation of this period has ended' })).toBeVisible();
      await expect(page.locator('.figure')).toHaveCount(3);
      await shots(page, width, 'changes-empty');
    });
  });
}
