import type { APIRequestContext, Page } from '@playwright/test';
import { violations } from '../support/axe';
import { ReportPage } from '../support/report';
import { expect, sessionOf, test } from '../support/test';
import { inDark, shots } from '../support/themes';

const BASE = 'http://127.0.0.1';

/** The views of a report of the name that a test gives its own, removed: others have the report for themselves. */
async function tidy(request: APIRequestContext, begins: string) {
  const views = (await (await request.get('/api/v1/views')).json()) as { id: string; name: string; changes: boolean }[];
  for (const { id } of views.filter(({ name, changes }) => changes && name.startsWith(begins))) await request.delete(`/api/v1/views/${id}`);
}

const menu = (page: Page) => page.locator('.views-menu .popover > button');

test.describe('a saved view', () => {
  test.use({ colorScheme: 'light' });

  test('is kept as it is on the screen, has a tab, is changed and removed, all with the keyboard', async ({ page, request, provoked }) => {
    provoked.push(/400 \(Bad Request\)/);
    await tidy(request, 'Key');
    const report = new ReportPage(page);
    await report.open('audit-tracking', 'operation=Creation&sort=user&columns=date,user,operation&zone=UTC');
    await menu(page).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save what is on the screen' }).focus();
    await page.keyboard.press('Enter');
    const form = page.getByRole('form', { name: 'New view' });
    await expect(form.getByLabel('Name')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(form.getByRole('alert').filter({ hasText: 'Give it a name' })).toBeVisible();
    await expect(form.getByLabel('Name')).toBeFocused();
    await page.keyboard.type('Key creations');
    await page.keyboard.press('Tab');
    await page.keyboard.type('By user, in UTC.');
    await page.keyboard.press('Enter');
    await expect(menu(page)).toBeFocused();
    const tab = report.view('Key creations');
    await expect(tab).toHaveAttribute('aria-current', 'page');
    await expect(report.view('All'), 'one tab is where the reader is').not.toHaveAttribute('aria-current');
    await report.view('All').click();
    await report.loaded();
    await report.open('audit-tracking', 'zone=UTC');
    await expect(tab).not.toHaveAttribute('aria-current');
    await tab.click();
    await report.everyRow('Operation', (operation) => operation === 'Creation');
    expect(await report.labels()).toEqual(['Date/Time', 'User', 'Operation']);
    // What is on the screen takes the place of what the view asked.
    await report.open('audit-tracking', 'operation=Deletion&zone=UTC');
    await menu(page).press('Enter');
    await page.getByRole('button', { name: 'Change the view Key creations' }).press('Enter');
    const change = page.getByRole('form', { name: 'Change of the view' });
    await expect(change.getByLabel('Name')).toHaveValue('Key creations');
    await change.getByLabel('Name').fill('Key deletions');
    await change.getByLabel('Shared with').selectOption('Everybody');
    await change.getByRole('checkbox', { name: /Replace its filters/ }).press('Space');
    await change.getByRole('button', { name: 'Save the view' }).press('Enter');
    await expect(report.view('Key deletions')).toHaveAttribute('aria-current', 'page');
    await menu(page).press('Enter');
    await page.getByRole('button', { name: 'Change the view Key deletions' }).press('Enter');
    await page.getByRole('button', { name: 'Remove the view' }).press('Enter');
    await page.getByRole('button', { name: 'Remove it' }).press('Enter');
    await expect(report.view('Key deletions')).toHaveCount(0);
    await expect(menu(page)).toBeFocused();
  });

  test('is seen by whom it is shared with, who open the report with it and follow its link', async ({ page, request, browser, baseURL }) => {
    await tidy(request, 'Shared');
    const saved = await request.post('/api/v1/views', {
      data: { name: 'Shared sign-ins', report: 'audit-tracking', query: 'operation=Login', shared: 'manager', description: 'Who came.' },
    });
    const { id } = (await saved.json()) as { id: string };
    const context = await browser.newContext({ storageState: sessionOf('manager'), baseURL: baseURL ?? BASE });
    try {
      const other = await context.newPage();
      const report = new ReportPage(other);
      await other.goto(`/reports/view?id=${id}`);
      await report.loaded();
      await expect(other).toHaveURL(/\/reports\/events\/audit-tracking\?operation=Login&zone=/);
      await report.everyRow('Operation', (operation) => operation === 'Login');
      await menu(other).click();
      await expect(other.getByRole('list', { name: 'Saved views' })).toContainText('of auditor');
      await expect(other.getByRole('button', { name: 'Change the view Shared sign-ins' }), 'it is not theirs').toHaveCount(0);
      await other.getByRole('button', { name: 'Open the report with Shared sign-ins' }).click();
      await expect(other.getByRole('button', { name: 'Open the report with Shared sign-ins' })).toHaveAttribute('aria-pressed', 'true');
      await report.open('audit-tracking');
      await expect(report.chips).toHaveText([/Operation is Login/]);
      await menu(other).click();
      await other.getByRole('button', { name: 'Open the report with Shared sign-ins' }).click();
      await expect(other.getByRole('button', { name: 'Open the report with Shared sign-ins' })).toHaveAttribute('aria-pressed', 'false');
      await report.open('audit-tracking');
      await expect(report.chips).toHaveCount(0);
    } finally {
      await context.close();
      await tidy(request, 'Shared');
    }
  });

  test('whose link leads nowhere says so', async ({ page, provoked }) => {
    provoked.push(/404 \(Not Found\)/);
    await page.goto('/reports/view?id=gone');
    await expect(page.getByRole('alert')).toContainText('There is no view "gone", or it is not shared with you.');
    expect(await violations(page)).toEqual([]);
  });

  test('that there is no room for is in the menu, and nothing moves when the saved ones come', async ({ page, request }) => {
    test.slow();
    await tidy(request, 'Room');
    for (const number of [1, 2, 3, 4]) {
      await request.post('/api/v1/views', { data: { name: `Room ${number} <b>`, report: 'password-operation', query: `attempts.min=${number}` } });
    }
    try {
      const report = new ReportPage(page);
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto('about:blank');
        await page.goto('/reports/events/password-operation?zone=UTC');
        const top = () => page.getByRole('search').evaluate((search) => search.getBoundingClientRect().top);
        await expect(page.getByRole('search')).toBeVisible();
        const before = await top();
        await expect(menu(page)).toBeVisible();
        expect(await top(), `${width}: the filters stay where they are`).toBe(before);
        await menu(page).click();
        const list = page.getByRole('list', { name: 'Saved views' });
        await expect(list.getByRole('listitem')).toHaveCount(4);
        const away = page.getByRole('list', { name: 'Views that there is no room for' }).getByRole('link');
        const tabs = page.locator('.tabs > div > ul > li:not(.over) a');
        await expect.poll(async () => (await away.count()) + (await tabs.count()), `${width}: each view has one place`).toBe(9);
        const box = await menu(page).boundingBox();
        const last = await tabs.last().boundingBox();
        expect((last?.x ?? 0) + (last?.width ?? 0), `${width}: no tab is under the menu`).toBeLessThanOrEqual(box?.x ?? 0);
        expect(await violations(page), `${width}`).toEqual([]);
        if (width === 1440) expect(await inDark(page, () => violations(page, ['color-contrast']))).toEqual([]);
        await shots(page, width, 'saved-views');
        expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width of the page').toBeLessThanOrEqual(width);
        if (width === 390) {
          await away.filter({ hasText: 'Room 4 <b>' }).click();
          await report.loaded();
          await expect(page).toHaveURL(/attempts\.min=4/);
          await menu(page).click();
          await page.getByRole('button', { name: 'Change the view Room 4 <b>' }).click();
          expect(await violations(page)).toEqual([]);
          await shots(page, width, 'saved-view-form');
        }
      }
    } finally {
      await tidy(request, 'Room');
    }
  });
});
