import { debugBinary, sessionCookie, startServer, vigia } from '../support/server.mjs';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

// A server of its own, without the events of the demo.
let server: Awaited<ReturnType<typeof startServer>>;
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  server = await startServer(debugBinary);
  vigia(debugBinary, server.database, ['demo', '--remove']);
});
test.afterAll(() => server.stop());
test.use({ role: 'nobody' });

test('a report without events says so, and a view without any says where they are', async ({ page, context }) => {
  const { name, value } = await sessionCookie(server.url, 'auditor', 'auditor-demo-2026');
  await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
  await page.goto(`${server.url}/reports/events/password-operation`);
  await expect(page.getByRole('heading', { name: 'No events yet' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No event matches' })).toHaveCount(0);

  const plan = { report: 'password-operation', source_id: 'p1', time: new Date(Date.now() + 864e5).toISOString(), device: 'srv-plan-1', status: 'Scheduled', operation: 'Change password' };
  vigia(debugBinary, server.database, ['import', '--format', 'vigia', '--source', 'plans', '-'], `${JSON.stringify(plan)}\n`);
  await page.goto(`${server.url}/reports/events/password-operation`);
  await expect(page.getByRole('heading', { name: 'Nothing under Activity' })).toBeVisible();
  const report = new ReportPage(page);
  await expect(report.filters.getByRole('button', { name: 'Clear' })).toBeDisabled();
  await page.screenshot({ path: 'test-results/screens/empty-view.png', animations: 'disabled' });
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(report.view('All')).toHaveAttribute('aria-current', 'page');
  await expect(report.rows).toHaveCount(1);
  await page.goto(`${server.url}/reports/events/password-operation?device=nobody&zone=UTC`);
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
  await page.goto(`${server.url}/reports/events/password-operation`);
  await report.view('Planned').click();
  await expect(report.rows).toHaveCount(1);
});
