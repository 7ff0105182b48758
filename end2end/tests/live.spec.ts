import { type APIRequestContext, type Page } from '@playwright/test';
import { ReportPage } from '../support/report';
import { expect, run, test } from '../support/test';

/** Sends password views of a source of this test's own to the server, as another system does. */
async function send(request: APIRequestContext, token: string, ids: number[]) {
  const time = (id: number) => new Date(Date.now() - 300 * 24 * 3600 * 1000 + id * 1000).toISOString();
  const data = ids.map((id) => ({ report: 'password-view', source_id: String(id), time: time(id), user: `Reader ${id}`, device: 'hr-db' }));
  const answer = await request.post('/api/v1/events', { headers: { Authorization: `Bearer ${token}` }, data });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** A token that may send events of this source. */
const token = (source: string) => /vigia_\S+/.exec(run(['token', 'create', '--scope', 'write', '--source', source, source]))?.[0] ?? '';

test('rows that come in are announced, and come when they are asked for', async ({ page, request }) => {
  const key = token('live-e2e');
  await send(request, key, [1, 2, 3]);
  const report = new ReportPage(page);
  await report.open('password-view', 'source=live-e2e&zone=UTC');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await report.rows.nth(1).focus();
  const before = await report.column('User');
  await send(request, key, [4, 5]);
  const notice = page.getByRole('button', { name: '2 new rows' });
  await expect(notice).toBeVisible({ timeout: 20_000 });
  expect(await report.column('User')).toEqual(before);
  await expect(report.rows.nth(1)).toBeFocused();
  await page.screenshot({ path: 'test-results/screens/new-rows.png', animations: 'disabled' });
  await notice.click();
  await expect(report.rows).toHaveCount(5);
  await expect(notice).toBeHidden();
});

test('the windows of a browser share one stream, however many there are', async ({ page, context, request }) => {
  const key = token('windows-e2e');
  await send(request, key, [1]);
  let streams = 0;
  context.on('request', (asked) => {
    if (asked.url().endsWith('/api/v1/live')) streams += 1;
  });
  // Over HTTP/1.1 a browser has six connections to a server.
  const [first, ...others] = [...(await Promise.all([1, 2, 3, 4, 5, 6].map(() => context.newPage()))), page];
  const live = async (one: Page) => {
    await new ReportPage(one).open('password-view', 'source=windows-e2e&zone=UTC');
    await expect(one.getByText('Live', { exact: true })).toBeVisible();
  };
  await live(first);
  for (const one of others) await live(one);
  await send(request, key, [2, 3]);
  for (const one of [first, ...others]) await expect(one.getByRole('button', { name: '2 new rows' })).toBeVisible({ timeout: 20_000 });
  expect(streams).toBe(1);
  // The window that has the stream goes, and another one has it.
  await first.close();
  await expect.poll(() => streams).toBe(2);
  await send(request, key, [4]);
  for (const one of others) await expect(one.getByRole('button', { name: '3 new rows' })).toBeVisible({ timeout: 20_000 });
});

test('where a browser has no locks, each window has a stream', async ({ page, context, request }) => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  const key = token('lockless-e2e');
  await send(request, key, [1]);
  const other = await context.newPage();
  for (const one of [page, other]) {
    await new ReportPage(one).open('password-view', 'source=lockless-e2e&zone=UTC');
    await expect(one.getByText('Live', { exact: true })).toBeVisible();
  }
  await send(request, key, [2]);
  for (const one of [page, other]) await expect(one.getByRole('button', { name: '1 new row' })).toBeVisible({ timeout: 20_000 });
});

test('where the stream does not come through, the page asks every few seconds, and says so', async ({ page, request, provoked }) => {
  provoked.push(/ERR_FAILED|live/);
  await page.route('**/api/v1/live', (route) => route.abort());
  const key = token('polled-e2e');
  await send(request, key, [1]);
  const report = new ReportPage(page);
  await report.open('password-view', 'source=polled-e2e&zone=UTC');
  await expect(page.getByText('Every 5 s', { exact: true })).toBeVisible({ timeout: 15_000 });
  await send(request, key, [2]);
  await expect(page.getByRole('button', { name: '1 new row' })).toBeVisible({ timeout: 20_000 });
});

test('what is tried is announced where the last attempt comes first', async ({ page, request }) => {
  const key = token('tried-e2e');
  const send = async (id: number, minutes: number) => {
    const [time, last_attempt] = [0, minutes].map((later) => new Date(Date.now() - 350 * 24 * 3600 * 1000 + later * 60_000).toISOString());
    const data = [{ report: 'password-operation', source_id: String(id), time, last_attempt, device: `srv-tried-${id}`, status: 'Success', operation: 'Change password', attempts: 1 }];
    const answer = await request.post('/api/v1/events', { headers: { Authorization: `Bearer ${key}` }, data });
    expect(answer.status(), await answer.text()).toBe(200);
  };
  await send(1, 10);
  await send(2, 20);
  const report = new ReportPage(page);
  await report.open('password-operation', 'status.not=Scheduled&status.not=Awaiting%20approval&source=tried-e2e&sort=-last_attempt&zone=UTC');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  expect(await report.column('Device')).toEqual(['srv-tried-2', 'srv-tried-1']);
  await send(3, 30);
  await expect(page.getByRole('button', { name: '1 new row' })).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: '1 new row' }).click();
  await expect.poll(() => report.column('Device')).toEqual(['srv-tried-3', 'srv-tried-2', 'srv-tried-1']);
});

test('only the first page announces new rows', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'zone=UTC');
  await report.turn('Next');
  await report.loaded();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: /new rows?$/ })).toHaveCount(0);
});
