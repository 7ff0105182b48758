import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

test('on paper there are title, filters and table, and nothing to click', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'reason=Incident&time=last-30-days&zone=UTC');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('heading', { level: 1, name: 'Password view' })).toBeVisible();
  await expect(report.table).toBeVisible();
  await expect(page.getByText('Last 30 days (UTC); Reason is Incident')).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Reports' })).toBeHidden();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(report.filters).toBeHidden();
  await expect(report.pages).toBeHidden();
  const buttons = await page.getByRole('button').filter({ visible: true }).allInnerTexts();
  // The heads of the columns are buttons on the screen; on paper they are read.
  expect(buttons.map((text) => text.trim()).filter((text) => text)).toEqual((await report.labels()).filter((label) => label));
  await expect(report.rows).toHaveCount(30);
});

test('printing is a button, and the paper says when it was printed', async ({ page, provoked }) => {
  provoked.push(/ERR_FAILED|\.wasm|WebAssembly/);
  // Whoever prints at once does not wait for what the page loads later.
  await page.route(/tools.*\.wasm/, (route) => route.abort());
  await page.addInitScript(() => {
    window.print = () => {
      window.dispatchEvent(new Event('beforeprint'));
      document.title = 'printed';
    };
  });
  await new ReportPage(page).open('performed-backups');
  await page.getByRole('button', { name: 'Print' }).click();
  await expect(page).toHaveTitle('printed');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText(/Vigia, printed 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d \(America\/Sao_Paulo\)/)).toBeVisible();
});
