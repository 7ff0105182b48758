import type { Page } from '@playwright/test';
import { ReportPage } from '../support/report';
import { expect, test } from '../support/test';

const SCREENS = 'test-results/screens';

/** English with a mark around each text, and a third longer: what a label shows without a mark is not among the words. */
const marked = (table: string) =>
  table
    .split('\n')
    .map((line) => {
      const mark = (form: string) => `«${form}${'·'.repeat(Math.ceil(form.length / 3))}»`;
      if (!line.includes('\t')) return line && mark(line);
      return line
        .split('\t')
        .map((form) => `${form.slice(0, form.indexOf(' '))} ${mark(form.slice(form.indexOf(' ') + 1))}`)
        .join('\t');
    })
    .join('\n');

async function speakMarked(page: Page) {
  await page.route(/\/words-en-(late-)?[0-9a-f]{16}\.txt$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: marked(await answer.text()) });
  });
}

/** Labels on the page that have no mark: what buttons, headings, fields and heads of tables say, and what is said of them. */
async function unmarked(page: Page) {
  return page.evaluate(() => {
    const LABELS = 'button, h1, h2, h3, thead th, label > span:not(.mono), legend, dt, .rail-item, .rail-group, .menu-item, .tab, option, .count';
    const NAMES = ['title', 'aria-label', 'placeholder'];
    // Names of people, zones, connectors, formats, rules and files; what is written in figures; what events and other programs say.
    const OWN = '.user-menu, .switch:has(.icon-clock) option, tbody, [name=connector] option, [name=format] option, .review-rows h2, [name=name], .card, .row-id, [data-act=attempts], .details h2, code, .job-purpose, .attempt-head, .extra';
    const found: string[] = [];
    const check = (element: Element, text: string) => {
      if (/[a-z]{2}/i.test(text) && !text.includes('«') && !element.closest(OWN)) found.push(`${element.tagName}: ${text.trim()}`);
    };
    for (const element of document.querySelectorAll<HTMLElement>(LABELS)) check(element, element.innerText ?? '');
    for (const name of NAMES) for (const element of document.querySelectorAll(`[${name}]`)) check(element, element.getAttribute(name) ?? '');
    return [...new Set(found)];
  });
}

test.describe('in another language', () => {
  test.use({ role: 'admin' });
  test.beforeEach(async ({ page }) => speakMarked(page));

  for (const key of ['password-operation', 'password-view', 'performed-backups', 'audit-tracking']) {
    test(`everything of ${key} is among the words`, async ({ page }) => {
      await page.goto(`/reports/events/${key}`);
      await expect(page.locator('tbody tr[data-at]').first()).toBeVisible();
      await expect(page.locator('thead th [title]').first()).toHaveAttribute('title', /«/);
      expect(await unmarked(page)).toEqual([]);
      await page.screenshot({ path: `${SCREENS}/words-${key}.png`, animations: 'disabled' });
      const openers = ['.add-filter > button', '.range > button'].map((opener) => page.locator(opener));
      const quiet = page.locator('.quiet-popover > button');
      // Views, export and columns: two of them come after the rows.
      await expect(quiet).toHaveCount(3);
      for (const opener of [...openers, ...(await quiet.all())]) {
        await opener.click();
        await expect(page.locator('.popover-panel :is(select, input, button)').first()).toBeVisible();
        expect(await unmarked(page), await opener.innerText()).toEqual([]);
        await page.keyboard.press('Escape');
      }
    });
  }

  test('longer labels have room in the menu', async ({ page }) => {
    await page.goto('/reports/events/password-operation');
    const rail = page.locator('.rail');
    await expect(rail.getByRole('link', { name: '«Password operation' })).toHaveAttribute('title', /«Password operation·+»/);
    expect(await rail.evaluate((rail) => rail.scrollWidth - rail.clientWidth), 'nothing stands out of the menu').toBe(0);
    for (const label of await rail.locator('.rail-item .label').all()) {
      const cut = await label.evaluate((label) => [label.scrollWidth - label.clientWidth, label.scrollHeight - label.clientHeight]);
      expect(cut, `${await label.innerText()} is whole`).toEqual([0, 0]);
    }
    await rail.screenshot({ path: `${SCREENS}/words-menu.png`, animations: 'disabled' });
  });

  test('everything of the other pages is among the words', async ({ page }) => {
    for (const path of ['/account', '/operations/new', '/admin/operations', '/admin/notifications', '/admin/tokens', '/admin/quarantine', '/admin/try-lines', '/admin/jobs', '/admin/backups', '/dashboard/pam-core/credentials', '/reports/review', '/nowhere']) {
      await page.goto(path);
      await expect(page.locator('main :is(h1, h2)').first()).toContainText('«');
      await expect(page.locator('.bones')).toHaveCount(0);
      expect(await unmarked(page), path).toEqual([]);
      await page.screenshot({ path: `${SCREENS}/words${path.replaceAll('/', '-')}.png`, animations: 'disabled' });
    }
  });
});

test('the language is one of those there are, and the page asks the server in it', async ({ page }) => {
  const asked = page.waitForRequest(/\/fn\/report_page$/);
  const report = new ReportPage(page);
  await report.open('password-view');
  expect(await (await asked).headerValue('accept-language')).toBe('en');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('the words come beside the wasm, and once', async ({ page }) => {
  const words: string[] = [];
  page.on('request', (request) => {
    if (/\/words-/.test(request.url())) words.push(new URL(request.url()).pathname);
  });
  const report = new ReportPage(page);
  await report.open('password-view');
  await expect(page.locator('thead th [title]').first()).toBeVisible();
  expect(words.map((name) => name.replace(/[0-9a-f]{16}/, '')).sort()).toEqual(['/words-en-.txt', '/words-en-late-.txt']);
});
