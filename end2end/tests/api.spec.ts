import { reports } from '../support/report';
import { expect, test } from '../support/test';

test('the page leads to the documentation of the REST API, which lists the reports', async ({ page }) => {
  await page.goto('/reports/events/password-view');
  await page.getByRole('link', { name: 'API' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'REST API' })).toBeVisible();
  const contents = page.getByRole('navigation', { name: 'Contents' });
  for (const { key } of reports) {
    const link = contents.getByRole('link', { name: `GET /api/v1/reports/${key}`, exact: false }).first();
    await link.click();
    await expect(page.getByRole('heading', { level: 2, name: new RegExp(`/api/v1/reports/${key}`) }).first()).toBeInViewport();
  }
});

test('the session of the page reads a report, and its links walk from page to page', async ({ page }) => {
  await page.goto('/reports/events/password-view');
  const ids: string[] = [];
  const pages: string[] = [];
  let next: string | null = '/api/v1/reports/password-view?time=last-30-days&limit=100';
  for (let at = 0; at < 3 && next; at += 1) {
    pages.push(next);
    const answer = await page.request.get(next);
    expect(answer.status()).toBe(200);
    const body: { report: string; rows: { id: string }[]; next: string | null } = await answer.json();
    expect(body.report).toBe('password-view');
    expect(body.rows).toHaveLength(100);
    ids.push(...body.rows.map((row) => row.id));
    expect(answer.headers().link).toContain(`<${body.next}>; rel="next"`);
    next = body.next;
  }
  expect(new Set(ids).size).toBe(300);
  const back = await (await page.request.get(next ?? '')).json();
  const before = await (await page.request.get(back.previous)).json();
  expect(before.rows.map((row: { id: string }) => row.id)).toEqual(ids.slice(200));
  const one = await (await page.request.get(`/api/v1/reports/password-view/${ids[0]}`)).json();
  expect(one.id).toBe(ids[0]);
});

test.describe('signed out', () => {
  test.use({ role: 'nobody' });
  test('without a session the API answers with a problem document', async ({ request }) => {
    const answer = await request.get('/api/v1/reports/password-view');
    expect(answer.status()).toBe(401);
    expect(answer.headers()['content-type']).toContain('application/problem+json');
    expect((await answer.json()).detail).toContain('Sign in');
  });
});
