import { violations } from '../support/axe';
import { expect, test } from '../support/test';
import { inDark } from '../support/themes';

test.use({ colorScheme: 'light' });

const watched = { name: 'Watched', exact: true };

test('an auditor watches a credential from its page, by keyboard, and stops it on the page Review', async ({ page }) => {
  const answer = await page.request.get('/api/v1/reports/password-view?device.empty=no&username.empty=no&columns=device,username&limit=1');
  const { device, username }: Record<string, string> = (await answer.json()).rows[0];
  await page.goto(`/profile?device=${encodeURIComponent(device)}&username=${encodeURIComponent(username)}`);
  const watching = page.getByRole('region', { name: 'Watching' });
  await watching.getByRole('button', { name: 'Watch', exact: true }).press('Enter');
  const form = page.getByRole('form', { name: 'Watching' });
  await expect(form.getByLabel('Reason')).toBeFocused();
  await page.keyboard.type('Moves in May <b>');
  for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
    await page.setViewportSize({ width, height });
    expect.soft(await violations(page), `${width} wide`).toEqual([]);
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${width} wide`).toBeLessThanOrEqual(width);
  }
  await inDark(page, async () => expect.soft(await violations(page, ['color-contrast'])).toEqual([]));
  await page.keyboard.press('Enter');
  await expect(watching.getByRole('status')).toContainText('Watched by auditor since');
  await expect(watching.getByRole('status')).toContainText(': Moves in May <b>');
  await expect(watching.getByRole('button', { name: 'Stop watching' })).toBeFocused();

  await page.goto('/reports/review');
  const row = page.getByRole('table', watched).getByRole('row', { name: `${username} on ${device}` });
  await expect(row).toContainText('Moves in May <b>');
  for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
    await page.setViewportSize({ width, height });
    expect.soft(await violations(page), `${width} wide`).toEqual([]);
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${width} wide`).toBeLessThanOrEqual(width);
  }
  await row.getByRole('link', { name: `${username} on ${device}` }).click();
  await expect(watching.getByRole('status')).toContainText('Watched by auditor since');
  await page.goBack();
  await row.getByRole('button', { name: `Stop watching ${username} on ${device}` }).click();
  await expect(row).toHaveCount(0);
});

test.describe('a manager', () => {
  test.use({ role: 'manager' });
  test('is not told what is watched', async ({ page }) => {
    const answer = await page.request.get('/api/v1/reports/password-view?device.empty=no&columns=device&limit=1');
    const { device } = (await answer.json()).rows[0];
    await page.goto(`/profile?device=${encodeURIComponent(device)}`);
    await expect(page.getByRole('heading', { name: 'In the reports' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Watching' })).toHaveCount(0);
  });
});

test.describe('an administrator', () => {
  test.use({ role: 'admin' });
  test('makes rules of the occasions that need a number', async ({ page }) => {
    await page.goto('/admin/notifications');
    await page.getByRole('button', { name: 'New rule' }).click();
    const form = page.getByRole('form', { name: 'Notification rule' });
    await form.getByLabel('Name', { exact: true }).fill('Silence of e2e');
    await form.getByLabel('Tell when').selectOption({ label: 'A view is risky' });
    await expect(form.getByLabel('Least risk')).toBeVisible();
    await form.getByLabel('Tell when').selectOption({ label: 'What is watched was viewed, copied or used' });
    await expect(form.getByLabel('Least risk')).toHaveCount(0);
    await form.getByLabel('Tell when').selectOption({ label: 'A source is silent' });
    await form.getByLabel('Hours of silence').fill('800');
    await form.getByRole('textbox', { name: /^Source/ }).fill('vault');
    await form.getByLabel('Tell by').selectOption({ label: 'Signed webhook' });
    await form.getByLabel('Address').fill('http://127.0.0.1:1/vigia');
    await form.getByRole('button', { name: 'Add the rule' }).click();
    await expect(form.getByRole('alert').filter({ hasText: 'Write a whole number from 1 to 720.' })).toBeVisible();
    await expect(form.getByLabel('Hours of silence')).toBeFocused();
    expect(await violations(page)).toEqual([]);
    await form.getByLabel('Hours of silence').fill('24');
    await form.getByRole('button', { name: 'Add the rule' }).click();
    const row = page.getByRole('row', { name: /^Silence of e2e/ });
    await expect(row).toContainText('vault, silent for 24 hours');
    await row.getByRole('button', { name: 'Remove Silence of e2e' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove Silence of e2e' }).click();
    await expect(row).toHaveCount(0);
  });
});
