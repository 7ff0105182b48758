import type { Locator, Page } from '@playwright/test';
import { violations } from '../support/axe';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';
import { inDark } from '../support/themes';

const TIMELINE = '/reports/events/timeline';

const events = (page: Page): Locator => page.getByRole('list', { name: 'Events' }).getByRole('listitem');

async function open(page: Page, search = '') {
  await page.goto(`${TIMELINE}${search && `?${search}`}`);
  await expect(events(page).first()).toBeVisible();
}

/** By every rule; by those that colours decide in dark, too; and nothing is wider than the screen. */
async function sound(page: Page, where: string) {
  expect.soft(await violations(page), `${where}, light`).toEqual([]);
  await inDark(page, async () => expect.soft(await violations(page, ['color-contrast', 'link-in-text-block']), `${where}, dark`).toEqual([]));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(wide, `${where} is as wide as the screen`).toBe(0);
}

test.use({ colorScheme: 'light' });

test('the menu leads to the events of all reports, newest first, and on to older ones and back', async ({ page }) => {
  await page.goto('/reports/events/password-view');
  await page.getByRole('navigation', { name: 'Reports' }).first().getByRole('link', { name: 'Timeline' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Timeline' })).toBeVisible();
  await expect(page).toHaveURL(/\/timeline\?.*zone=/);
  await expect(events(page)).toHaveCount(30);
  const times = async () => events(page).locator('time').evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
  const first = await times();
  expect(first).toEqual([...first].sort().reverse());
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page).toHaveURL(/cursor=/);
  await expect(events(page).locator('time').first()).not.toHaveAttribute('datetime', first[0]);
  const second = await times();
  expect(second[0] <= first[29]).toBe(true);
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(events(page).locator('time').first()).toHaveAttribute('datetime', first[0]);
  expect(await times()).toEqual(first);
});

test('from an event to everything by its user, around its time, and back to the event', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=user,device,username,date&user.empty=no&zone=UTC');
  const user = (await report.column('User'))[0];
  await report.openRow(0);
  const whole = report.details.getByRole('heading', { name: 'Whole story' }).locator('..');
  const headline = await report.details.getByRole('heading', { level: 2 }).innerText();
  await whole.getByRole('link', { name: `Timeline of ${user}`, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Timeline' })).toBeVisible();
  await expect(page.getByRole('search').getByRole('listitem')).toContainText(`User is ${user}`);
  await expect(events(page).first()).toBeVisible();
  for (const row of await events(page).all()) await expect(row.locator('.story-who')).toHaveText(user);
  await page.goBack();
  await whole.getByRole('link', { name: 'Around this time' }).click();
  const marked = page.locator('.story-list [aria-current]');
  await expect(marked).toHaveCount(1);
  await expect(marked).toContainText('this event');
  await page.getByLabel('Before and after').selectOption({ label: '1 h' }).catch(async () => page.getByLabel('Before and after').selectOption('3600000'));
  await expect(page).toHaveURL(/within=1h/);
  await expect(marked).toHaveCount(1);
  await marked.locator('.story-what a').click();
  await expect(report.details.getByRole('heading', { level: 2 })).toHaveText(headline);
});

test('filters and search narrow the timeline down, and what cannot be read is said', async ({ page }) => {
  await open(page, 'zone=UTC');
  const report = new ReportPage(page);
  await report.addFilter('Report', 'is', (editor) => editor.getByRole('checkbox', { name: 'Audit tracking' }).check());
  await expect(page).toHaveURL(/report=audit-tracking/);
  await expect(events(page).locator('.story-report', { hasText: 'Audit tracking' })).toHaveCount(30);
  await page.goto(`${TIMELINE}?user=nobody-of-this-name&zone=UTC`);
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible();
  await page.goto(`${TIMELINE}?risk.min=50&zone=UTC`);
  await expect(page.getByRole('alert')).toContainText('governance_id');
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(events(page).first()).toBeVisible();
});

test('a name leads to its page, whose figures are the rows of the reports', async ({ page }) => {
  const report = new ReportPage(page);
  await report.open('password-view', 'columns=user,device,username,date&user.empty=no&device.empty=no&username.empty=no&zone=UTC');
  const [user, device, username] = await Promise.all(['User', 'Device', 'Username'].map(async (label) => (await report.column(label))[0]));
  await report.openRow(0);
  const whole = report.details.getByRole('heading', { name: 'Whole story' }).locator('..');
  await whole.getByRole('link', { name: user, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: user, exact: true })).toBeVisible();
  const views = page.locator('.figure').first();
  const told = Number((await views.locator('.figure-number').innerText()).replaceAll(',', ''));
  expect(told).toBeGreaterThan(0);
  await views.click();
  await expect(page.locator('.table-head').getByText(/^[\d,]+ rows?/)).toHaveText(new RegExp(`^${told.toLocaleString('en')} rows?`));
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'In the reports' })).toBeVisible();

  // By keyboard alone: from day to day, and to its rows.
  const days = page.getByRole('table', { name: /^Views by day\./ });
  await days.locator('[tabindex="0"]').focus();
  await page.keyboard.press('End');
  await expect(days.locator('[tabindex="0"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/reports\/events\/password-view\?/);
  await page.goBack();

  await page.goto(`/profile?device=${encodeURIComponent(device)}&username=${encodeURIComponent(username)}`);
  await expect(page.getByRole('heading', { level: 1, name: `${username} on ${device}` })).toBeVisible();
  await expect(page).toHaveURL(/zone=/);
  await page.getByRole('link', { name: 'Timeline', exact: true }).last().click();
  await expect(page).toHaveURL(/\/timeline\?.*device=.*username=/);
  await expect(events(page).first()).toBeVisible();
  await page.goto('/profile?user=nobody-of-this-name');
  await expect(page.getByRole('heading', { name: 'No event has this name' })).toBeVisible();
  await page.goto('/profile?user=a&user=b');
  await expect(page.getByRole('alert')).toContainText('One name each');
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
  test.describe(`${width} wide`, () => {
    test.use({ viewport: { width, height } });
    test(`timeline and profiles are accessible and fit, ${width} wide`, async ({ page }) => {
      await open(page, 'zone=UTC');
      await sound(page, 'timeline');
      const href = await page.locator('.story-who a').first().getAttribute('href');
      await page.goto(href ?? '');
      await expect(page.getByRole('heading', { name: 'In the reports' })).toBeVisible();
      await sound(page, 'profile of a user');
      const views = await page.request.get('/api/v1/reports/password-view?device.empty=no&columns=device&limit=1');
      const device: string = (await views.json()).rows[0].device;
      await page.goto(`/profile?device=${encodeURIComponent(device)}`);
      await expect(page.getByRole('heading', { name: 'In the reports' })).toBeVisible();
      await sound(page, 'profile of a device');
    });
  });
}
