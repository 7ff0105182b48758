import { ReportPage, reports } from '../support/report';
import { expect, test } from '../support/test';
import { shots } from '../support/themes';

const PLANS = ['Scheduled', 'Awaiting approval'];

test.describe('the ready views of Password operation', () => {
  test('the report opens on what happened lately, and says so in its address', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation');
    await expect(report.view('Activity')).toHaveAttribute('aria-current', 'page');
    await expect(page).toHaveURL(/status\.not=Scheduled&status\.not=Awaiting%20approval.*sort=-last_attempt/);
    await expect(report.chips).toHaveText([/Status is not Scheduled or Awaiting approval/]);
    await expect(report.header('Last attempt')).toHaveAttribute('aria-sort', 'descending');
    expect((await report.column('Status')).filter((status) => PLANS.includes(status))).toEqual([]);
    const attempts = await report.column('Last attempt');
    expect(attempts).toEqual([...attempts].sort().reverse());
    const newest = Date.parse(`${attempts[0].replace(' ', 'T')}-03:00`);
    expect(newest, 'nothing of next week').toBeLessThanOrEqual(Date.now());
    expect(newest, 'and nothing of last month').toBeGreaterThan(Date.now() - 7 * 24 * 3600 * 1000);
    await expect(report.filters.getByRole('button', { name: 'Clear' }), 'the view itself is not a filter of the reader').toBeDisabled();
  });

  test('plans are one tab away, what is due next first', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation');
    await report.view('Planned').click();
    await expect(report.view('Planned')).toHaveAttribute('aria-current', 'page');
    await expect(report.view('Activity')).not.toHaveAttribute('aria-current');
    await report.everyRow('Status', (status) => PLANS.includes(status));
    const dates = await report.column('Schedule date');
    expect(dates).toEqual([...dates].sort());
    await page.goBack();
    await expect(report.view('Activity')).toHaveAttribute('aria-current', 'page');
  });

  test('another view keeps zone, columns, page size and what the reader filters by', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', 'columns=id,device,status&limit=100');
    await page.getByLabel('Time zone').selectOption('UTC');
    await report.addFilter('Device', 'starts with', (editor) => editor.getByLabel('Text').fill('srv'));
    await report.loaded();
    await report.view('Planned').click();
    await expect(page).toHaveURL(/zone=UTC/);
    await expect(page).toHaveURL(/columns=id,device,status/);
    await expect(page).toHaveURL(/limit=100/);
    await expect(report.chips).toHaveText([/Status is Scheduled or Awaiting approval/, /Device starts with srv/]);
    await report.everyRow('Device', (device) => device.startsWith('srv'));
    await report.view('All').click();
    await expect(report.chips).toHaveText([/Device starts with srv/]);
    await expect(report.view('All')).toHaveAttribute('aria-current', 'page');
  });

  test('"Clear" leads back to the view, and taking its own filter away to all rows', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation');
    await report.addFilter('Status', null, (editor) => editor.getByRole('checkbox', { name: 'Error' }).check());
    await report.everyRow('Status', (status) => status === 'Error');
    await expect(report.view('Activity')).toHaveAttribute('aria-current', 'page');
    await report.filters.getByRole('button', { name: 'Clear' }).click();
    await expect(report.chips).toHaveText([/Status is not/]);
    await expect(report.view('Activity')).toHaveAttribute('aria-current', 'page');
    await report.filters.getByRole('button', { name: /^Remove the filter Status/ }).click();
    await expect(report.view('All')).toHaveAttribute('aria-current', 'page');
    await expect(report.chips).toHaveCount(0);
  });

  test('a link with filters, and one with a zone, are taken as they are', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation', 'status=Error');
    await expect(report.chips).toHaveText([/Status is Error/]);
    await report.open('password-operation', 'zone=UTC');
    await expect(report.chips).toHaveCount(0);
    await expect(report.view('All')).toHaveAttribute('aria-current', 'page');
  });

  test('the views are reached with the keyboard', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation');
    await report.view('Activity').focus();
    await page.keyboard.press('Tab');
    await expect(report.view('Planned')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(report.view('Planned')).toHaveAttribute('aria-current', 'page');
    await expect(report.view('Planned')).toBeFocused();
    await report.everyRow('Status', (status) => PLANS.includes(status));
  });
});

test('what is unusual about views is one click away', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=date,risk,user,unusual_credential&zone=UTC');
  await expect(report.view('All')).toHaveAttribute('aria-current', 'page');
  await report.view('With risk').click();
  await expect(page).toHaveURL(/risk\.min=50/);
  await expect(report.view('With risk')).toHaveAttribute('aria-current', 'page');
  await report.everyRow('Risk', (risk) => Number(risk) >= 50);
  await report.view('Unusual credential').click();
  await expect(page).toHaveURL(/unusual_credential=yes/);
  await report.everyRow('Unusual credential', (is) => is === 'Yes');
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await shots(page, width, 'password-view-tabs');
    expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width of the page').toBeLessThanOrEqual(width);
  }
});

test('people are told from services and the system, and all rows come first', async ({ page }) => {
  const report = new ReportPage(page);
  for (const { key, column } of [{ key: 'password-view', column: 'user' }, { key: 'audit-tracking', column: 'operation' }]) {
    await report.open(key, `columns=date,${column},actor_kind&zone=UTC`);
    await expect(report.view('All')).toHaveAttribute('aria-current', 'page');
    await report.view('People').click();
    await expect(report.view('People')).toHaveAttribute('aria-current', 'page');
    await report.everyRow('Actor kind', (kind) => kind !== 'Service' && kind !== 'System');
    await report.open(key, `columns=date,${column},actor_kind&actor_kind=Service&zone=UTC`);
    await report.everyRow('Actor kind', (kind) => kind === 'Service');
  }
});

test('what is asked for again and again is one click away', async ({ page }) => {
  const report = new ReportPage(page);
  for (const { key, view, column, holds } of [
    { key: 'password-operation', view: 'Awaiting approval', column: 'Status', holds: (status: string) => status === 'Awaiting approval' },
    { key: 'password-view', view: 'Emergency access', column: 'Emergency access', holds: (is: string) => is === 'Yes' },
    { key: 'password-view', view: 'No governance ID', column: 'Governance ID', holds: (id: string) => id.startsWith('–') },
    { key: 'audit-tracking', view: 'Refused sign-ins', column: 'Operation', holds: (operation: string) => operation === 'Login failed' },
    { key: 'audit-tracking', view: 'Changes of permissions', column: 'Entity', holds: (entity: string) => /group|role|policy/i.test(entity) },
  ]) {
    await report.open(key, key === 'password-view' ? 'columns=date,governance_id,emergency&zone=UTC' : '');
    await report.view(view).click();
    await expect(report.view(view)).toHaveAttribute('aria-current', 'page');
    await report.everyRow(column, holds);
  }
});

test('a report without views of its own opens on all its rows, and has no tabs', async ({ page }) => {
  const report = new ReportPage(page);
  for (const { key } of reports.filter(({ key }) => !['password-operation', 'password-view', 'audit-tracking'].includes(key))) {
    await report.open(key);
    await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link')).toHaveCount(0);
    await expect(report.chips).toHaveCount(0);
  }
});
