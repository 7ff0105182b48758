import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { violations } from '../support/axe';
import { ReportPage, reports } from '../support/report';
import { expect, folder, run, test } from '../support/test';
import { auditLog } from '../support/openbao';

const SCREENS = 'test-results/screens';
const LONG = 'W'.repeat(180);

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

async function sound(page: Page, where: string) {
  expect.soft(await violations(page), where).toEqual([]);
}

/** What there is to touch and is not 40 px high and wide; links within a sentence, and what lies in them, need not be. */
async function small(root: Locator): Promise<string[]> {
  return root.evaluate((root: HTMLElement) => {
    const targets = [...root.querySelectorAll<HTMLElement>('button, select, input, a.tab, .pick label')].filter((target) => target.getClientRects().length);
    const found = targets.filter((target) => {
      const { width, height } = (target.closest('label.check, .pick label') ?? target).getBoundingClientRect();
      return width < 40 || height < 40;
    });
    return found.map((target) => `${target.className || target.tagName} ${target.getAttribute('aria-label') ?? target.textContent?.trim()}: ${JSON.stringify(target.getBoundingClientRect())}`);
  });
}

const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

for (const { key, title } of reports) {
  test(`${title} has cards: who or where, what, how it stands, and when`, async ({ page }) => {
    const report = new ReportPage(page);
    await report.open(key);
    await fits(page);
    expect(await report.region.evaluate((region) => region.scrollWidth - region.clientWidth), 'to scroll sideways').toBe(0);
    const card = report.rows.nth(1);
    const [who, what, when] = ['.card-who', '.card-what', '.card-line'].map((part) => card.locator(part));
    await expect(who).toHaveText(/\S/);
    await expect(what).toHaveText(/\S/);
    await expect(when).toHaveText(/^(Last attempt|Date|Start|Date\/Time) 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    await expect(card.locator('.card-mark')).toHaveText(/\S/);
    await expect(report.table, 'still a table').toHaveAccessibleName(title);
    await expect(card.getByRole('rowheader')).toBeVisible();
    expect(await small(page.getByRole('main'))).toEqual([]);
    await sound(page, title);
    await page.screenshot({ path: `${SCREENS}/390-cards-${key}.png`, animations: 'disabled' });
    await card.tap();
    await expect(report.details).toBeInViewport({ ratio: 0.9 });
    await page.screenshot({ path: `${SCREENS}/390-cards-details-${key}.png`, animations: 'disabled' });
    expect(await small(report.details.locator('.details-bar'))).toEqual([]);
    await report.details.getByRole('button', { name: 'Close details' }).tap();
    await expect(report.details).toBeHidden();
  });
}

test('cards are sorted by any column, in both directions', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'zone=UTC');
  const by = report.region.getByLabel('Sort by');
  await expect(by).toHaveValue('date');
  await by.selectOption('User');
  await expect(page).toHaveURL(/sort=user/);
  await report.loaded();
  const first = await report.rows.first().locator('.card-who').innerText();
  await report.region.getByRole('button', { name: 'Ascending; reverse the order' }).tap();
  await expect(page).toHaveURL(/sort=-user/);
  await expect(report.rows.first().locator('.card-who')).not.toHaveText(first);
  await expect(report.region.getByRole('button', { name: 'Descending; reverse the order' })).toBeVisible();
});

test('what was chosen by hand is on the cards, too', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=user,governance_id,origin&zone=UTC');
  await expect(report.rows.first().locator('.card-line')).toHaveText([/^Date /, /^Governance ID /, /^Origin /]);
});

test('plans say when they are due', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation');
  await report.view('Planned').tap();
  await expect(page).toHaveURL(/sort=schedule_date/);
  await expect(report.rows.first().locator('.card-line')).toHaveText(/^Schedule date /);
});

test('text without end stays on its card', async ({ page }) => {
  const log = join(folder(), 'cards-long.jsonl');
  writeFileSync(log, auditLog([{ id: 'cards-long', user: LONG, path: `${LONG}/${LONG}`, error: LONG }]));
  run(['import', '--format', 'openbao', '--source', 'cards-long', log]);
  const report = new ReportPage(page);
  await report.open('password-view', 'source=cards-long&columns=user,message,device&zone=UTC');
  await fits(page);
  expect(await report.region.evaluate((region) => region.scrollWidth - region.clientWidth)).toBe(0);
  const box = await report.rows.first().boundingBox();
  expect(box?.height, 'a card is not a page').toBeLessThan(200);
  await page.screenshot({ path: `${SCREENS}/390-cards-long.png`, animations: 'disabled' });
});

test.describe('an administrator', () => {
  test.use({ role: 'admin' });
  test('chooses cards, and opens the menu of one', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', 'status=Error&device.starts=srv-db&operation=Change password&zone=UTC');
    expect(await small(page.getByRole('main'))).toEqual([]);
    await sound(page, 'cards to choose');
    await report.rows.nth(0).getByRole('checkbox').tap();
    await report.rows.nth(1).getByRole('checkbox').tap();
    const bar = page.getByRole('group', { name: 'Selected operations' });
    await expect(bar).toContainText('2 operations selected');
    await expect(report.details, 'choosing is not opening').toBeHidden();
    expect(await small(bar)).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/390-cards-chosen.png`, animations: 'disabled' });
    await report.region.getByRole('checkbox', { name: 'Select all rows of this page' }).tap();
    await expect(bar).toContainText(/\d+ operations selected/);
    await page.getByRole('button', { name: 'Clear selection' }).tap();
    await report.rows.nth(0).getByRole('button', { name: /^More for/ }).tap();
    expect(await small(page.locator('.row-menu'))).toEqual([]);
    await page.locator('.row-menu').getByRole('button', { name: 'View attempts' }).tap();
    await expect(report.details.getByRole('heading', { name: 'Attempts' })).toBeFocused();
  });
});

test('turned to the side, a telephone has a table again', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('audit-tracking', 'zone=UTC');
  await expect(report.rows.first().locator('.card-who')).toBeVisible();
  await page.setViewportSize({ width: 844, height: 390 });
  await expect(report.header('Operation')).toBeVisible();
  await expect(report.rows.first().locator('.card-who')).toHaveCount(0);
});
