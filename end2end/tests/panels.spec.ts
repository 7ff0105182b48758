import type { Locator, Page } from '@playwright/test';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';
import { shots } from '../support/themes';

/**
 * Every control inside of an open panel lies inside the panel, and a panel that floats lies inside the window. Where the panel is higher than the window leaves room for,
 * it is scrolled, fills that room, and what does not lie in it is reached by scrolling; sideways nothing is ever scrolled.
 */
async function whole(panel: Locator, what: string, floats = true) {
  await expect(panel, what).toBeVisible();
  const wrong = await panel.evaluate((panel: HTMLElement, floats: boolean) => {
    const found: string[] = [];
    const edge = panel.getBoundingClientRect();
    const inside = (rect: DOMRect, of: { left: number; right: number; top: number; bottom: number }) =>
      rect.left >= of.left - 0.5 && rect.right <= of.right + 0.5 && rect.top >= of.top - 0.5 && rect.bottom <= of.bottom + 0.5;
    const words = (element: Element) => `${element.tagName.toLowerCase()} ${element.getAttribute('name') ?? element.textContent?.trim().slice(0, 30)}`;
    if (!inside(edge, { left: 0, top: floats ? 0 : -Infinity, right: window.innerWidth, bottom: floats ? window.innerHeight : Infinity })) {
      found.push(`the panel lies at ${JSON.stringify(edge)} of ${window.innerWidth} x ${window.innerHeight}`);
    }
    const boxes = [panel, ...panel.querySelectorAll<HTMLElement>('*')].filter((box) => ['auto', 'scroll'].includes(getComputedStyle(box).overflowY));
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) found.push(`${words(box)} is ${box.scrollWidth - box.clientWidth} px wider than what is seen of it`);
      if (box.scrollHeight > box.clientHeight + 1 && box.clientHeight < 150) found.push(`${words(box)} is scrolled, and only ${box.clientHeight} px high`);
    }
    for (const control of panel.querySelectorAll('input, select, textarea, button, a')) {
      if (!control.getClientRects().length) continue;
      control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      const now = panel.getBoundingClientRect();
      const rect = control.getBoundingClientRect();
      if (!inside(rect, now)) found.push(`${words(control)} sticks out: ${rect.left}..${rect.right} of ${now.left}..${now.right}, ${rect.top}..${rect.bottom} of ${now.top}..${now.bottom}`);
      if (control.scrollWidth > control.clientWidth + 1 && control.matches('button, a')) found.push(`${words(control)} cuts its words off`);
    }
    panel.scrollTo(0, 0);
    return found;
  }, floats);
  expect.soft(wrong, what).toEqual([]);
}

for (const [width, height] of [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height }, colorScheme: 'light', role: 'admin' });
    const shot = (page: Page, name: string) => shots(page, width, name);

    test(`no panel of a report cuts off what it holds, ${width} px`, async ({ page }) => {
      const report = new ReportPage(page);
      // Enough rows to scroll, each of which can be restarted, whatever the day.
      await report.open('password-operation', 'status=Error&status=Success&device.starts=srv-db&operation=Change password&zone=UTC');
      const panel = page.locator('.popover-panel');
      const close = async () => {
        await page.keyboard.press('Escape');
        await expect(panel).toHaveCount(0);
      };

      await report.filters.getByRole('button', { name: /^Time range/ }).click();
      await whole(panel, 'time range');
      await shot(page, 'panel-range');
      await panel.getByRole('button', { name: 'Apply' }).click();
      await whole(panel, 'time range, with what is wrong');
      await close();

      const column = panel.getByRole('combobox', { name: 'Column', exact: true });
      for (const label of ['Origin IP', 'Status', 'Operation', 'Execution date', 'Attempts', 'Message']) {
        await report.filters.getByRole('button', { name: 'Add filter', expanded: false }).click();
        await column.selectOption(label);
        if (['Execution date', 'Attempts'].includes(label)) await panel.getByRole('combobox', { name: 'Condition' }).selectOption('is between');
        await whole(panel, `filter editor, ${label}`);
        await panel.getByRole('button', { name: 'Add this filter' }).click();
        await whole(panel, `filter editor, ${label}, with what is wrong`);
        if (label === 'Operation') await shot(page, 'panel-filter');
        await close();
      }

      await page.getByRole('button', { name: /^Columns/ }).click();
      await whole(panel, 'columns');
      await shot(page, 'panel-columns');
      await close();

      await page.getByRole('button', { name: /operations failed/ }).click();
      await whole(panel, 'failures');
      await shot(page, 'panel-failures');
      await close();

      await page.getByRole('button', { name: /^User menu/ }).click();
      await whole(panel, 'user menu');
      await shot(page, 'panel-user');
      await close();

      await report.rows.first().hover();
      await report.rows.first().getByRole('button', { name: /^More for/ }).click();
      await whole(page.locator('.row-menu'), 'row menu');
      await shot(page, 'panel-row-menu');
      await page.locator('.row-menu').getByRole('button', { name: 'Restart execution' }).click();
      await whole(page.locator('.ask'), 'confirmation');
      await shot(page, 'panel-ask');
      await page.keyboard.press('Escape');

      // Low in the table the menu opens above its button.
      await report.rows.nth(12).scrollIntoViewIfNeeded();
      await report.rows.nth(12).hover();
      await report.rows.nth(12).getByRole('button', { name: /^More for/ }).click();
      await whole(page.locator('.row-menu'), 'row menu of a row further down');
      await page.keyboard.press('Escape');

      await report.openRow(0);
      await whole(report.details, 'details');
      await shot(page, 'panel-details');
      await page.keyboard.press('Escape');

      for (const at of [0, 1, 2]) await report.rows.nth(at).getByRole('checkbox').check();
      await whole(page.getByRole('group', { name: 'Selected operations' }), 'selection');
      await shot(page, 'panel-selection');

      if (width < 768) {
        await page.getByRole('button', { name: 'Clear selection' }).click();
        await page.getByRole('button', { name: 'Menu', exact: true }).click();
        await whole(page.getByRole('dialog', { name: 'Menu' }), 'menu');
        await shot(page, 'panel-menu');
        await page.keyboard.press('Escape');
      }

      // Nobody approves what they asked for themselves.
      const device = `srv-panel-${width}`;
      const data = { operation: 'Change password', device, username: 'root', credential_type: 'Local User', connector: 'approved' };
      expect((await page.request.post('/api/v1/operations', { data })).status()).toBe(201);
      await report.open('password-operation', `device=${device}&zone=UTC`);
      await report.rows.first().hover();
      await report.rows.first().getByRole('button', { name: /^More for/ }).click();
      await page.locator('.row-menu').getByRole('button', { name: 'Approve', exact: true }).click();
      await page.locator('.ask').getByRole('button', { name: 'Approve' }).click();
      await expect(page.locator('.ask').getByRole('button', { name: 'Close' })).toBeVisible();
      await whole(page.locator('.ask'), 'refusal');
      await shot(page, 'panel-refusal');
    });

    test(`no form of an administrator cuts off what it holds, ${width} px`, async ({ page }) => {
      await page.goto('/operations/new');
      await whole(page.getByRole('form', { name: 'New operation' }), 'new operation', false);
      await page.goto('/admin/operations');
      await page.getByRole('button', { name: 'New set' }).click();
      await whole(page.getByRole('form', { name: 'Credential set' }), 'credential set', false);
      await shot(page, 'panel-set');
      await page.getByRole('button', { name: 'Pause the executors' }).click();
      await whole(page.getByRole('dialog', { name: 'Pause the executors' }), 'confirmation of an administrator');
      await shot(page, 'panel-pause');
      await page.keyboard.press('Escape');
      await page.goto('/admin/notifications');
      await page.getByRole('button', { name: 'New rule' }).click();
      await whole(page.getByRole('form', { name: 'Notification rule' }), 'notification rule', false);
      await shot(page, 'panel-rule');
      await page.goto('/admin/tokens');
      await whole(page.getByRole('form', { name: 'New token' }), 'new token', false);
      await shot(page, 'panel-token');
    });
  });
}
