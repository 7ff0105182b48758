import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { violations } from '../support/axe';
import { expect, test } from '../support/test';

const SCREENS = 'test-results/screens';

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('makes a backup, verifies it and downloads it', async ({ page, provoked }) => {
    // Another one is being made: there is one at a time.
    provoked.push(/503 \(Service Unavailable\)/);
    await page.goto('/');
    await page.getByRole('link', { name: 'Backups', exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Backups' })).toBeVisible();
    await expect(page.getByText('There are no backups yet.')).toBeVisible();
    await expect(page.getByText('No backups are made by schedule')).toBeVisible();
    await expect(page.getByText('Only this instance opens its backups')).toBeVisible();
    await expect(page.getByText('No backup was restored for a drill yet')).toBeVisible();
    await page.screenshot({ path: `${SCREENS}/backups-none.png`, animations: 'disabled' });
    await page.getByRole('button', { name: 'Back up everything now' }).click();
    const row = page.getByRole('row', { name: /^vigia-.*-full/ });
    await expect(row).toContainText('Not verified yet', { timeout: 60_000 });
    const name = (await row.getByRole('rowheader').innerText()).trim();
    await expect(page.getByText(`Each is copied to ${process.env.E2E_FOLDER}/copies.`)).toBeVisible();
    await expect(row).toContainText(`Copies: ${process.env.E2E_FOLDER}/copies`, { timeout: 60_000 });
    await row.getByRole('button', { name: `Verify ${name}` }).click();
    await expect(row).toContainText('Whole', { timeout: 60_000 });
    await expect(row.getByRole('button', { name: `Verify ${name}` }), 'the focus stays').toBeFocused();
    const coming = page.waitForEvent('download');
    await row.getByRole('link', { name: `Download ${name}` }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe(`${name}.tar.zst.age`);
    const bytes = readFileSync(await download.path());
    const sum = createHash('sha256').update(bytes).digest('hex');
    expect(await violations(page)).toEqual([]);
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${SCREENS}/backups-${width}-${colorScheme}.png`, animations: 'disabled' });
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `at ${width}`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });

    // The report says the same, and the trail who asked.
    await page.goto(`/reports/events/performed-backups?checksum=${sum}&zone=UTC`);
    await expect(page.getByRole('row', { name: /Full.*Manual.*Success/ })).toBeVisible();
    await page.goto(`/reports/events/audit-tracking?entity=Backup&operation=Download&entity_name=${name}&zone=UTC`);
    await expect(page.getByRole('row', { name: /Download/ })).toHaveCount(2);

    // A bit falls over on the disk.
    const [file] = (await page.request.get('/api/v1/backups').then((answer) => answer.json())).backups.map(
      (one: { name: string }) => `${process.env.E2E_DATABASE?.replace('sqlite://', '')}-backups/${one.name}.tar.zst.age`,
    );
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    writeFileSync(file, bytes);
    await page.goto('/admin/backups');
    await row.getByRole('button', { name: `Verify ${name}` }).click();
    await expect(row).toContainText('Damaged', { timeout: 60_000 });
    await expect(row).toContainText('This backup is damaged');
    await page.screenshot({ path: `${SCREENS}/backups-damaged.png`, animations: 'disabled' });

    // The disk is lost: what is left is the copy.
    rmSync(file);
    rmSync(`${file}.manifest`);
    await expect(row).toContainText('Not in the folder any more', { timeout: 60_000 });
    await expect(row.getByRole('button')).toHaveCount(0);
    expect((await page.request.get(`/api/v1/backups/${name}/archive`)).status()).toBe(404);
    await page.screenshot({ path: `${SCREENS}/backups-elsewhere.png`, animations: 'disabled' });
  });
});

for (const role of ['manager', 'auditor'] as const) {
  test.describe(`a ${role}`, () => {
    test.use({ role });

    test('makes no backups and downloads none', async ({ page, provoked }) => {
      provoked.push(/403 \(Forbidden\)/);
      await page.goto('/');
      await expect(page.getByRole('link', { name: 'Backups', exact: true })).toHaveCount(0);
      expect((await page.request.get('/api/v1/backups')).status()).toBe(403);
      await page.goto('/admin/backups');
      await expect(page.getByRole('button', { name: 'Back up everything now' })).toHaveCount(0);
    });
  });
}
