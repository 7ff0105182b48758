import { violations } from '../support/axe';
import { expect, test } from '../support/test';

const SCREENS = 'test-results/screens';

test.use({ role: 'admin' });

test('an administrator keeps a credential set', async ({ page, provoked }) => {
  provoked.push(/400 \(Bad Request\)/);
  await page.goto('/');
  await page.getByRole('link', { name: 'Execution' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Execution' })).toBeVisible();
  await page.getByRole('button', { name: 'New set' }).click();
  const form = page.getByRole('form', { name: 'Credential set' });
  await form.getByLabel('Name', { exact: true }).fill('Databases of e2e');
  await form.getByLabel('Every so many days').fill('400');
  await form.getByLabel('Credentials, one per line').fill('srv-db-01, root, Local User\nsrv-db-02');
  await form.getByRole('button', { name: 'Add the set' }).click();
  await expect(form.getByRole('alert').filter({ hasText: 'Line 2: give a device and a username' })).toBeVisible();
  await form.getByLabel('Credentials, one per line').fill('srv-db-01, root, Local User\nsrv-db-02\tpostgres\tLocal User');
  await form.getByRole('button', { name: 'Add the set' }).click();
  await expect(form.getByRole('alert').filter({ hasText: 'every 1 to 366 days' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: `${SCREENS}/set-form.png`, animations: 'disabled' });
  await form.getByLabel('Every so many days').fill('30');
  await form.getByRole('button', { name: 'Add the set' }).click();
  const row = page.getByRole('row', { name: /^Databases of e2e/ });
  await expect(row).toContainText('30 days');
  await expect(form).toBeHidden();

  await row.getByRole('button', { name: 'Change Databases of e2e' }).click();
  await expect(form.getByLabel('Credentials, one per line')).toHaveValue('srv-db-01, root, Local User\nsrv-db-02, postgres, Local User');
  await form.getByRole('checkbox', { name: 'On' }).uncheck();
  await form.getByRole('button', { name: 'Save the set' }).click();
  await expect(row).toContainText('Off');
  await row.getByRole('button', { name: 'Remove Databases of e2e' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove Databases of e2e' }).click();
  await expect(row).toHaveCount(0);
});

test('an administrator is told what pausing means, pauses, and resumes', async ({ page }) => {
  await page.goto('/admin/operations');
  const box = page.getByRole('region', { name: 'Executors' });
  await expect(box).toContainText('At work');
  await box.getByRole('button', { name: 'Pause the executors' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause the executors' });
  await expect(dialog).toContainText('What runs now ends by itself.');
  await dialog.getByRole('button', { name: 'Pause the executors' }).click();
  await expect(box).toContainText('Paused');
  await box.getByRole('button', { name: 'Resume the executors' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume the executors' }).click();
  await expect(box).toContainText('At work');
});

for (const width of [1024, 390]) {
  test(`the pages fit ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto('/admin/operations');
    await page.getByRole('button', { name: 'New set' }).click();
    await expect(page.getByRole('form', { name: 'Credential set' })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.screenshot({ path: `${SCREENS}/${width}-execution.png`, animations: 'disabled' });
    await page.goto('/operations/new');
    await expect(page.getByRole('form', { name: 'New operation' })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.screenshot({ path: `${SCREENS}/${width}-new-operation.png`, animations: 'disabled' });
  });
}

test('an administrator keeps a notification rule, and tests it', async ({ page, provoked }) => {
  // Where the test goes, nobody listens; and a host is named that the settings do not allow.
  provoked.push(/400 \(Bad Request\)/, /503 \(Service Unavailable\)/);
  await page.goto('/');
  await page.getByRole('link', { name: 'Notifications' }).first().click();
  await expect(page.getByText('There is no rule yet')).toBeVisible();
  await page.getByRole('button', { name: 'New rule' }).click();
  const form = page.getByRole('form', { name: 'Notification rule' });
  await form.getByLabel('Name', { exact: true }).fill('Databases of e2e');
  await form.getByLabel('Only devices whose names contain').fill('srv-db');
  await form.getByLabel('Tell by').selectOption({ label: 'Signed webhook' });
  await form.getByLabel('Address').fill('https://hooks.example.com/vigia');
  await form.getByRole('button', { name: 'Add the rule' }).click();
  await expect(form.getByRole('alert').filter({ hasText: 'notify_hosts does not allow hooks.example.com' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await form.getByLabel('Address').fill('http://127.0.0.1:1/vigia');
  await form.getByRole('button', { name: 'Add the rule' }).click();
  await expect(page.getByText(/whsec_/)).toBeVisible();
  const row = page.getByRole('row', { name: /^Databases of e2e/ });
  await expect(row).toContainText('http://127.0.0.1:1/vigia');
  await expect(row).toContainText('never');
  await page.screenshot({ path: `${SCREENS}/notifications.png`, animations: 'disabled' });
  await row.getByRole('button', { name: 'Test Databases of e2e' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '127.0.0.1:1 was not reached' })).toBeVisible();
  for (const width of [1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${SCREENS}/notifications-${width}.png`, animations: 'disabled' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await row.getByRole('button', { name: 'Remove Databases of e2e' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove Databases of e2e' }).click();
  await expect(row).toHaveCount(0);
});
