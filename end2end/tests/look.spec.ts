import type { Page } from '@playwright/test';
import { ReportPage, reports } from '../support/report';
import { expect, test } from '../support/test';
import { shots } from '../support/themes';

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

/** Nothing of the page is cut off or has to be scrolled to sideways; a table scrolls within itself. */
async function fits(page: Page, width: number) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width of the page').toBeLessThanOrEqual(width);
  const main = page.getByRole('main');
  expect(await main.evaluate((element) => element.scrollWidth - element.clientWidth), 'what main hides at its right').toBeLessThanOrEqual(0);
}

/** What the server says while it has so many percent of the index: which kind of error, that no field is at fault, and a sentence. */
function notYet(percent: number): Buffer {
  const sentence = Buffer.from(`The index is being prepared (${percent}%), and this question needs it. Rows by time can be read already; try this again in a moment.`);
  return Buffer.concat([Buffer.from([5, 0, (sentence.length & 127) | 128, sentence.length >> 7]), sentence]);
}

for (const { width, height } of sizes) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height }, colorScheme: 'light' });
    const shot = (page: Page, name: string) => shots(page, width, name);

    test(`every report and its details fit ${width} px`, async ({ page }) => {
      const report = new ReportPage(page);
      for (const { key } of reports) {
        await report.open(key, 'time=last-30-days');
        await fits(page, width);
        await shot(page, key);
      }
      await report.open('password-operation', 'status=Error&attempts.min=2');
      await report.openRow(1);
      await fits(page, width);
      await shot(page, 'details');
      await page.keyboard.press('Escape');
      await report.filters.getByRole('button', { name: 'Add filter', expanded: false }).click();
      await fits(page, width);
      await shot(page, 'filter-editor');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Columns' }).click();
      await fits(page, width);
      await shot(page, 'columns');
    });

    test(`what is shown instead of rows fits ${width} px`, async ({ page, provoked }) => {
      provoked.push(/ERR_FAILED/);
      await page.goto('/reports/events/password-view?user=nobody-of-this-name');
      await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
      await fits(page, width);
      await shot(page, 'empty');
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      await page.route('**/fn/report_page', async (route) => {
        await held;
        await route.abort();
      });
      await page.goto('/reports/events/password-view');
      await expect(page.getByRole('region', { name: 'Password view, rows' })).toHaveAttribute('aria-busy', 'true');
      await fits(page, width);
      await shot(page, 'loading');
      release();
      await expect(page.getByRole('heading', { name: 'The server cannot be reached' })).toBeVisible();
      await fits(page, width);
      await shot(page, 'error');
      await page.unroute('**/fn/report_page');
      await page.getByRole('button', { name: 'Retry' }).click();
      await new ReportPage(page).loaded();
      await page.goto('/account');
      await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
      await fits(page, width);
      await shot(page, 'account');
    });

    test(`while the index is being prepared, that is said on ${width} px, and what was asked comes by itself`, async ({ page, provoked }) => {
      provoked.push(/503/);
      let prepared = 43;
      await page.route('**/fn/report_page', (route) => (prepared < 100 ? route.fulfill({ status: 503, body: notYet(prepared) }) : route.continue()));
      await page.route('**/fn/report_summary', async (route) => {
        const response = await route.fetch();
        const summary = await response.body();
        // An exact count begins with 0 and the number, seven bits a byte; how many seconds the index is behind comes last.
        const rest = summary.subarray(1 + summary.subarray(1).findIndex((byte) => byte < 128) + 1, -1);
        if (prepared < 100) await route.fulfill({ response, body: Buffer.concat([Buffer.from([1, prepared]), rest, Buffer.from([0])]) });
        else if (prepared === 100) await route.fulfill({ response, body: Buffer.concat([summary.subarray(0, -1), Buffer.from([12])]) });
        else await route.continue();
      });
      const report = new ReportPage(page);
      await page.goto('/reports/events/audit-tracking?sort=user');
      const trouble = page.getByRole('main').getByRole('alert');
      await expect(trouble).toContainText('being prepared (43%)');
      await expect(page.getByText('Being prepared: 43%')).toBeVisible();
      await fits(page, width);
      await shot(page, 'being-prepared');
      // A reader who is about to press the button keeps it while the number changes.
      await trouble.getByRole('button', { name: 'Retry' }).focus();
      prepared = 71;
      await expect(trouble).toContainText('being prepared (71%)');
      await expect(page.getByText('Being prepared: 71%')).toBeVisible();
      await expect(trouble.getByRole('button', { name: 'Retry' })).toBeFocused();
      prepared = 100;
      await report.loaded();
      await expect(page.getByText('Being prepared')).toBeHidden();
      await expect(page.getByText('12 s behind')).toBeVisible();
      await fits(page, width);
      await shot(page, 'behind');
    });

    test.describe('signed out', () => {
      test.use({ role: 'nobody' });
      test(`signing in fits ${width} px`, async ({ page }) => {
        await page.goto('/sign-in');
        await expect(page.getByLabel('Username')).toBeFocused();
        await fits(page, width);
        await shot(page, 'sign-in');
      });
    });
  });
}

for (const width of [1440, 1024, 800]) {
  test(`the filter editor opens inside a window of ${width} px, however many filters there are`, async ({ page }) => {
    await page.setViewportSize({ width, height: 768 });
    const report = new ReportPage(page);
    for (const search of ['', 'status=Error&attempts.min=2&device.empty=no', 'status=Error&status=Success&attempts.min=2&device.empty=no&requester.empty=no']) {
      await report.open('password-operation', search);
      await report.filters.getByRole('button', { name: 'Add filter', expanded: false }).click();
      await expect(report.filters.getByRole('button', { name: 'Add this filter' })).toBeInViewport({ ratio: 1 });
      await fits(page, width);
    }
  });
}

test('dark and light are switched by hand, and stay so', async ({ page }) => {
  const report = new ReportPage(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await report.open('performed-backups');
  const light = await background();
  await page.getByLabel('Theme').selectOption('Dark theme');
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  await report.loaded();
  expect(await background()).toBe(dark);
  await page.getByLabel('Theme').selectOption('Light theme');
  await expect.poll(background).toBe(light);
});

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test('the menu is a sheet, and the table is used by touch', async ({ page }) => {
    const report = new ReportPage(page);
    await report.open('password-operation');
    await expect(page.getByRole('navigation', { name: 'Reports' })).toBeHidden();
    await page.getByRole('button', { name: 'Menu', exact: true }).tap();
    const sheet = page.getByRole('dialog', { name: 'Menu' });
    await sheet.getByRole('link', { name: 'Password view' }).tap();
    await expect(sheet).toBeHidden();
    await expect(page.getByRole('heading', { level: 1, name: 'Password view' })).toBeVisible();
    await report.loaded();
    await report.rows.nth(1).getByRole('button', { name: 'Details' }).tap();
    await expect(report.details).toBeInViewport({ ratio: 0.9 });
    await report.details.getByRole('button', { name: 'Close details' }).tap();
    await expect(report.details).toBeHidden();
    await report.turn('Next');
    await expect(page).toHaveURL(/cursor=/);
  });
});

test('the screenshot of the documentation', async ({ page }) => {
  test.skip(!process.env.UPDATE_SCREENSHOT, 'written only when UPDATE_SCREENSHOT=1');
  await page.emulateMedia({ colorScheme: 'light' });
  const report = new ReportPage(page);
  await report.open('password-view', 'reason=Incident&user.contains=br&time=last-30-days&zone=UTC');
  await report.openRow(2);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: '../docs/screenshot.png', animations: 'disabled' });
});
