import type { Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { violations } from '../support/axe';
import { count, figure, rowsOfReport } from '../support/board';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';
import { inDark, shots } from '../support/themes';

const DASHBOARD = '/dashboard/pam-core/behavior';

async function open(page: Page, search = '') {
  await page.goto(`${DASHBOARD}${search && `?${search}`}`);
  await expect(page.locator('.figure')).toHaveCount(6);
}

test('the menu leads there, and the address says what is shown', async ({ page }) => {
  await page.goto('/reports/events/password-view');
  await page.getByRole('navigation', { name: 'Reports' }).first().getByRole('link', { name: 'Behavior' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Behavior' })).toBeVisible();
  await expect(page).toHaveURL(/\/dashboard\/pam-core\/behavior\?.*time=last-15-days.*zone=/);
  await page.getByRole('group', { name: 'What the charts show' }).getByRole('button', { name: 'Both' }).click();
  await expect(page).toHaveURL(/show=both/);
  await page.getByLabel('Services too').check();
  await expect(page).toHaveURL(/services=yes/);
  await page.goBack();
  await expect(page.getByLabel('Services too')).not.toBeChecked();
});

test('every figure leads to the rows that it counts', async ({ page }) => {
  await open(page, 'time=last-30-days');
  for (const name of ['Views', 'Emergency access', 'Without governance ID', 'Viewed and not changed since']) {
    const told = count(await figure(page, name).locator('.figure-number').innerText());
    await figure(page, name).click();
    await expect(page).toHaveURL(/\/reports\/events\/password-view\?/);
    expect(await rowsOfReport(page), name).toBe(told);
    await page.goBack();
    await expect(page.locator('.figure')).toHaveCount(6);
  }
});

test('a column of the chart leads to its rows, by pointer and by keyboard', async ({ page }) => {
  await open(page, 'time=last-15-days');
  await page.locator('.days').getByRole('button', { name: 'Show the numbers' }).click();
  const numbers = page.getByRole('region', { name: 'The numbers of the chart' }).getByRole('row');
  await expect(numbers).toHaveCount(16);
  const told = count(await numbers.nth(8).getByRole('cell').first().innerText());
  expect(told).toBeGreaterThan(0);

  const chart = page.locator('.days .chart-frame');
  await chart.focus();
  await page.keyboard.press('Home');
  for (let day = 0; day < 7; day += 1) await page.keyboard.press('ArrowRight');
  await expect(page.locator('.chart-tip')).toContainText(String(told));
  await page.keyboard.press('Enter');
  expect(await rowsOfReport(page), 'by keyboard').toBe(told);
  await page.goBack();

  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no box');
  // In the middle of the eighth of fifteen columns, at the very top; what stands beside the axis is some 30 px wide.
  await page.mouse.click(box.x + 30 + ((box.width - 30) * 7.5) / 15, box.y + 10);
  expect(await rowsOfReport(page), 'by pointer').toBe(told);
});

test('a value leads to its rows, and filters narrow the dashboard', async ({ page }) => {
  await open(page, 'time=last-30-days');
  const users = page.locator('.panel').filter({ has: page.getByRole('heading', { name: 'Views by User' }) });
  const first = users.getByRole('listitem').first();
  const [name, told] = [await first.getByRole('link').first().innerText(), count(await first.locator('.top-count').innerText())];
  await first.getByRole('link').last().click();
  expect(await rowsOfReport(page)).toBe(told);
  await open(page, `time=last-30-days&user=${encodeURIComponent(name)}`);
  expect(count(await figure(page, 'Views').locator('.figure-number').innerText())).toBe(told);
  await expect(users.getByRole('listitem')).toHaveCount(1);
  await expect(new ReportPage(page).chips).toHaveCount(1);
});

test('an hour of the week leads to its rows, by pointer and by keyboard', async ({ page }) => {
  await open(page, 'time=last-30-days&zone=America/Sao_Paulo');
  const week = page.locator('table.week');
  const told = async (field: Locator) => count((await field.getAttribute('aria-label'))?.match(/: ([\d,]+) views/)?.[1] ?? '');
  const fields = week.getByRole('link');
  await expect(fields).toHaveCount(168);
  await expect(week.locator('.s5').first()).toBeVisible();
  const darkest = week.locator('.s5').first();
  const views = await told(darkest);
  expect(views).toBeGreaterThan(0);
  await darkest.click();
  await expect(page).toHaveURL(/date=[a-z]{3}-\d\d/);
  expect(await rowsOfReport(page), 'by pointer').toBe(views);
  await expect(new ReportPage(page).chips.filter({ hasText: /^Date is [a-z]{3} \d\d:00/ })).toHaveCount(1);
  await page.goBack();

  await expect(week.locator('.s5').first()).toBeVisible();
  await fields.first().focus();
  for (const key of ['ArrowDown', 'End', 'ArrowLeft', 'Home', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
  await expect(fields.nth(1)).toBeFocused();
  const monday = await told(fields.nth(1));
  await page.keyboard.press('Enter');
  expect(await rowsOfReport(page), 'by keyboard').toBe(monday);
});

test('every panel below leads to the rows that it counts', async ({ page }) => {
  await open(page, 'time=last-30-days&zone=UTC');
  const panel = (name: string) => page.locator('.panel').filter({ has: page.getByRole('heading', { name, exact: true }) });
  const back = async () => {
    await page.goBack();
    await expect(panel('Most used credentials').getByRole('link').first()).toBeVisible();
  };
  for (const name of ['Most used credentials', 'Failed operations by cause']) {
    const first = panel(name).getByRole('listitem').filter({ has: page.getByRole('link') }).first();
    const told = count(await first.locator('.top-count').innerText());
    await first.getByRole('link').last().click();
    expect(await rowsOfReport(page), name).toBe(told);
    await back();
  }
  for (const name of ['Governance ID given', 'Justification given', 'Views of the last 45 days', 'Views of the last 12 months', 'Password operations', 'Performed backups']) {
    await panel(name).getByRole('button', { name: 'Show the numbers' }).click();
    const links = panel(name).getByRole('region').getByRole('link');
    for (const link of [links.first(), links.last()]) {
      const told = count(await link.innerText());
      await link.click();
      expect(await rowsOfReport(page), name).toBe(told);
      await back();
      await panel(name).getByRole('button', { name: 'Show the numbers' }).click();
    }
  }
  await panel('First accesses').getByRole('link', { name: 'All of them' }).click();
  await expect(page).toHaveURL(/first_access=yes/);
  expect(await rowsOfReport(page)).toBeGreaterThan(0);
});

test('a chart is saved as a picture and as numbers', async ({ page }) => {
  await open(page, 'time=last-15-days');
  const saved = async (kind: string) => {
    const coming = page.waitForEvent('download');
    await page.locator('.days').getByRole('button', { name: `Save as ${kind}` }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe(`vigia-views.${kind.toLowerCase()}`);
    return readFile(await download.path());
  };
  const csv = (await saved('CSV')).toString();
  expect(csv.split('\r\n')[0]).toBe('"from","to","Views","With risk","Period before"');
  expect(csv.trim().split('\r\n')).toHaveLength(16);
  const svg = (await saved('SVG')).toString();
  expect(svg).toContain('Views by day');
  expect(svg).not.toContain('class=');
  const png = await saved('PNG');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)], 'twice the pixels of the picture').toEqual([1984, 800]);
});

test.describe('for administrators', () => {
  test.use({ role: 'admin' });

  test('the settings of risks are there', async ({ page }) => {
    await open(page);
    const form = page.locator('.risk-form');
    const volume = form.getByLabel('Weight of: Volume');
    await expect(volume).toHaveValue('1.0');
    await volume.fill('4');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByRole('alert')).toContainText('A weight is a number from 0');
    // The same as before: other tests look at scores.
    await volume.fill('1');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByText('Saved.')).toBeVisible();
    await page.reload();
    await expect(volume).toHaveValue('1.0');
  });
});

test('what cannot be read is said, with a way out', async ({ page, provoked }) => {
  provoked.push(/400/);
  await page.goto(`${DASHBOARD}?show=everything`);
  await expect(page.getByRole('alert')).toContainText('"everything" is not what can be shown');
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(page.locator('.figure')).toHaveCount(6);
});

test('a view says why it has its risk', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'time=last-30-days&risk.min=50&sort=-risk&columns=date,risk,user');
  const risk = Number((await report.column('Risk'))[0]);
  expect(risk).toBeGreaterThanOrEqual(50);
  await report.openRow(0);
  await expect(report.details.getByRole('heading', { name: `Risk ${risk}` })).toBeVisible();
  await expect(report.details.locator('.risk-part')).toHaveCount(7);
  await expect(report.details.locator('.risk-part.unusual').first()).toContainText('bits');
});

for (const { width, height } of [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height }, colorScheme: 'light' });

    test(`the dashboard fits ${width} px, and is accessible`, async ({ page }) => {
      await open(page, 'time=last-15-days&show=both');
      await expect(page.locator('.chart-picture svg')).toHaveCount(7);
      await expect(page.locator('table.week .s5').first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width of the page').toBeLessThanOrEqual(width);
      await shots(page, width, 'behavior');
      for (const [at, name] of ['week-panel', 'behavior-part'].entries()) {
        await page.locator(`.${name}`).first().evaluate((element) => element.scrollIntoView());
        await shots(page, width, `behavior-below-${at + 1}`);
      }
      expect.soft(await violations(page), 'light').toEqual([]);
      await inDark(page, async () => expect.soft(await violations(page, ['color-contrast', 'link-in-text-block']), 'dark').toEqual([]));
      await page.goto(`${DASHBOARD}?user=nobody-of-this-name`);
      await expect(page.getByText('0', { exact: true }).first()).toBeVisible();
      await shots(page, width, 'behavior-empty');
    });
  });
}
