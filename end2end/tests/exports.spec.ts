import { readFile } from 'node:fs/promises';
import { violations } from '../support/axe';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

/** The file that the browser saves when the button is pressed, and its name. */
async function saved(page: import('@playwright/test').Page): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as file' }).click();
  const download = await coming;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('a report is saved as CSV: all rows that match, with the columns and in the order of the screen', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'reason=Incident&columns=user,date,device&sort=user&zone=America/Sao_Paulo');
  await page.getByRole('button', { name: 'Export' }).click();
  const promised = await page.getByText(/rows?, however many are on this page/).innerText();
  const { name, text } = await saved(page);
  expect(name).toMatch(/^password-view_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d_America-Sao_Paulo\.csv$/);
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('User,Date,Device');
  const rows = Number(promised.replace(/\D/g, ''));
  expect(rows).toBeGreaterThan(30);
  expect(lines.length - 1).toBe(rows);
  const shown = await report.rows.first().innerText();
  expect(shown).toContain(lines[1].split(',')[0]);
  expect(lines[1]).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-03:00/);
  await expect(page.getByText(/rows? (was|were) written/)).toBeVisible();
});

test('a report is saved as NDJSON with all columns', async ({ page }) => {
  await new ReportPage(page).open('performed-backups', '');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByLabel('Format').selectOption('ndjson');
  await page.locator('.export').getByLabel('Columns').selectOption('all');
  await expect(page.getByLabel('Between cells')).toBeHidden();
  const { name, text } = await saved(page);
  expect(name).toMatch(/\.ndjson$/);
  const rows = text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(Object.keys(rows[0])).toEqual(expect.arrayContaining(['id', 'type', 'start', 'source']));
});

for (const [width, colorScheme] of [[1440, 'light'], [1024, 'dark'], [800, 'light'], [390, 'light'], [390, 'dark']] as const) {
  test(`what an export is to be is read by everybody, ${width} px wide and ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await new ReportPage(page).open('password-view', 'time=last-30-days');
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByRole('button', { name: 'Save as file' })).toBeInViewport({ ratio: 1 });
    expect(await violations(page)).toEqual([]);
  });
}
