import { violations } from '../support/axe';
import { expect, test } from '../support/test';
import { inDark } from '../support/themes';

const SCREENS = 'test-results/screens';

/** Rules that find events of one source alone: other tests have the demo's for themselves. */
async function send(request: import('@playwright/test').APIRequestContext, source: string, count: number) {
  const token = await request.post('/api/v1/tokens', { data: { name: source, scope: 'write', sources: [source] } });
  const { token: text } = await token.json();
  // Of the day before yesterday, at noon UTC: it is over in every zone.
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  const events = Array.from({ length: count }, (_, at) => ({
    report: 'password-view', source_id: String(at), time: `${day}T12:00:0${at}Z`, user: `Reviewed ${at}`, device: 'hr-db', username: 'root', operation: 'View password',
  }));
  const sent = await request.post('/api/v1/events', { headers: { Authorization: `Bearer ${text}` }, data: events });
  expect(sent.status()).toBe(200);
  return day;
}

test.describe('reviews', () => {
  test.describe.configure({ mode: 'serial' });
  test.use({ role: 'admin', colorScheme: 'light' });

  test('an administrator says what is to be reviewed', async ({ page, request, provoked }) => {
    provoked.push(/400 \(Bad Request\)/);
    await send(request, 'reviews-e2e', 6);
    await page.goto('/');
    await page.getByRole('link', { name: 'Review', exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Review' })).toBeVisible();
    await expect(page.getByRole('button', { name: /Risk from 70/ })).toBeVisible();
    // The rules come after the queues.
    await expect(page.getByRole('button', { name: 'Remove this rule' }).first()).toBeVisible();
    while ((await page.getByRole('button', { name: 'Remove this rule' }).count()) > 0) await page.getByRole('button', { name: 'Remove this rule' }).first().click();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByLabel('Name of the rule').fill('From the test');
    await page.locator('[name=report]').selectOption('password-view');
    await page.locator('[name=query]').fill('colour=red');
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'rules[0].query' })).toContainText('colour');
    await page.locator('[name=query]').fill('source=reviews-e2e');
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'The rules are saved.' })).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: /^6 events to review/ })).toBeVisible();
    await expect(page.getByRole('button', { name: /^6 From the test/ })).toBeVisible();
  });

  test('events are reviewed one by one with keys, and several at once', async ({ page }) => {
    await page.goto('/reports/review');
    const event = (name: string) => page.getByRole('button', { name: new RegExp(name) });
    await event('Reviewed 0').click();
    await expect(page.locator('.review-fields')).toContainText('hr-db');
    await page.keyboard.press('n');
    await expect(event('Reviewed 1')).toBeFocused();
    await page.keyboard.press('p');
    await expect(event('Reviewed 0')).toBeFocused();
    await page.keyboard.press('1');
    await expect(page.getByRole('status').filter({ hasText: '1 event reviewed: Expected' })).toBeVisible();
    await expect(event('Reviewed 0')).toHaveCount(0);
    await expect(event('Reviewed 1'), 'the next one has the focus').toBeFocused();
    await page.locator('[name=comment]').fill('nobody 3 knows why');
    await page.keyboard.press('3');
    await expect(page.locator('[name=comment]'), 'a figure that is typed is no verdict').toHaveValue('nobody 3 knows why3');
    await page.getByRole('button', { name: 'Incident' }).click();
    await expect(page.getByRole('status').filter({ hasText: '1 event reviewed: Incident' })).toBeVisible();
    await expect(event('Reviewed 1')).toHaveCount(0);
    await page.getByRole('checkbox', { name: /Reviewed 2/ }).check();
    await page.getByRole('checkbox', { name: /Reviewed 3/ }).check();
    await expect(page.getByText('For 2 events')).toBeVisible();
    await page.getByRole('button', { name: 'Follow up' }).click();
    await expect(page.getByRole('status').filter({ hasText: '2 events reviewed: Follow up' })).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: /^2 events to review/ })).toBeVisible();

    await page.goto('/reports/events/password-view?source=reviews-e2e&review=Incident&zone=UTC&columns=user,review,reviewed_by');
    await expect(page.getByRole('row', { name: /Reviewed 1/ })).toContainText('Incident');
    await page.goto('/reports/events/audit-tracking?entity=Review&zone=UTC');
    await expect(page.getByRole('row', { name: /Review/ }).filter({ hasText: '2 events' })).toBeVisible();
  });

  test('a press is about the event that was under the pointer', async ({ page }) => {
    await page.goto('/reports/review');
    await page.getByRole('button', { name: /Reviewed 4/ }).click();
    const place = await page.getByRole('checkbox', { name: /Reviewed 4/ }).boundingBox();
    // The verdict of the first one takes it away, and the second one takes its place while the button of the mouse is down.
    let release = () => {};
    const held = new Promise<void>((done) => { release = done; });
    await page.route('**/fn/report_page', async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press('1');
    await expect(page.getByRole('status').filter({ hasText: '1 event reviewed: Expected' })).toBeVisible();
    await page.mouse.move(place!.x + place!.width / 2, place!.y + place!.height / 2);
    await page.mouse.down();
    release();
    await expect(page.getByRole('button', { name: /Reviewed 4/ })).toHaveCount(0);
    await page.mouse.up();
    await expect(page.getByRole('checkbox', { name: /Reviewed 5/ })).not.toBeChecked();
    const found = await page.request.get('/api/v1/reports/password-view?source=reviews-e2e&user=Reviewed%204');
    const ids = [(await found.json()).rows[0].id];
    const back = await page.request.post('/api/v1/reviews', { data: { report: 'password-view', ids, verdict: null } });
    expect(back.status()).toBe(200);
  });

  test('an event is reviewed from its details in the report', async ({ page }) => {
    await page.goto('/reports/events/password-view?source=reviews-e2e&user=Reviewed%205&zone=UTC');
    await page.getByRole('row', { name: /Reviewed 5/ }).click();
    const panel = page.locator('.review-panel');
    await expect(panel).toContainText('Nobody has reviewed it.');
    await panel.locator('[name=review-comment]').fill('as agreed');
    await panel.getByRole('button', { name: 'Follow up' }).click();
    await expect(panel.getByRole('status').filter({ hasText: '1 event reviewed: Follow up' })).toBeVisible();
    await expect(panel.getByRole('listitem')).toContainText(['as agreed']);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${SCREENS}/review-details.png`, animations: 'disabled' });
    await panel.getByRole('button', { name: 'Take back' }).click();
    await expect(panel.getByRole('listitem')).toHaveCount(2);
    await expect(panel.getByRole('button', { name: 'Take back' })).toHaveCount(0);
  });

  test('the page of a user says what of it is to be reviewed and what was not changed since', async ({ page }) => {
    await page.goto('/profile?user=Reviewed%204&zone=UTC');
    const open = page.locator('section', { has: page.getByRole('heading', { name: 'Open reviews' }) });
    await expect(open).toContainText('1 event to review');
    const known = page.locator('section', { has: page.getByRole('heading', { name: 'Viewed and not changed since' }) });
    await expect(known.getByRole('link', { name: 'root on hr-db' })).toBeVisible();
    await page.screenshot({ path: `${SCREENS}/profile-open.png`, animations: 'disabled', fullPage: true });
    await open.getByRole('link', { name: '1', exact: true }).click();
    await expect(page.getByRole('row', { name: /Reviewed 4/ })).toBeVisible();
  });

  for (const width of [1440, 1024, 390]) {
    test(`the page is accessible and fits at ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto('/reports/review');
      await page.getByRole('button', { name: /Reviewed 4/ }).click();
      await expect(page.locator('.review-fields')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Save the rules' })).toBeVisible();
      expect.soft(await violations(page), 'light').toEqual([]);
      await page.screenshot({ path: `${SCREENS}/review-${width}.png`, animations: 'disabled', fullPage: true });
      await inDark(page, async () => {
        expect.soft(await violations(page, ['color-contrast']), 'dark').toEqual([]);
        await page.screenshot({ path: `${SCREENS}/review-${width}-dark.png`, animations: 'disabled', fullPage: true });
      });
      const cut = () => [...document.querySelectorAll<HTMLElement>('html, main, .reviews > *')].map((part) => part.scrollWidth - part.clientWidth);
      expect(Math.max(...(await page.evaluate(cut))), 'nothing stands out or is cut off').toBeLessThanOrEqual(0);
    });
  }

  test('a day is closed when nothing of it is left', async ({ page }) => {
    await page.goto('/reports/review');
    const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const row = page.getByRole('row', { name: new RegExp(`^${day}`) });
    await expect(row).toContainText('2');
    await expect(row.getByRole('button')).toHaveCount(0);
    const event = (at: number) => page.getByRole('button', { name: `Reviewed ${at}` });
    await event(4).click();
    await page.keyboard.press('1');
    await expect(event(4)).toHaveCount(0);
    await expect(event(5), 'the last one is next').toBeFocused();
    await page.keyboard.press('1');
    await expect(event(5)).toHaveCount(0);
    await expect(page.getByRole('status').filter({ hasText: 'Nothing is to be reviewed' })).toBeVisible();
    await row.getByRole('button', { name: `Close ${day}` }).click();
    await expect(page.getByRole('status').filter({ hasText: `${day} is closed.` })).toBeVisible();
    await expect(row).toContainText('admin');
    await page.goto('/reports/events/audit-tracking?entity=Review of a day&zone=UTC');
    await expect(page.getByRole('row', { name: new RegExp(day) })).toContainText('Approval');
  });

  test.describe('a manager', () => {
    test.use({ role: 'manager' });
    test('reviews only where an administrator says so', async ({ page, provoked }) => {
      provoked.push(/403 \(Forbidden\)/);
      await page.goto('/reports/events/password-view');
      await expect(page.getByRole('link', { name: 'Behavior' }).first()).toBeVisible();
      await expect(page.getByRole('link', { name: 'Review', exact: true })).toHaveCount(0);
      await page.goto('/reports/review');
      await expect(page.getByRole('alert')).toContainText('auditors');
    });
  });
});
