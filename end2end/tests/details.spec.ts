import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

const OPERATION = [
  'ID', 'Origin IP', 'Device', 'Credential type', 'Username', 'Status', 'Operation', 'Schedule date', 'Execution date', 'Last attempt',
  'Attempts', 'Requester', 'Requester kind', 'Vendor', 'Product', 'Site', 'Tags', 'Reconciliation credential', 'Template', 'Message',
  'Source', "Source's own ID", 'Received',
];

test('a row opens its details with every field of it', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  const device = (await report.column('Device'))[0];
  const user = (await report.column('User'))[0];
  await report.openRow(0);
  await expect(report.rows.first()).toHaveAttribute('aria-current', 'true');
  await expect(report.details.getByRole('heading', { level: 2 })).toContainText(user);
  const fields = await report.fields();
  expect(fields.get('Device')).toBe(device);
  expect(fields.get('User')).toBe(user);
  for (const label of ['ID', 'Date', 'Operation', 'Login', 'Justification', 'Emergency access', 'Source', "Source's own ID", 'Received']) {
    expect([...fields.keys()]).toContain(label);
  }
});

test('an operation shows its attempts, first to last', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'status=Error&attempts.min=2&zone=UTC');
  const count = Number((await report.column('Attempts'))[0]);
  await report.rows.first().getByRole('button', { name: `${count} attempts, view` }).click();
  await expect(report.details.getByRole('heading', { level: 3, name: 'Attempts' })).toBeFocused();
  const attempts = report.details.locator('.timeline').getByRole('listitem');
  await expect(attempts).toHaveCount(count);
  for (let at = 0; at < count; at += 1) {
    await expect(attempts.nth(at)).toContainText(`Attempt ${at + 1}`);
    const labels = await attempts.nth(at).getByRole('term').allInnerTexts();
    expect(labels).toEqual(expect.arrayContaining(['Start', 'End', 'Error class', 'Message']));
    await expect(attempts.nth(at)).toContainText('Error');
  }
  const labels = (await report.details.getByRole('term').allInnerTexts()).map((label) => label.trim());
  expect(labels).toEqual(expect.arrayContaining(OPERATION));
});

test('Escape closes the details, and the focus is on the row again', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('audit-tracking', 'to=2026-01-01&zone=UTC'.replace('2026-01-01', new Date(Date.now() - 864e5).toISOString().slice(0, 10)));
  await report.openRow(3);
  await page.keyboard.press('Escape');
  await expect(report.details).toBeHidden();
  await expect(report.rows.nth(3)).toBeFocused();
  await expect(page).not.toHaveURL(/open=/);
});

test('previous and next go from row to row', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=id,date,user&zone=UTC');
  const ids = await report.column('ID');
  await report.openRow(0);
  const previous = report.details.getByRole('button', { name: 'Previous row' });
  const next = report.details.getByRole('button', { name: 'Next row' });
  await expect(previous).toBeDisabled();
  await next.click();
  await expect(page).toHaveURL(new RegExp(`open=${ids[1]}`));
  await expect(report.rows.nth(1)).toHaveAttribute('aria-current', 'true');
  await expect.poll(async () => (await report.fields()).get('ID')).toBe(ids[1]);
  await previous.click();
  await expect.poll(async () => (await report.fields()).get('ID')).toBe(ids[0]);
  await report.details.getByRole('button', { name: 'Close details' }).click();
  await expect(report.details).toBeHidden();
});

test('an event that is not there is told in words', async ({ page, provoked }) => {
  provoked.push(/status of 404/);
  const report = new ReportPage(page);
  await report.open('password-view', 'zone=UTC&open=1P3QZ9G6W0000');
  await expect(report.details.getByRole('heading', { name: 'The event cannot be shown' })).toBeVisible();
});

for (const [role, sees] of [['manager', false], ['auditor', true]] as const) {
  test.describe(`as ${role}`, () => {
    test.use({ role });
    test(`a ${role} ${sees ? 'sees' : 'is told of'} the further fields of the source`, async ({ page }) => {
      const report = new ReportPage(page);
      await report.open('password-view');
      await report.openRow(0);
      await expect(report.details.getByText('More fields are shown to auditors and admins.')).toBeVisible({ visible: !sees });
      await expect(report.details.getByRole('heading', { name: 'Further fields of the source' })).toBeVisible({ visible: sees });
    });
  });
}
