import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

test('text is filtered by a part of it, whatever case and accents', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  const part = 'AN'; // in names of many of the demo's people, some with an accent
  await report.addFilter('User', 'contains', (editor) => editor.getByLabel('Text').fill(part));
  await expect(report.chips).toHaveText([new RegExp(`User contains ${part}`)]);
  await report.everyRow('User', (user) => user.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().includes(part));
});

test('a choice is filtered by one or several of its words', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'zone=UTC');
  await report.addFilter('Status', null, async (editor) => {
    await editor.getByRole('checkbox', { name: 'Error' }).check();
    await editor.getByRole('checkbox', { name: 'Expired' }).check();
  });
  await expect(report.chips).toHaveText([/Status is Error or Expired/]);
  await report.everyRow('Status', (status) => ['Error', 'Expired'].includes(status));
});

test('a number is filtered by its least value', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'zone=UTC');
  await report.addFilter('Attempts', 'is between', (editor) => editor.getByLabel('At least').fill('3'));
  await expect(report.chips).toHaveText([/Attempts at least 3/]);
  await report.everyRow('Attempts', (attempts) => Number(attempts) >= 3);
});

test('an address is filtered by the network it is in', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('audit-tracking', 'time=last-30-days&ip.empty=no');
  const network = (await report.column('IP')).find((ip) => ip.includes('.'))?.split('.').slice(0, 2).join('.');
  await page.goto('/reports/events/audit-tracking');
  await report.loaded();
  await report.addFilter('IP', null, (editor) => editor.getByLabel('Addresses or networks, one per line').fill(`${network}.0.0/16`));
  await expect(report.chips).toContainText([`IP is ${network}.0.0/16`]);
  await report.everyRow('IP', (ip) => ip.startsWith(`${network}.`));
});

test('an address that is none is refused in words, and the editor stays', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('audit-tracking');
  await report.addFilter('IP', null, (editor) => editor.getByLabel('Addresses or networks, one per line').fill('10.0.0.0/99'));
  await expect(report.filters.getByRole('alert')).toContainText('"10.0.0.0/99" is not an IP address or network');
  await expect(report.chips).toHaveCount(0);
});

test('yes or no is filtered by one of the two', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('audit-tracking');
  await report.addFilter('Change', null, (editor) => editor.getByRole('radio', { name: 'Yes' }).check());
  await expect(report.chips).toContainText(['Change is yes']);
  await report.everyRow('Change', (change) => change.toLowerCase() === 'yes');
});

test('a missing value is filtered for', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  await report.addFilter('Governance ID', 'is empty', async () => {});
  await expect(report.chips).toContainText(['Governance ID is empty']);
  await report.everyRow('Governance ID', (id) => id === '–' || id.endsWith('none'));
});

test('a range of time is chosen from the presets', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  await page.getByRole('button', { name: 'Time range: All time' }).click();
  await report.filters.getByRole('button', { name: 'Last 7 days' }).click();
  await expect(page.getByRole('button', { name: 'Time range: Last 7 days' })).toBeVisible();
  await expect(page).toHaveURL(/time=last-7-days/);
  await report.header('Date').getByRole('button').click();
  await expect(report.header('Date')).toHaveAttribute('aria-sort', 'ascending');
  const weekAgo = Date.now() - 8 * 24 * 3600 * 1000;
  await report.everyRow('Date', (date) => Date.parse(`${date.replace(' ', 'T')}-03:00`) > weekAgo);
});

test('a range of time is given by its ends, on the clock of the page', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  const day = new Date(Date.now() - 20 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await page.getByRole('button', { name: 'Time range: All time' }).click();
  await expect(page.getByText('On the clock of America/Sao_Paulo.')).toBeVisible();
  await report.filters.getByLabel('From').fill(`${day}T08:00`);
  await report.filters.getByLabel('Until, not included').fill(`${day}T18:30`);
  await report.filters.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('button', { name: `Time range: ${day} 08:00 – ${day} 18:30` })).toBeVisible();
  await report.everyRow('Date', (date) => date >= `${day} 08:00:00` && date < `${day} 18:30:00`);
});

test('a range that ends before it starts is refused in words', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  await page.getByRole('button', { name: 'Time range: All time' }).click();
  await report.filters.getByLabel('From').fill('2026-11-02T00:00');
  await report.filters.getByLabel('Until, not included').fill('2026-11-01T00:00');
  await report.filters.getByRole('button', { name: 'Apply' }).click();
  await expect(report.filters.getByRole('alert')).toContainText('The end of a time range must be later than its start.');
});

test('the search box looks into all text while the reader types', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  // The name of no server stands in a row of another device; that of a cloud project is part of account names elsewhere.
  const device = (await report.column('Device')).find((name) => name.startsWith('srv-')) ?? '';
  await page.getByRole('searchbox', { name: 'Search in Password view' }).pressSequentially(device);
  await expect(page).toHaveURL(/[?&]q=/);
  await expect.poll(async () => new Set(await report.column('Device')).size, 'only this device is left').toBe(1);
  await report.everyRow('Device', (name) => name === device);
  await report.filters.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByRole('searchbox')).toHaveValue('');
  await expect.poll(async () => new Set(await report.column('Device')).size).toBeGreaterThan(1);
});

test('filters are changed, removed one by one, and cleared together', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation', 'status=Error&attempts.min=2&device.empty=no&zone=UTC');
  await expect(report.chips).toHaveCount(3);
  await report.chips.filter({ hasText: 'Status' }).getByTitle('Change this filter').click();
  await report.filters.getByRole('checkbox', { name: 'Error' }).uncheck();
  await report.filters.getByRole('checkbox', { name: 'Success' }).check();
  await report.filters.getByRole('button', { name: 'Change filter' }).click();
  await report.everyRow('Status', (status) => status === 'Success');
  await report.filters.getByRole('button', { name: /^Remove the filter Attempts/ }).click();
  await expect(report.chips).toHaveCount(2);
  await expect(page).not.toHaveURL(/attempts/);
  await report.filters.getByRole('button', { name: 'Clear' }).click();
  await expect(report.chips).toHaveCount(0);
  await expect(report.filters.getByRole('button', { name: 'Clear' })).toBeDisabled();
  await report.everyRow('Device', (device) => device !== '');
});
