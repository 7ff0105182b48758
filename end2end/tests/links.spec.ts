import { ReportPage } from '../support/report';
import { expect, sessionOf, test } from '../support/test';

/** Filters, range, sorting, columns, page size and a zone that is neither the reader's nor UTC. */
const SEARCH = 'reason=Incident&reason=Change&time=last-30-days&sort=user&columns=id,user,reason,date&limit=100&zone=Asia%2FTokyo';

/** What the reader sees that the address stands for. */
async function seen(report: ReportPage) {
  await report.loaded();
  return {
    labels: await report.labels(),
    ids: await report.column('ID'),
    dates: await report.column('Date'),
    chips: await report.chips.allInnerTexts(),
    sort: await report.header('User').getAttribute('aria-sort'),
    size: await report.pages.getByLabel('Rows per page').inputValue(),
    zone: await report.page.getByLabel('Time zone').inputValue(),
    range: await report.filters.getByRole('button', { name: /^Time range/ }).getAttribute('aria-label'),
  };
}

test('a link shows the same after a reload, and to a reader of another role', async ({ page, browser, baseURL }) => {
  const report = new ReportPage(page);
  await report.open('password-view', SEARCH);
  await report.turn('Next');
  await expect(page).toHaveURL(/cursor=/);
  await report.loaded();
  await report.openRow(2);
  const headline = await report.details.getByRole('heading', { level: 2 }).innerText();
  const before = await seen(report);
  expect(before).toMatchObject({ labels: ['ID', 'User', 'Reason', 'Date'], sort: 'ascending', size: '100', zone: 'Asia/Tokyo' });
  expect(before.range).toContain('Last 30 days');
  expect(before.ids).toHaveLength(100);

  await page.reload();
  expect(await seen(report)).toEqual(before);
  await expect(report.details.getByRole('heading', { level: 2 })).toHaveText(headline);

  const other = await browser.newContext({ baseURL, storageState: sessionOf('manager'), locale: 'pt-PT', timezoneId: 'Europe/Lisbon' });
  const theirs = new ReportPage(await other.newPage());
  await theirs.page.goto(page.url());
  expect(await seen(theirs)).toEqual(before);
  await expect(theirs.details.getByRole('heading', { level: 2 })).toHaveText(headline);
  await expect(theirs.page).toHaveURL(page.url());
  await other.close();
});

test('where the browser does not know its time zone, reports are in UTC', async ({ context }) => {
  for (const zone of ['Etc/Unknown', '+03:00', '']) {
    const page = await context.newPage();
    await page.addInitScript((timeZone) => {
      const resolved = Intl.DateTimeFormat.prototype.resolvedOptions;
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...resolved.call(this), timeZone };
      };
    }, zone);
    const report = new ReportPage(page);
    await report.open('password-view');
    await expect(page).toHaveURL(/[?&]zone=UTC/);
    const said = page.getByLabel('Time zone');
    await expect(said).toHaveValue('UTC');
    expect(await said.getByRole('option').allInnerTexts(), zone).toEqual(['UTC']);
    await page.close();
  }
});

test('back and forward go through what was done, step by step', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=id,user,date&zone=UTC');
  const steps = [{ url: page.url(), ids: await report.column('ID'), open: false }];
  const did = async (open = false) => {
    await expect(page).not.toHaveURL(steps[steps.length - 1].url);
    await report.loaded();
    steps.push({ url: page.url(), ids: await report.column('ID'), open });
  };
  await report.addFilter('User', 'contains', (editor) => editor.getByLabel('Text').fill('a'));
  await did();
  await report.header('User').getByRole('button').click();
  await did();
  await report.turn('Next');
  await did();
  await report.openRow(1);
  await did(true);
  const shows = async ({ url, ids, open }: (typeof steps)[number]) => {
    await expect(page).toHaveURL(url);
    await expect.poll(() => report.column('ID')).toEqual(ids);
    await expect(report.details).toBeVisible({ visible: open });
  };
  for (const step of steps.slice(0, -1).reverse()) {
    await page.goBack();
    await shows(step);
  }
  for (const step of steps.slice(1)) {
    await page.goForward();
    await shows(step);
  }
});

test('the zone is switched for the page and remembered for the next', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('performed-backups');
  await expect(page).toHaveURL(/zone=America(%2F|\/)Sao(_|%5F)Paulo/);
  const local = await report.column('Start');
  await page.getByLabel('Time zone').selectOption('UTC');
  await expect(page).toHaveURL(/zone=UTC/);
  const inUtc = local.map((start) => new Date(`${start.replace(' ', 'T')}-03:00`).toISOString().slice(0, 19).replace('T', ' '));
  await expect.poll(() => report.column('Start')).toEqual(inUtc);
  await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: 'Password view' }).click();
  await expect(page).toHaveURL(/password-view\?.*zone=UTC/);
});
