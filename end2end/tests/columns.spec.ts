import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

const OWN = ['Type', 'Reason', 'Start', 'End', 'Requested by', 'Status', 'Size'];

test('columns are shown, hidden and moved, remembered after a reload, and reset', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('performed-backups');
  await page.getByRole('button', { name: 'Columns' }).click();
  const list = page.getByRole('list', { name: 'Columns, in their order' });
  await list.getByRole('checkbox', { name: 'Encrypted' }).click();
  await expect.poll(() => report.labels()).toEqual([...OWN, 'Encrypted']);
  await list.getByRole('checkbox', { name: 'Size' }).click();
  await list.getByRole('button', { name: 'Move Encrypted up' }).click();
  const chosen = ['Type', 'Reason', 'Start', 'End', 'Requested by', 'Encrypted', 'Status'];
  await expect.poll(() => report.labels()).toEqual(chosen);
  await expect(list.getByRole('button', { name: 'Move Encrypted up' })).toBeFocused();

  await page.reload();
  await report.loaded();
  expect(await report.labels()).toEqual(chosen);
  await report.open('performed-backups');
  expect(await report.labels(), 'also where the address says nothing of columns').toEqual(chosen);

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => report.labels()).toEqual(OWN);
  await report.open('performed-backups');
  expect(await report.labels()).toEqual(OWN);
});

test('the last column cannot be hidden', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('performed-backups', 'columns=type&zone=UTC');
  await page.getByRole('button', { name: 'Columns' }).click();
  await expect(page.getByRole('checkbox', { name: 'Type' })).toBeDisabled();
});

test('Escape closes the chooser and gives the focus back', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('performed-backups');
  const button = page.getByRole('button', { name: 'Columns' });
  await button.click();
  await expect(page.getByRole('checkbox', { name: 'Type' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('list', { name: 'Columns, in their order' })).toBeHidden();
  await expect(button).toBeFocused();
});
