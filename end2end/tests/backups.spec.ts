import type { Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { violations } from '../support/axe';
import { expect, test } from '../support/test';

const SCREENS = 'test-results/screens';

/** Has what the page would have the reader choose be a real file, of the browser's own file system: no dialog can be answered here. */
function chooses(page: Page) {
  return page.evaluate(() => {
    Object.assign(window, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
    });
  });
}

/** The SHA-256 and the size of the file that was chosen. */
function saved(page: Page, name: string) {
  return page.evaluate(async (name) => {
    const file = await (await (await navigator.storage.getDirectory()).getFileHandle(name)).getFile();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    return { sum: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''), size: file.size };
  }, name);
}

/** A picture at each width and in each colour scheme; nothing sticks out. */
async function pictures(page: Page, name: string) {
  for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SCREENS}/${name}-${width}-${colorScheme}.png`, animations: 'disabled' });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `at ${width}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

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
    // Where the page cannot write a file, the browser downloads by itself.
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    const coming = page.waitForEvent('download');
    await row.getByRole('link', { name: `Download ${name}` }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe(`${name}.tar.zst.age`);
    const bytes = readFileSync(await download.path());
    const sum = createHash('sha256').update(bytes).digest('hex');
    expect(await violations(page)).toEqual([]);
    await pictures(page, 'backups');

    // Where it can, it holds the bytes against the manifest.
    await chooses(page);
    await row.getByRole('link', { name: `Download ${name}` }).click();
    await expect(page.getByText(`${name}.tar.zst.age is saved, and its SHA-256 is the one of the manifest.`)).toBeVisible();
    expect(await saved(page, `${name}.tar.zst.age`)).toEqual({ sum, size: bytes.length });

    // Anything that speaks HTTP downloads by a link.
    await row.getByRole('button', { name: `Make a link to ${name}` }).click();
    const address = await page.locator('.issued code').innerText();
    const plain = await fetch(address, { headers: { range: 'bytes=10-' } });
    expect(plain.status).toBe(206);
    expect(Buffer.from(await plain.arrayBuffer()).equals(bytes.subarray(10))).toBe(true);
    await expect(page.getByText('Link of admin, good until')).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await pictures(page, 'backups-link');
    await page.getByRole('button', { name: 'Revoke the link' }).click();
    await expect(page.getByText('Link of admin, good until')).toBeHidden();
    await expect(page.locator('.issued')).toBeHidden();
    const over = await fetch(address);
    expect([over.status, await over.text()]).toEqual([410, 'This link was revoked. Have an administrator make a new one.\n']);

    // A disk that takes its time: it is seen how far it is, and it can be canceled.
    await page.evaluate(() => {
      const slow = { write: () => new Promise(() => {}), abort: () => Promise.resolve(document.body.setAttribute('data-aborted', '')) };
      Object.assign(window, { showSaveFilePicker: async () => ({ createWritable: async () => slow }) });
    });
    await row.getByRole('link', { name: `Download ${name}` }).click();
    await expect(page.getByText(/^0 B of .*B \(0 %\), 0 B a second/)).toBeVisible();
    await pictures(page, 'backups-going');
    await page.getByRole('row').filter({ hasText: 'a second' }).getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('The download was canceled, and nothing was saved.')).toBeVisible();
    await expect(page.locator('body[data-aborted]')).toHaveCount(1);

    // The report says the same, and the trail who asked.
    await page.goto(`/reports/events/performed-backups?checksum=${sum}&zone=UTC`);
    await page.getByRole('row', { name: /Full.*Manual.*Success/ }).click();
    const details = page.getByRole('complementary');
    await expect(details.getByRole('button', { name: `Verify ${name}` })).toBeVisible();
    await expect(details.getByRole('button', { name: `Restore ${name} for a drill` })).toBeVisible();
    await chooses(page);
    await details.getByRole('link', { name: `Download ${name}` }).click();
    await expect(details.getByText('its SHA-256 is the one of the manifest')).toBeVisible();
    await pictures(page, 'backups-row');
    expect(await violations(page)).toEqual([]);
    await details.getByRole('button', { name: `Restore ${name} for a drill` }).click();
    await page.goto(`/reports/events/audit-tracking?entity=Backup&operation=Download&entity_name=${name}&zone=UTC`);
    // By the browser, by the page, by link, canceled, and beside the row: each before its first byte and after its last.
    await expect(page.getByRole('row', { name: /Download/ })).toHaveCount(10);
    await page.goto('/admin/backups');
    await expect(page.getByText(/A restore took .* in the last drill/)).toBeVisible({ timeout: 60_000 });

    // A bit falls over on the disk.
    const [file] = (await page.request.get('/api/v1/backups').then((answer) => answer.json())).backups.map(
      (one: { name: string }) => `${process.env.E2E_DATABASE?.replace('sqlite://', '')}-backups/${one.name}.tar.zst.age`,
    );
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    writeFileSync(file, bytes);
    await page.goto('/admin/backups');
    await chooses(page);
    await row.getByRole('link', { name: `Download ${name}` }).click();
    await expect(page.getByText('What came is not what the manifest says, and nothing was saved.')).toBeVisible();
    expect((await saved(page, `${name}.tar.zst.age`)).sum, 'what was there before').toBe(sum);
    await row.getByRole('button', { name: `Verify ${name}` }).click();
    await expect(row).toContainText('Damaged', { timeout: 60_000 });
    await expect(row).toContainText('This backup is damaged');
    await page.screenshot({ path: `${SCREENS}/backups-damaged.png`, animations: 'disabled' });

    // The disk is lost: what is left is the copy.
    rmSync(file);
    rmSync(`${file}.manifest`);
    await expect(row).toContainText('Not in the folder any more', { timeout: 60_000 });
    await expect(row.getByRole('button')).toHaveText(['Link']);
    await row.getByRole('link', { name: `Download ${name}` }).click();
    await expect(page.getByText(`${name}.tar.zst.age is saved, and its SHA-256 is the one of the manifest.`)).toBeVisible();
    expect((await saved(page, `${name}.tar.zst.age`)).sum).toBe(sum);
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
