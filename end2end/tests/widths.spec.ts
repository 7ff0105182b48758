import type { Page } from '@playwright/test';
import { ReportPage, reports } from '../support/report';
import { expect, run, test } from '../support/test';

const SCREENS = 'test-results/screens';
/** An address of 39 characters, the longest there is. */
const LONGEST = '2001:0db8:85a3:1234:5678:8a2e:0370:7334'.replace('0db8', 'cdb8').replace('0370', 'a370');

/** What of the columns' heads lies outside of the table's box, and whether the table is scrolled sideways. */
async function outside(report: ReportPage): Promise<string[]> {
  return report.region.evaluate((region: HTMLElement) => {
    const box = region.getBoundingClientRect();
    const heads = [...region.querySelectorAll<HTMLElement>('thead th')].filter((head) => head.getClientRects().length);
    const wrong = heads.filter((head) => {
      const rect = head.getBoundingClientRect();
      return rect.left < box.left - 0.5 || rect.right > box.right + 0.5;
    });
    const found = wrong.map((head) => head.innerText);
    const cut = heads.filter((head) => [...head.querySelectorAll('.clip')].some((words) => words.scrollWidth > words.clientWidth));
    found.push(...cut.map((head) => `${head.innerText} is cut`));
    if (region.scrollWidth > region.clientWidth) found.push(`${region.scrollWidth - region.clientWidth} px to scroll`);
    return found;
  });
}

async function setDensity(page: Page, density: string) {
  await page.getByLabel('Row height').selectOption(density);
}

for (const role of ['auditor', 'admin'] as const) {
  test.describe(`as ${role}`, () => {
    test.use({ role });
    for (const { key, title, columns } of reports) {
      test(`all columns of ${title} and the actions of a row fit 1440 px with the menu open, as ${role}`, async ({ page }) => {
        const report = new ReportPage(page);
        await report.open(key);
        await expect(page.getByRole('button', { name: 'Fold menu' })).toBeVisible();
        for (const density of ['comfortable', 'compact']) {
          await setDensity(page, density);
          expect((await report.labels()).filter((label) => label)).toEqual(columns);
          expect(await outside(report), density).toEqual([]);
          const row = report.rows.nth(3);
          await row.hover();
          const buttons = row.locator('td.actions').getByRole('button');
          for (const button of await buttons.all()) {
            const box = await button.boundingBox();
            expect(box && box.x >= 220 && box.x + box.width <= 1440, `${await button.innerText()} at ${JSON.stringify(box)}`).toBe(true);
            await button.click({ trial: true });
          }
          await page.screenshot({ path: `${SCREENS}/1440-${role}-${density}-${key}.png`, animations: 'disabled' });
        }
      });
    }
  });
}

test('where there is less room, the columns of least worth give way, and the page says so', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  const report = new ReportPage(page);
  await report.open('password-operation');
  const labels = await report.labels();
  expect(labels).not.toContain('Credential type');
  for (const label of ['Device', 'Status', 'Operation', 'Last attempt']) expect(labels).toContain(label);
  expect(await outside(report)).toEqual([]);
  const chooser = page.getByRole('button', { name: `Columns, ${10 - labels.length} hidden` });
  await chooser.click();
  const list = page.getByRole('list', { name: 'Columns, in their order' });
  await expect(list.getByRole('listitem').filter({ hasText: 'no room' })).toHaveCount(10 - labels.length);
  await page.getByRole('checkbox', { name: 'Hide what there is no room for' }).uncheck();
  expect(await report.labels()).toHaveLength(10);
  expect(await outside(report), 'now it is scrolled').not.toEqual([]);
  await page.reload();
  await report.loaded();
  expect(await report.labels(), 'remembered').toHaveLength(10);
});

test('a column that is chosen by hand, or that the rows are sorted by, never gives way', async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 768 });
  const report = new ReportPage(page);
  await report.open('password-operation', 'sort=credential_type&zone=UTC');
  expect(await report.labels()).toContain('Credential type');
  const chosen = 'origin_ip,device,credential_type,status,operation,schedule_date,execution_date,last_attempt,attempts,requester,message';
  await report.open('password-operation', `columns=${chosen}&zone=UTC`);
  expect(await report.labels()).toHaveLength(11);
  await expect(page.getByRole('button', { name: 'Columns', exact: true })).toBeVisible();
});

test('columns come back with the room, and opening the details takes it', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  const all = await report.labels();
  await report.openRow(0);
  expect((await report.labels()).length).toBeLessThan(all.length);
  expect(await outside(report)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => report.labels()).toEqual(all);
});

test('columns that have given way are there on paper', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  const report = new ReportPage(page);
  await report.open('password-operation', 'status=Error&zone=UTC');
  expect((await report.labels()).length).toBeLessThan(10);
  await page.emulateMedia({ media: 'print' });
  expect(await report.labels()).toHaveLength(10);
});

test('nothing moves sideways when the rows arrive', async ({ page, provoked }) => {
  provoked.push(/ERR_FAILED/);
  const report = new ReportPage(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/fn/report_page', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/reports/events/password-operation');
  const heads = () => report.table.getByRole('columnheader').evaluateAll((heads) => heads.map((head) => Math.round(head.getBoundingClientRect().left)));
  await expect(report.header('Device')).toBeVisible();
  const before = await heads();
  release();
  await report.loaded();
  expect(await heads()).toEqual(before);
});

test('an IPv6 address is whole where there is room for it', async ({ page }) => {
  run(['import', '--format', 'vigia', '--source', 'ipv6-e2e', '-'], `${JSON.stringify({ report: 'audit-tracking', source_id: 'v6', time: '2026-01-20T10:00:00Z', operation: 'Login', user: 'Six', ip: LONGEST })}\n`);
  await page.setViewportSize({ width: 1920, height: 900 });
  const report = new ReportPage(page);
  await report.open('audit-tracking', 'source=ipv6-e2e&zone=UTC');
  const cell = report.rows.getByRole('cell', { name: LONGEST });
  expect(await cell.evaluate((cell) => cell.scrollWidth - cell.clientWidth), 'what is cut off').toBe(0);
});
