import { ReportPage, reports } from '../support/report';
import { expect, test } from '../support/test';

/** The columns of the mission in its order; behind them what is shown besides. */
const MISSION = {
  'password-operation': ['Origin IP', 'Device', 'Credential type', 'Status', 'Operation', 'Schedule date', 'Execution date', 'Last attempt', 'Attempts', 'Requester'],
  'password-view': ['Date', 'Operation', 'User', 'IP', 'Credential type', 'Device', 'Username', 'Reason', 'Governance ID', 'Justification', 'Message', 'Origin'],
  'performed-backups': ['Type', 'Reason', 'Start', 'End', 'Requested by', 'Status', 'Size'],
  'audit-tracking': ['Operation', 'Entity', 'Entity name', 'Origin', 'User', 'Username', 'IP', 'Change', 'Date/Time', 'Source'],
};

test('the reports of the mission have its columns in its order', () => {
  const columns = new Map(reports.map((report) => [report.key, report.columns]));
  for (const [key, mission] of Object.entries(MISSION)) expect(columns.get(key), key).toEqual(mission);
});

for (const { key, title, columns } of reports) {
  test(`${title} shows its columns, rows and a count`, async ({ page }) => {
    const report = new ReportPage(page);
    await report.open(key);
    await expect(page).toHaveTitle(`${title} · Vigia`);
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Where you are' })).toHaveText(new RegExp(`^Reports\\W*Events\\W*${title}$`));
    await expect(page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: title })).toHaveAttribute('aria-current', 'page');
    expect(await report.labels()).toEqual(columns);
    await expect(report.rows).toHaveCount(30);
    await expect(page.getByText(/^[\d,]+\+? rows/)).toBeVisible();
    await expect(page.getByText(/newest .+ ago/)).toBeVisible();
  });
}

test('the menu leads to every report', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation');
  const menu = page.getByRole('navigation', { name: 'Reports' });
  for (const { title } of [...reports].reverse()) {
    await menu.getByRole('link', { name: title }).click();
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await report.loaded();
  }
  expect(await menu.getByRole('listitem').allInnerTexts()).toEqual(['Behavior', 'Password changes', 'Credentials to change', ...reports.map(({ title }) => title), 'Timeline', 'Review']);
});

test('paging goes through three pages without a row twice, and back', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=id,date,user&zone=UTC');
  const button = (name: string) => report.pages.getByRole('button', { name });
  await expect(button('First')).toBeDisabled();
  await expect(button('Previous')).toBeDisabled();
  const seen: string[][] = [];
  for (let at = 0; at < 3; at += 1) {
    seen.push(await report.column('ID'));
    await report.turn('Next');
    await expect.poll(async () => (await report.column('ID'))[0]).not.toBe(seen[at][0]);
    await report.loaded();
  }
  const all = seen.flat();
  expect(all).toHaveLength(90);
  expect(new Set(all).size).toBe(90);
  expect(all, 'newest first, also from page to page').toEqual([...all].sort().reverse());
  await report.turn('Previous');
  await expect.poll(() => report.column('ID')).toEqual(seen[2]);
  await report.turn('Previous');
  await expect.poll(() => report.column('ID')).toEqual(seen[1]);
  await report.turn('First');
  await expect.poll(() => report.column('ID')).toEqual(seen[0]);
  await expect(button('First')).toBeDisabled();
});

test('a page has as many rows as the reader chooses', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  const size = report.pages.getByLabel('Rows per page');
  await expect(size).toHaveValue('30');
  for (const rows of ['500', '100', '30']) {
    await size.selectOption(rows);
    await expect(report.rows).toHaveCount(Number(rows));
    await expect(page).toHaveURL(rows === '30' ? /^(?!.*limit=)/ : new RegExp(`limit=${rows}`));
  }
});

test('a click on a header sorts, and a second one turns the order round', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  await expect(report.header('Date')).toHaveAttribute('aria-sort', 'descending');
  await expect(report.header('User')).toHaveAttribute('aria-sort', 'none');
  const sort = report.header('User').getByRole('button');
  await sort.click();
  await expect(report.header('User')).toHaveAttribute('aria-sort', 'ascending');
  await expect(report.header('Date')).toHaveAttribute('aria-sort', 'none');
  await report.loaded();
  const ascending = await report.column('User');
  await sort.click();
  await expect(report.header('User')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await report.column('User'))[0]).not.toBe(ascending[0]);
});

test('a header is sorted with the keyboard', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-operation');
  const sort = report.header('Attempts').getByRole('button');
  await sort.focus();
  await page.keyboard.press('Enter');
  await expect(report.header('Attempts')).toHaveAttribute('aria-sort', 'descending');
  await expect(sort).toBeFocused();
  const numbers = async () => (await report.column('Attempts')).map(Number);
  await expect.poll(async () => (await numbers())[0]).toBeGreaterThan(1);
  const most = await numbers();
  expect(most).toEqual([...most].sort((one, other) => other - one));
  await page.keyboard.press('Space');
  await expect(report.header('Attempts')).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(async () => (await numbers())[0]).toBeLessThan(most[0]);
});

for (const { key, title, columns } of reports) {
  test(`every column of ${title} sorts`, async ({ page }) => {
    const report = new ReportPage(page);
    await report.open(key);
    for (const label of columns) {
      await report.header(label).getByRole('button').click();
      await expect(report.header(label)).toHaveAttribute('aria-sort', /ending$/);
      await report.loaded();
      await expect(report.rows).toHaveCount(30);
    }
  });
}

test('where nothing matches, the page says so and offers the way out', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view');
  await page.goto('/reports/events/password-view?user=nobody-of-this-name&time=last-30-days');
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
  await expect(page.getByText(/^0 rows/)).toBeVisible();
  await report.region.getByRole('button', { name: 'Clear' }).click();
  await report.loaded();
  await expect(report.rows).toHaveCount(30);
  await expect(report.chips).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Time range: All time' })).toBeVisible();
});

for (const [what, search, sentence, way] of [
  ['a column that is not there', 'sort=-colour', /colour.*is not a column of Password view/, 'Remove sort'],
  ['a filter that is not there', 'colour=red', /colour.*is not a parameter of Password view/, 'Remove colour'],
  ['a value that cannot be', 'ip=10.0.0.999', /10\.0\.0\.999.*is not an IP address or network/, 'Remove ip'],
  ['a page size that cannot be', 'limit=100000', /100000.*is not a page size/, 'Remove limit'],
  ['a cursor that was tampered with', 'cursor=AAAA', /cursor/i, 'Go to the first page'],
] as const) {
  test(`an address with ${what} is explained, and the way out works`, async ({ page, provoked }) => {
    provoked.push(/status of 400/);
    const report = new ReportPage(page);
    await page.goto(`/reports/events/password-view?zone=UTC&${search}`);
    await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
    await page.getByRole('button', { name: way }).click();
    await report.loaded();
    await expect(report.rows).toHaveCount(30);
  });
}

test('an address of nothing says so within the frame', async ({ page }) => {
  for (const path of ['/reports/events/nothing', '/nowhere']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: 'There is no such page' })).toBeVisible();
  }
  await page.getByRole('link', { name: 'Go to the reports' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Password operation' })).toBeVisible();
});
