import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReportPage } from '../support/report';
import { expect, folder, run, test } from '../support/test';

/** Stores password views of a source of this test's own. */
function store(source: string, ids: string[]) {
  const time = (at: number) => new Date(Date.now() - 300 * 24 * 3600 * 1000 + at * 1000).toISOString();
  const file = join(folder(), `${source}.jsonl`);
  writeFileSync(file, ids.map((id, at) => `${JSON.stringify({ report: 'password-view', source_id: id, time: time(at), user: `Reader ${id}`, device: 'hr-db' })}\n`).join(''));
  run(['import', '--format', 'vigia', '--source', source, file]);
}

test('rows that come in are announced, and come when they are asked for', async ({ page }) => {
  store('live-e2e', ['1', '2', '3']);
  const report = new ReportPage(page);
  await report.open('password-view', 'source=live-e2e&zone=UTC');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await report.rows.nth(1).focus();
  const before = await report.column('User');
  store('live-e2e', ['1', '2', '3', '4', '5']);
  const notice = page.getByRole('button', { name: '2 new rows' });
  await expect(notice).toBeVisible({ timeout: 20_000 });
  expect(await report.column('User')).toEqual(before);
  await expect(report.rows.nth(1)).toBeFocused();
  await page.screenshot({ path: 'test-results/screens/new-rows.png', animations: 'disabled' });
  await notice.click();
  await expect(report.rows).toHaveCount(5);
  await expect(notice).toBeHidden();
});

test('where the stream does not come through, the page asks every few seconds, and says so', async ({ page, provoked }) => {
  provoked.push(/ERR_FAILED|live/);
  await page.route('**/api/v1/live', (route) => route.abort());
  store('polled-e2e', ['1']);
  const report = new ReportPage(page);
  await report.open('password-view', 'source=polled-e2e&zone=UTC');
  await expect(page.getByText('Every 5 s', { exact: true })).toBeVisible({ timeout: 15_000 });
  store('polled-e2e', ['1', '2']);
  await expect(page.getByRole('button', { name: '1 new row' })).toBeVisible({ timeout: 20_000 });
});

test('only the first page announces new rows', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'zone=UTC');
  await report.turn('Next');
  await report.loaded();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: /new rows?$/ })).toHaveCount(0);
});
