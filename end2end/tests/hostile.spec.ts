import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditLog } from '../support/openbao';
import { ReportPage } from '../support/report';
import { expect, folder, run, test } from '../support/test';

const IMAGE = '<img src=x onerror=alert(1)>';
const SCRIPT = '<script>alert(document.cookie)<\\script>';
const LONG = 'W'.repeat(180);

/** Imports what was read by whom, while the server runs. */
function imported(name: string, readings: Parameters<typeof auditLog>[0]): string {
  const file = join(folder(), `${name}.jsonl`);
  writeFileSync(file, auditLog(readings));
  return run(['import', '--format', 'openbao', '--source', name, file]);
}

test('an imported log is in the report at once, and only once', async ({ page }) => {
  const readings = ['first', 'second', 'third'].map((account) => ({ id: `import-${account}`, user: 'import-reader', path: `srv-import/${account}` }));
  const source = `import-once-${test.info().repeatEachIndex}`;
  expect(imported(source, readings)).toContain('Password view: 3 rows stored');
  expect(imported(source, readings)).not.toContain('3 rows stored');
  const report = new ReportPage(page);
  await report.open('password-view', `source=${source}&columns=user,device,username,message,origin&zone=UTC`);
  await expect(report.rows).toHaveCount(3);
  expect((await report.column('Username')).sort()).toEqual(['first', 'second', 'third']);
  expect(new Set(await report.column('Device'))).toEqual(new Set(['srv-import']));
});

test('markup in names is text, in the table and in the details', async ({ page }) => {
  imported('hostile-markup', [{ id: 'hostile-1', user: IMAGE, path: `${SCRIPT}/${IMAGE}`, error: `denied ${IMAGE}` }]);
  const report = new ReportPage(page);
  await report.open('password-view', 'source=hostile-markup&columns=user,device,username,message&zone=UTC');
  await expect(report.rows).toHaveCount(1);
  await expect(report.rows.getByRole('rowheader')).toHaveText(IMAGE);
  expect(await report.column('Username')).toEqual([IMAGE]);
  await report.openRow(0);
  await expect(report.details.getByRole('heading', { level: 2 })).toContainText(IMAGE);
  expect((await report.fields()).get('Device')).toContain('<script>');
  await expect(page.getByRole('img')).toHaveCount(0);
  await expect(page).toHaveTitle('Password view · Vigia');
  await page.goto('/dashboard/pam-core/behavior?source=hostile-markup&services=yes&from=2020-01-01&zone=UTC');
  await expect(page.locator('.tops').getByRole('link', { name: IMAGE })).toBeVisible();
  await expect(page.getByRole('img')).toHaveCount(0);
});

test('markup in the address is text in chips, search box and errors', async ({ page, provoked }) => {
  provoked.push(/status of 400/);
  const report = new ReportPage(page);
  const hostile = encodeURIComponent(IMAGE);
  await page.goto(`/reports/events/password-view?user=${hostile}&q=${hostile}&zone=UTC`);
  await expect(report.chips).toContainText([IMAGE]);
  await expect(page.getByRole('searchbox')).toHaveValue(IMAGE);
  await page.goto(`/reports/events/password-view?ip=${hostile}&zone=UTC`);
  await expect(page.getByRole('alert').filter({ hasText: IMAGE })).toBeVisible();
  await expect(page.getByRole('img')).toHaveCount(0);
});

for (const width of [1440, 390]) {
  test(`words without end do not widen a page of ${width} px`, async ({ page }) => {
    imported(`hostile-long-${width}`, [{ id: `long-${width}`, user: LONG, path: `${LONG}/${LONG}`, error: LONG }]);
    await page.setViewportSize({ width, height: 900 });
    const report = new ReportPage(page);
    await report.open('password-view', `source=hostile-long-${width}&q=${LONG}&zone=UTC`);
    const widest = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await widest()).toBeLessThanOrEqual(width);
    await report.openRow(0);
    expect(await widest()).toBeLessThanOrEqual(width);
    await page.goto(`/dashboard/pam-core/behavior?source=hostile-long-${width}&services=yes&from=2020-01-01&zone=UTC`);
    await expect(page.locator('.tops').getByRole('link', { name: LONG }).first()).toBeVisible();
    expect(await widest()).toBeLessThanOrEqual(width);
    await page.goto(`/reports/events/password-view?user=${LONG}&zone=UTC&sort=user&source=${LONG}`);
    await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
    expect(await widest()).toBeLessThanOrEqual(width);
  });
}
