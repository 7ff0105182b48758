import { type Locator, type Page, expect } from '@playwright/test';

interface Described {
  key: string;
  title: string;
  columns: { label: string; shown: boolean }[];
}

/** The reports that the server has, in its order, with the labels of the columns they show; global-setup.ts asks it for them. */
export const reports = (JSON.parse(process.env.E2E_REPORTS ?? '[]') as Described[]).map(({ key, title, columns }) => ({
  key,
  title,
  columns: columns.filter(({ shown }) => shown).map(({ label }) => label),
}));

/** The page of one report, by what a reader sees of it. */
export class ReportPage {
  readonly table: Locator;
  /** Rows with events; the header and skeleton rows are none. */
  readonly rows: Locator;
  readonly region: Locator;
  readonly filters: Locator;
  readonly chips: Locator;
  readonly details: Locator;
  readonly pages: Locator;

  constructor(readonly page: Page) {
    this.region = page.getByRole('region', { name: /, rows$/ });
    this.table = this.region.getByRole('table');
    this.rows = this.table.getByRole('row').filter({ has: page.getByRole('rowheader') });
    this.filters = page.getByRole('search');
    this.chips = this.filters.getByRole('list', { name: 'Active filters' }).getByRole('listitem');
    this.details = page.getByRole('complementary', { name: 'Details of the event' });
    this.pages = page.getByRole('navigation', { name: 'Pages' });
  }

  async open(key: string, search = '') {
    await this.page.goto(`/reports/events/${key}${search && `?${search}`}`);
    await this.loaded();
  }

  /** Until there are rows, and no others are on their way. */
  async loaded() {
    await expect(this.rows.first()).toBeVisible();
    await expect(this.region).toHaveAttribute('aria-busy', 'false');
  }

  /** The labels of the columns, without the column of actions. */
  async labels(): Promise<string[]> {
    const labels = await this.table.getByRole('columnheader').allInnerTexts();
    return labels.map((label) => label.trim()).filter((label) => label !== 'Actions');
  }

  /** The tab of a ready view. */
  view(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true });
  }

  header(label: string): Locator {
    return this.table.getByRole('columnheader', { name: label, exact: true });
  }

  /** What stands in a column, row by row. */
  async column(label: string): Promise<string[]> {
    const at = (await this.labels()).indexOf(label);
    return this.table.evaluate(
      (table: HTMLTableElement, at) =>
        [...table.tBodies[0].rows].filter((row) => row.querySelector('th[scope=row]')).map((row) => row.cells[at]?.innerText.trim() ?? '(no such column)'),
      at,
    );
  }

  /** Waits until there are rows, and every one of them has in this column what `holds` wants. */
  async everyRow(label: string, holds: (text: string) => boolean) {
    await expect
      .poll(async () => {
        const texts = await this.column(label);
        return texts.length === 0 ? 'no rows' : (texts.find((text) => !holds(text)) ?? 'all');
      }, `every row has a fitting ${label}`)
      .toBe('all');
  }

  /** Adds a filter with the editor; `fill` gives its value. */
  async addFilter(column: string, condition: string | null, fill: (editor: Locator) => Promise<void>) {
    await this.filters.getByRole('button', { name: 'Add filter', expanded: false }).click();
    await this.filters.getByRole('combobox', { name: 'Column', exact: true }).selectOption(column);
    if (condition) await this.filters.getByRole('combobox', { name: 'Condition' }).selectOption(condition);
    await fill(this.filters);
    await this.filters.getByRole('button', { name: 'Add this filter' }).click();
  }

  async turn(to: 'First' | 'Previous' | 'Next') {
    await this.pages.getByRole('button', { name: to }).click();
  }

  async openRow(at = 0) {
    await this.rows.nth(at).click();
    await expect(this.details.getByRole('heading', { level: 2 })).toBeFocused();
  }

  /** The open event's fields: label and value; what explains a value is left out while it is hidden. */
  async fields(): Promise<Map<string, string>> {
    // At one moment: while another event is drawn, labels and values may be of different ones.
    const fields = await this.details.evaluate((details: HTMLElement) =>
      [...details.querySelectorAll('dt')].map((term) => [term.innerText.trim(), (term.nextElementSibling as HTMLElement).innerText.trim()] as const),
    );
    return new Map(fields);
  }
}
