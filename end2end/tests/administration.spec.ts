import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { violations } from '../support/axe';
import { expect, folder, run, test } from '../support/test';

const SCREENS = 'test-results/screens';

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('makes a token, sends events with it, and revokes it', async ({ page, request, provoked }) => {
    provoked.push(/400 \(Bad Request\)/);
    await page.goto('/');
    await page.getByRole('link', { name: 'API tokens' }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'API tokens' })).toBeVisible();
    const form = page.getByRole('form', { name: 'New token' });
    await form.getByLabel('Name').fill('no name of a token');
    await form.getByRole('button', { name: 'Make a token' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'is not a name for a token' })).toBeVisible();
    await form.getByLabel('Name').fill('vault-e2e');
    await form.getByLabel('For the sources').fill('vault-e2e');
    await form.getByRole('button', { name: 'Make a token' }).click();
    const text = await page.locator('.issued code').innerText();
    expect(text).toMatch(/^vigia_/);
    const row = page.getByRole('row', { name: /^vault-e2e/ });
    await expect(row).toContainText('Valid');
    await expect(row).toContainText('send events');
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/tokens.png`, animations: 'disabled' });

    const event = { report: 'password-view', source_id: '1', time: '2026-11-20T10:00:00Z', user: 'Bea Cruz of the vault', device: 'hr-db' };
    const send = () => request.post('/api/v1/events', { headers: { Authorization: `Bearer ${text}` }, data: [event] });
    expect((await send()).status()).toBe(200);
    await page.goto('/reports/events/password-view?source=vault-e2e');
    await expect(page.getByRole('row', { name: /Bea Cruz of the vault/ })).toBeVisible();

    await page.goto('/admin/tokens');
    await row.getByRole('button', { name: 'Revoke vault-e2e' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke vault-e2e' });
    await expect(dialog).toContainText('is refused from now on');
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    await expect(row).toContainText('Valid');
    await row.getByRole('button', { name: 'Revoke vault-e2e' }).click();
    await dialog.getByRole('button', { name: 'Revoke vault-e2e' }).click();
    await expect(row).toContainText('Revoked');
    expect((await send()).status()).toBe(401);
  });

  test('sees what the servers do in the background, and has it done now', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible();
    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
    await expect(row('retention')).toContainText('every 1 h, on one server');
    await expect(row('retention')).toContainText('Went well');
    await expect(row('executor')).toContainText('all the time, on each server');
    await expect(row('executor')).toContainText('Running');
    await expect(row('executor').getByRole('button')).toHaveCount(0);
    const lastRun = row('retention').getByRole('cell').nth(2);
    const before = await lastRun.locator('time').getAttribute('datetime');
    await row('retention').getByRole('button', { name: 'Run retention now' }).click();
    await expect.poll(() => lastRun.locator('time').getAttribute('datetime'), { timeout: 15_000 }).not.toBe(before);
    await expect(row('retention').getByRole('button', { name: 'Run retention now' }), 'the focus stays').toBeFocused();
    expect(await violations(page)).toEqual([]);
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${SCREENS}/jobs-${width}-${colorScheme}.png`, animations: 'disabled' });
      }
    }
    await page.goto('/reports/events/audit-tracking?entity=Job&zone=UTC');
    await expect(page.getByRole('row', { name: /Execution.*retention/ })).toBeVisible();
  });

  test('looks into the quarantine, has lines read again, and drops them', async ({ page }) => {
    const log = join(folder(), 'quarantine.log');
    const hostile = '<img src=x onerror=alert(1)> \u202egnp.exe';
    writeFileSync(log, `${JSON.stringify({ report: 'password-view', source_id: 'q1', time: '2026-11-20T10:00:00Z' })}\nno JSON at all, password=hunter2 ${hostile}\n`);
    // Its exit status says that a line was broken.
    expect(() => run(['import', '--format', 'vigia', '--source', 'quarantine-e2e', log])).toThrow(/1 broken line is in the quarantine/);
    await page.goto('/admin/quarantine');
    const row = page.getByRole('row', { name: /^quarantine-e2e/ });
    await expect(row).toBeVisible();
    await row.getByRole('button', { name: /^Show lines/ }).click();
    const lines = page.getByRole('region', { name: 'Lines', exact: true });
    await expect(lines).toContainText('no JSON at all');
    await expect(lines).toContainText('\u27e8U+202E\u27e9gnp.exe');
    await expect(lines).not.toContainText('hunter2');
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/quarantine.png`, animations: 'disabled' });
    await row.getByRole('button', { name: /^Read again/ }).click();
    await expect(page.getByRole('status').filter({ hasText: '1 line still not understood' })).toBeVisible();
    await row.getByRole('button', { name: /^Drop/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop 1 line' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Dropped 1 line.' })).toBeVisible();
    await expect(row).toHaveCount(0);
  });

  test('tries lines, and stores nothing', async ({ page, provoked }) => {
    provoked.push(/400/);
    await page.goto('/admin/try-lines');
    await expect(page.getByRole('link', { name: 'Try lines' })).toHaveAttribute('aria-current', 'page');
    const view = 'CEF:0|Segura|Segura|3.33|164|PASSWORD VIEW|5|rt=1795356207120 suser=tried-e2e duser=root dhost=try-1 msg=password\\=hunter2x <img src=x onerror=alert(1)> \u202egnp.exe';
    await page.getByRole('textbox', { name: 'Lines' }).fill(`${view}\nno log at all\n`);
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await expect(page.getByRole('status').filter({ hasText: '2 lines: 1 event would be stored, 1 would be in the quarantine.' })).toBeVisible();
    const result = page.getByRole('region', { name: 'Result' }).getByRole('listitem');
    await expect(result).toHaveCount(2);
    await expect(result.first()).toContainText('segura');
    await expect(result.first()).toContainText('Password view');
    await expect(result.first().getByRole('definition').filter({ hasText: /^tried-e2e$/ }).first()).toBeVisible();
    await expect(result.first()).toContainText('\u27e8U+202E\u27e9gnp.exe');
    await expect(result.last()).toContainText('Refused');
    await expect(page.locator('main')).not.toContainText('hunter2x', { useInnerText: true });
    expect(await violations(page)).toEqual([]);
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${SCREENS}/try-lines-${width}-${colorScheme}.png`, animations: 'disabled', fullPage: true });
      }
    }
    // By one format alone, which has nothing to do with the line; and without any line.
    await page.getByRole('combobox', { name: 'Format' }).selectOption('wallix');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await expect(page.getByRole('status').filter({ hasText: '0 events would be stored' })).toBeVisible();
    await page.getByRole('textbox', { name: 'Lines' }).fill('');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'is not a number of lines; write 1 to 500' })).toBeVisible();
    await page.goto('/reports/events/password-view?device=try-1&zone=UTC');
    await expect(page.getByText('No event matches')).toBeVisible();
  });

  test('no two entries of the menu share an icon', async ({ page }) => {
    await page.goto('/');
    const items = page.getByRole('navigation', { name: 'Reports' }).locator('.rail-item .icon');
    await expect(items).not.toHaveCount(0);
    const shapes = await items.evaluateAll((icons) => icons.map((icon) => getComputedStyle(icon).maskImage));
    expect(shapes.length).toBeGreaterThan(8);
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  for (const width of [1024, 390]) {
    test(`the pages fit ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      for (const name of ['tokens', 'quarantine', 'try-lines']) {
        await page.goto(`/admin/${name}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.screenshot({ path: `${SCREENS}/${width}-${name}.png`, animations: 'disabled' });
      }
    });
  }
});

test.describe('others', () => {
  test('have no menu for it, and are refused', async ({ page, provoked }) => {
    provoked.push(/403/);
    await page.goto('/admin/tokens');
    await expect(page.getByRole('alert').filter({ hasText: 'This is for administrators.' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'API tokens' })).toHaveCount(0);
  });
});
